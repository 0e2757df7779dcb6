"""Compartments are applied apart: hidden work refuses nobody, holds nobody up, and is left to whoever does it."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

import pytest

from bridge.adapters.matrix.answers import Failure, Fate
from bridge.adapters.matrix.calls import Request
from bridge.domain.directory import Directory
from bridge.domain.errors import ErrorKind, HomeserverError, ParvisError
from bridge.domain.rooms import Membership
from bridge.domain.viewers import OPEN, alone
from bridge.ports.store import AuditEntry
from bridge.services.applying.lease import leased
from bridge.services.status import StatusReport
from bridge.services.watch import RETRY
from tests.fakes.synapse import Go
from tests.services.household import Household, household
from tests.world import directory, group, user

INVITE = Membership.INVITE
OUTSIDER = alone(user("omar"))


def company(*more: str) -> Directory:
    """Two hidden groups and an open one; ``more`` people in each."""
    return directory(
        group("sales").public().owners("claire").members("claire", *more),
        group("comex").hidden().owners("claire").members("claire", "ines", *more),
        group("board").hidden().owners("ines").members("ines", *more),
        people=["omar", "luc"],
    )


async def settled() -> Household:
    """A house where something is to do in every compartment."""
    house = household(company(), admins=frozenset({user("omar")}))
    await house.settle()
    house.source.directory = company("luc")
    return house


@asynccontextmanager
async def somebody_applies(house: Household, *compartments: str) -> AsyncIterator[None]:
    """Another process applies the plans of these compartments."""
    async with leased(house.store, house.clock, house.chance, compartments):
        yield


def invited(house: Household) -> set[str]:
    """The groups in which the newcomer is expected."""
    return {one for one in ("sales", "comex", "board") if house.members(one).get(user("luc")) is INVITE}


async def conflict(house: Household, compartments: Collection[str]) -> bool:
    """Whether applying the plan of these compartments is refused."""
    world = await house.reconciler.look(keep=True)
    try:
        await house.reconciler.apply(world, world.plan.seen_by(compartments))
    except ParvisError as error:
        if error.kind is not ErrorKind.CONFLICT:
            raise
        return True
    return False


async def test_two_applications_are_refused_only_when_they_share_a_compartment() -> None:
    for busy in (OPEN, "comex", "board"):
        for asked in ({OPEN}, {"comex"}, {"board"}, {OPEN, "comex"}, {"comex", "board"}):
            house = await settled()
            async with somebody_applies(house, busy):
                assert await conflict(house, asked) == (busy in asked), (busy, asked)
            assert bool(invited(house)) == (busy not in asked)


async def test_who_does_not_get_all_leases_keeps_none() -> None:
    house = await settled()
    async with somebody_applies(house, "comex"):
        assert await conflict(house, {OPEN, "board", "comex"})
        assert not invited(house)
        assert not await conflict(house, {OPEN})
        assert not await conflict(house, {"board"})
    assert invited(house) == {"sales", "board"}


async def test_a_pass_leaves_out_hidden_groups_that_somebody_else_is_applying_and_nothing_shows_it() -> None:
    house = await settled()
    async with somebody_applies(house, "comex"):
        assert not await house.watch.look(), "it has to look again"
        assert invited(house) == {"sales", "board"}
        last = house.watch.last
        assert last
        assert last.error is None
        status = StatusReport(homeserver=house.homeserver, store=house.store, society=house.society, last=lambda: last)
        standing = await status.standing(OUTSIDER)
        assert standing.trouble is None
        assert not standing.findings
    assert await house.watch.look()
    assert invited(house) == {"sales", "comex", "board"}


async def test_a_pass_that_may_do_nothing_begins_no_run() -> None:
    house = await settled()
    await house.reconciler.apply(world := await house.reconciler.look(keep=True), world.plan.seen_by({OPEN, "board"}))
    runs = len(house.store.data.runs)
    async with somebody_applies(house, "comex"):
        assert not await house.watch.look()
    assert len(house.store.data.runs) == runs


async def test_while_hidden_groups_are_busy_the_watch_looks_again_soon() -> None:
    house = await settled()
    waited = asyncio.Event()

    async def slept(seconds: float) -> None:
        if seconds == RETRY:
            waited.set()

    house.clock.before_sleep = slept
    async with somebody_applies(house, "comex"):
        watching = asyncio.create_task(house.watch.run())
        async with asyncio.timeout(10):
            await waited.wait()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def test_what_is_open_comes_first_and_is_free_while_hidden_work_goes_on() -> None:
    """Else the open plan would be refused, or take longer, for a reason that nobody may know."""
    house = await settled()
    synapse, hidden = house.homeserver.synapse, {house.room("comex"), house.room("board")}
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def once(request: Request, go: Go) -> Any:
        if any(room in unquote(str(request.path)) for room in hidden):
            begun.set()
            await go_on.wait()
        return await go(request)

    synapse.intercept(once)
    world = await house.reconciler.look(keep=True)
    everything = asyncio.create_task(house.reconciler.apply(world, world.plan))
    async with asyncio.timeout(10):
        await begun.wait()
        assert invited(house) == {"sales"}
        house.source.directory = company("luc", "omar")
        assert not await conflict(house, {OPEN})
        assert user("omar") in house.members("sales")
        assert await conflict(house, {"comex"})
        go_on.set()
        assert (await everything).complete
    assert invited(house) == {"sales", "comex", "board"}


async def test_after_a_crash_nobody_touches_what_somebody_else_is_doing() -> None:
    house = await settled()
    mine, theirs = (
        AuditEntry(id=one, at=house.clock.now(), actor="", compartment=one, kind="set", run="r", detail={})
        for one in ("board", "comex")
    )
    async with house.store.work() as work:
        await work.audit.intend([mine, theirs])
    async with somebody_applies(house, "comex"):
        await house.settle()
        assert house.store.data.audit["board"].outcome
        assert house.store.data.audit["comex"].outcome is None
    await house.settle()
    assert house.store.data.audit["comex"].outcome


async def test_a_hidden_room_that_cannot_be_read_at_the_end_stops_no_other() -> None:
    house = await settled()
    synapse, board = house.homeserver.synapse, house.room("board")

    async def once(request: Request, go: Go) -> Any:
        if request.verb == "read room" and board in unquote(str(request.path)):
            return Failure(fate=Fate.FAILED, status=500)
        return await go(request)

    synapse.intercept(once)
    world = await house.reconciler.look(keep=True)
    with pytest.raises(HomeserverError):
        await house.reconciler.apply(world, world.plan)
    assert invited(house) == {"sales", "comex", "board"}
    assert all(entry.outcome for entry in house.store.data.audit.values())
