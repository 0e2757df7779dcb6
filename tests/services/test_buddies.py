"""Volunteers are kept, chosen evenly, and free again when whom they accompany has settled."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from bridge.domain.onboarding import Stage, arrived
from bridge.rules.facts import gather
from bridge.services.buddies import SETTLING, seats, volunteer, volunteers, withdraw
from tests.fakes.clock import START
from tests.fakes.store import FakeStore
from tests.world import SERVER, TODAY, directory, user

NEW = [f"new{number}" for number in range(6)]
FACTS = gather(directory(people=["ann", "bea", *NEW]), today=TODAY, server_name=SERVER)


async def offered(*names: str) -> FakeStore:
    store = FakeStore()
    async with store.work() as work:
        for name in names:
            await volunteer(work, user(name), START)
    return store


async def test_who_arrive_together_are_spread_evenly() -> None:
    store = await offered("ann", "bea", "ann")
    async with store.work() as work:
        free = await seats(work, START)
        assert Counter(free.take(FACTS, user(name)) for name in NEW) == {user("ann"): 3, user("bea"): 3}


async def test_a_volunteer_is_free_again_when_their_newcomer_is_through_and_has_settled() -> None:
    store = await offered("ann")
    async with store.work() as work:
        going = arrived(user("new0"), "employee", START, buddy=user("ann"))
        await work.onboarding.put(going)
        done = replace(going, user=user("new1"), stage=Stage.DONE)
        await work.onboarding.put(done)
    async with store.view() as view:
        assert (await seats(view, START)).burdens == {user("ann"): 2}
        assert (await seats(view, START + SETTLING + timedelta(days=1))).burdens == {user("ann"): 1}


async def test_who_withdraws_is_chosen_no_longer() -> None:
    store = await offered("ann")
    async with store.work() as work:
        assert await volunteers(work, user("ann"))
        await withdraw(work, user("ann"))
    async with store.view() as view:
        assert not await volunteers(view, user("ann"))
        assert (await seats(view, START)).take(FACTS, user("new0")) == ""
