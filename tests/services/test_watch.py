"""The watch: what makes it look, and that no trouble of the moment ends it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bridge.adapters.matrix.answers import Failure, Fate
from bridge.adapters.matrix.calls import Request
from bridge.domain.directory import Directory
from bridge.domain.errors import ErrorKind, ParvisError, StoreError
from bridge.domain.findings import Finding
from bridge.domain.messages import Text, say
from bridge.domain.policy import GroupPolicy
from bridge.services.reconcile import Reconciler
from bridge.services.watch import DEBOUNCE, LONGEST, RETRY
from bridge.services.world import World
from tests.fakes.store import FakeUnitOfWork
from tests.fakes.synapse import Go
from tests.services.household import Fuse, Household, MortalStore, household
from tests.world import directory, group


def company() -> Directory:
    return directory(group("sales").public().members("claire", "luc"), group("deal").members("ann"))


LOCKED = StoreError(say("The database is locked."), kind=ErrorKind.TEMPORARY)


class Hiccup(MortalStore):
    """Fails once, at a unit of work that writes, and is well again."""

    def __init__(self, at: int) -> None:
        super().__init__(Fuse())
        self.left = at

    @asynccontextmanager
    async def work(self) -> AsyncIterator[FakeUnitOfWork]:
        self.left -= 1
        if self.left == 0:
            raise LOCKED
        async with super().work() as work:
            yield work


@pytest.mark.parametrize("at", range(1, 28))
async def test_a_store_that_fails_while_rooms_change_side_by_side_is_told_and_does_not_end_the_watch(at: int) -> None:
    house = household(company())
    store = house.store = Hiccup(at)
    house.start()
    made = await house.watch.look()
    assert made or store.left <= 0
    assert house.watch.last
    assert house.watch.last.error is (None if made else LOCKED)


@pytest.mark.slow
async def test_a_fault_of_the_program_in_one_pass_does_not_end_the_watch() -> None:
    house = household(company())
    await house.watch.look()
    house.source.error = ValueError("a fault")  # type: ignore[assignment]
    house.watch.wake(read=True)
    assert not await house.watch.look()
    house.source.error = None
    assert await house.watch.look()


async def test_events_do_not_hurry_a_pass_that_could_not_be_made() -> None:
    """While another process applies its plan, each of its writes is an event."""
    house = household(company())
    async with house.store.work() as work:
        await work.leases.take("apply", "somebody else", now=house.clock.now(), seconds=1000)
    looks = 0
    real = house.reconciler.settle

    async def settle(**options: Any) -> object:
        nonlocal looks
        looks += 1
        house.watch.wake()
        if looks > 3:
            raise asyncio.CancelledError
        return await real(**options)

    object.__setattr__(house.watch, "reconciler", _Settling(house, settle))
    with suppress(asyncio.CancelledError):
        await house.watch.run()
    assert house.clock.slept.count(RETRY) == 3


class _Settling:
    def __init__(self, house: Household, settle: object) -> None:
        self.settle, self.look, self.glance = settle, house.reconciler.look, house.reconciler.glance


async def test_a_lease_that_somebody_else_took_stops_the_run() -> None:
    """Our process slept too long: two must never apply at once."""
    house = household(company())
    synapse = house.homeserver.synapse

    async def once(request: Request, go: Go) -> Any:
        async with house.store.work() as work:
            later = house.clock.now().replace(year=2030)
            await work.leases.take("apply", "somebody else", now=later, seconds=60)
        await house.clock.sleep(10)
        return await go(request)

    synapse.intercept(once)
    with pytest.raises(ParvisError) as error:
        await house.reconciler.settle()
    assert error.value.kind is ErrorKind.CONFLICT


async def test_a_room_that_had_to_stop_is_tried_again_soon_then_ever_more_rarely_until_it_goes() -> None:
    house = household(company())
    house.watch.every = timedelta(minutes=1)
    refusal = Failure(fate=Fate.REFUSED, status=403, errcode="M_FORBIDDEN")
    house.homeserver.synapse.fail("create room", refusal, times=10**6)
    waits = []
    for number in range(4):
        house.watch.wake(read=True)
        await house.watch.look(verify=number == 0)
        waits.append(house.watch.patience)
    assert waits[:2] == [RETRY, 2 * RETRY]
    assert all(2 * RETRY < wait <= 60 for wait in waits[2:])
    house.homeserver.synapse.faults.clear()
    house.watch.wake(read=True)
    await house.watch.look()
    assert 2 * RETRY < house.watch.patience <= 60
    assert house.watch.last
    assert house.watch.last.result
    assert house.watch.last.result.complete


async def test_rooms_made_by_a_pass_are_known_as_soon_as_it_has_ended() -> None:
    """An owner may invite somebody in the very moment when the room is there."""
    house = household(company())
    await house.watch.look()
    assert house.watch.last
    assert house.watch.last.world
    assert house.room("deal") in house.watch.last.world.refs


async def watched(house: Household, *, until: timedelta, awake: bool = False) -> list[timedelta]:
    """When the directory was read in this time from the first look on; ``awake`` when something always happens."""
    began, times, over = house.clock.now(), list[timedelta](), asyncio.Event()

    async def asleep(_: float) -> None:
        if house.clock.now() - began > until:
            over.set()
            await asyncio.Event().wait()
        if awake:
            house.watch.wake()

    house.source.before_reading = lambda: times.append(house.clock.now() - began)
    house.clock.before_sleep = asleep
    watching = asyncio.create_task(house.watch.run())
    async with asyncio.timeout(60):
        await over.wait()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    return times


def gaps(times: list[timedelta]) -> list[timedelta]:
    return [later - earlier for earlier, later in pairwise(times)]


async def test_a_room_that_fails_for_ever_does_not_keep_the_directory_from_being_read() -> None:
    house = household(company())
    house.watch.every = timedelta(minutes=5)
    refusal = Failure(fate=Fate.REFUSED, status=403, errcode="M_FORBIDDEN")
    house.homeserver.synapse.fail("create room", refusal, times=10**6)
    times = await watched(house, until=timedelta(hours=1))
    assert len(times) > 12
    assert max(gaps(times)) <= timedelta(minutes=5)


async def test_events_that_never_cease_do_not_keep_the_directory_from_being_read() -> None:
    house = household(company())
    house.watch.every = timedelta(seconds=10)
    times = await watched(house, until=timedelta(seconds=50), awake=True)
    assert 5 <= len(times) <= 8
    assert max(gaps(times)) <= timedelta(seconds=11)


@pytest.mark.parametrize(("seconds", "rest"), [(0, DEBOUNCE), (3, 3), (60, LONGEST)])
async def test_events_that_never_cease_leave_rest_between_looks_that_take_long(seconds: float, rest: float) -> None:
    house = household(company())
    world = await house.reconciler.look(keep=True)

    async def settle(**_: object) -> tuple[World, None, tuple[Finding, ...]]:
        await house.clock.advance(seconds)
        return world, None, ()

    house.watch.reconciler = cast(Reconciler, SimpleNamespace(look=house.reconciler.look, settle=settle))
    house.clock.slept.clear()
    await watched(house, until=timedelta(minutes=5), awake=True)
    assert set(house.clock.slept) - {0.0} == {rest}  # 0: the directory is to be read already


async def test_a_look_that_an_event_called_for_is_not_told_as_the_last_one_for_it_may_be_of_a_hidden_room() -> None:
    house = household(company())
    house.watch.every = timedelta(minutes=5)
    await house.watch.look()
    due = house.clock.now()
    for minutes, told in ((3, due), (3, due + timedelta(minutes=6))):
        await house.clock.advance(60 * minutes)
        house.watch.wake()
        await house.watch.look()
        assert house.watch.last
        assert (house.watch.last.at, house.watch.last.due) == (house.clock.now(), told)


async def test_all_rooms_are_read_every_hour_also_where_the_directory_is_read_once_a_day() -> None:
    house = household(company())
    house.watch.every = timedelta(days=1)
    settle, full = house.reconciler.settle, list[bool]()

    async def settling(**options: Any) -> object:
        full.append(options["verify"])
        return await settle(**options)

    object.__setattr__(house.watch, "reconciler", _Settling(house, settling))
    await watched(house, until=timedelta(hours=5.5))
    assert full.count(True) == 1 + 6


class Loading:
    """A source in which nobody counts before a moment, as while identity providers load it for the first time."""

    def __init__(self, house: Household, over: timedelta) -> None:
        self.house, self.end = house, house.clock.now() + over
        self.there, house.source.directory = house.source.directory, Directory()
        house.source.before_reading, house.source.until = self.go_on, self.until

    def go_on(self) -> None:
        if self.until() is None:
            self.house.source.directory = self.there

    def until(self) -> Any:
        return self.end if self.house.clock.now() < self.end else None


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_directory_that_reads_otherwise_at_a_known_moment_is_read_then(*, restarted: bool) -> None:
    house = household(company())
    house.watch.every = timedelta(hours=1)
    loading = Loading(house, timedelta(seconds=40))
    await house.watch.look(verify=True)
    assert 0 < house.watch.patience <= 40
    if restarted:
        house.start()
        house.watch.every = timedelta(hours=1)
        await house.watch.look(verify=True)
    await house.clock.advance(house.watch.patience)
    await house.watch.look()
    assert loading.until() is None
    assert house.room("deal")
    assert 40 < house.watch.patience <= 3600


async def test_what_was_decided_and_looked_at_meanwhile_does_not_put_the_moment_off() -> None:
    house = household(company())
    house.watch.every = timedelta(hours=1)
    Loading(house, timedelta(seconds=40))
    await house.watch.look()
    await make_tea(house)
    await house.watch.heed()
    await house.watch.look()
    assert house.watch.patience <= 40


async def test_what_is_decided_while_rooms_are_made_counts_for_whoever_asks_next() -> None:
    """A pass may take minutes; a group that is made meanwhile is there at once, and still there when the pass ends."""
    house = household(company())
    real = house.reconciler.executor.apply
    known: list[bool] = []

    async def apply(*args: Any, **options: Any) -> Any:
        async with house.store.work() as work:
            await work.policies.put(
                GroupPolicy(group="tea", values={"name": "Tea"}, created=True, at=house.clock.now())
            )  # fmt: skip
        await house.watch.heed()
        known.append("tea" in there())
        return await real(*args, **options)

    def there() -> Any:
        assert house.world
        return house.world.facts.directory.groups

    house.reconciler = replace(
        house.reconciler, executor=cast(Any, SimpleNamespace(apply=apply, recover=house.reconciler.executor.recover))
    )
    house.watch.reconciler = house.reconciler
    await house.watch.look()
    assert known == [True]
    assert "tea" in there()
    assert house.world
    assert house.world.room_ids()


async def make_tea(house: Household, **more: Any) -> None:
    async with house.store.work() as work:
        values = {"name": "Tea", **more}
        await work.policies.put(GroupPolicy(group="tea", values=values, created=True, at=house.clock.now()))


async def test_what_is_decided_while_nothing_goes_on_counts_for_whoever_asks_next_and_asks_no_homeserver() -> None:
    house = household(company())
    await house.watch.look()
    calls = len(house.homeserver.synapse.asked)
    await make_tea(house)
    await house.watch.heed()
    assert house.world
    assert "tea" in house.world.facts.directory.groups
    assert len(house.homeserver.synapse.asked) == calls


async def test_a_pass_that_looked_before_something_was_decided_does_not_bring_back_how_things_were() -> None:
    house = household(company())
    await house.watch.look()
    real = house.reconciler.settle

    async def settle(*, seen: Callable[[World], None], **options: Any) -> Any:
        found = await house.reconciler.look()
        await make_tea(house)
        await house.watch.heed()
        seen(found)
        assert house.world
        assert "tea" in house.world.facts.directory.groups
        return await real(seen=seen, **options)

    object.__setattr__(house.watch, "reconciler", _Settling(house, settle))
    await house.watch.look()
    assert house.world
    assert "tea" in house.world.facts.directory.groups


async def test_of_two_decisions_at_once_the_later_one_is_not_forgotten_for_the_earlier_one() -> None:
    house = household(company())
    await house.watch.look()
    real, read, first = house.reconciler.glance, asyncio.Event(), asyncio.Event()

    async def glance(**options: Any) -> World:
        world = await real(**options)
        if "Green" not in str(world.facts.directory.groups["tea"].name):
            read.set()
            await first.wait()
        return world

    object.__setattr__(house.watch, "reconciler", SimpleNamespace(glance=glance))
    await make_tea(house)
    slow = asyncio.create_task(house.watch.heed())
    await read.wait()
    await make_tea(house, name="Green tea")
    await house.watch.heed()
    first.set()
    await slow
    assert house.world
    assert house.world.facts.directory.groups["tea"].name == Text.same("Green tea")


async def test_a_pass_that_another_run_kept_from_being_made_comes_as_soon_as_that_run_is_over() -> None:
    house = household(company())
    looks = 0

    async def settle(**options: Any) -> object:
        nonlocal looks
        looks += 1
        if looks == 1:
            house.watch.wake(read=True)
            raise ParvisError(say("Another application of a plan is running."), kind=ErrorKind.CONFLICT)
        raise asyncio.CancelledError

    object.__setattr__(house.watch, "reconciler", _Settling(house, settle))
    with suppress(asyncio.CancelledError):
        await house.watch.run()
    assert (looks, house.clock.slept) == (2, [])
