"""What is urgent goes first: in this process at once, in another one when it renews its leases."""

import asyncio

import pytest

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.viewers import OPEN
from bridge.services.applying.lease import SECONDS, URGENT, leased
from bridge.services.applying.way import Going, Way
from tests.fakes.clock import FakeChance, FakeClock
from tests.fakes.store import FakeStore


def test_whoever_was_asked_to_step_aside_does_nothing_more() -> None:
    way = Way()
    bulk, emergency = Going(way, urgent=False), Going(way, urgent=True)
    stopped = [bulk.stopped]
    with way.cleared():
        stopped += [bulk.stopped, emergency.stopped]
    stopped += [bulk.stopped, Going(way, urgent=False).stopped]
    # What it was to do was planned before, so that it does not go on either.
    assert stopped == [False, True, False, True, False]


async def test_another_process_steps_aside_when_it_renews_its_leases() -> None:
    store, clock, chance = FakeStore(), FakeClock(), FakeChance()
    going = Going(Way(), urgent=False)
    async with leased(store, clock, chance, [OPEN], aside=going.step_aside):
        async with leased(store, clock, chance, [URGENT], urgent=True):
            assert not going.stopped
            for _ in range(3):
                await clock.advance(SECONDS / 3)
        assert going.stopped


async def test_nobody_begins_while_something_urgent_is_going_on() -> None:
    store, clock, chance = FakeStore(), FakeClock(), FakeChance()
    async with leased(store, clock, chance, [URGENT], urgent=True):
        with pytest.raises(ParvisError) as refused:
            async with leased(store, clock, chance, ["comex"], leave_busy=True):
                pytest.fail("it began")
    assert refused.value.kind is ErrorKind.CONFLICT


async def test_what_is_urgent_waits_for_whoever_died_with_the_leases() -> None:
    store, clock, chance = FakeStore(), FakeClock(eager=True), FakeChance()
    async with store.work() as work:
        await work.leases.take("apply", "the dead", now=clock.now(), seconds=SECONDS)
    async with asyncio.timeout(30), leased(store, clock, chance, [OPEN], urgent=True) as hold:
        assert hold.compartments == {OPEN}
