"""Hundreds at once: everybody has their turn, whoever fails comes later and holds up nobody."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from bots.onboarding.crowd import AT_ONCE, HOLD, PAGE, Crowd
from bots.onboarding.guide import Guide
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say
from bridge.domain.onboarding import InputKind, Owed, ProgressKey, Word, arrived
from tests.fakes.clock import START, FakeClock
from tests.fakes.store import FakeStore
from tests.world import user


@dataclass
class FakeGuide:
    """Settles whoever can be reached, and counts."""

    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=FakeClock)
    dead: set[str] = field(default_factory=set)
    tried: Counter[str] = field(default_factory=Counter)
    inside: int = 0
    most: int = 0

    @property
    def society(self) -> "FakeGuide":
        return self

    @property
    def speaker(self) -> "FakeGuide":
        return self

    async def settle(self, key: ProgressKey) -> None:
        self.tried[key[0]] += 1
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self.clock.sleep(0)
        self.inside -= 1
        if key[0] in self.dead:
            raise HomeserverError(say("The homeserver is silent."), kind=ErrorKind.TEMPORARY)
        async with self.store.work() as work:
            progress = await work.onboarding.get(key)
            assert progress is not None
            await work.onboarding.put(replace(progress, owed=(), due=None))

    async def take(self, key: ProgressKey, kind: InputKind) -> bool:
        assert kind is InputKind.TIME
        await self.settle(key)
        return True

    async def arrive(self, people: int) -> None:
        async with self.store.work() as work:
            for number in range(people):
                since = START - timedelta(minutes=people - number)
                owed = (Owed(word=Word.STEP, about="hello", turn=1),)
                await work.onboarding.put(replace(arrived(user(f"new{number:03d}"), "employee", since), owed=owed))

    @property
    def left(self) -> int:
        return sum(bool(one.owed) for one in self.store.data.onboarding.values())


@pytest.fixture
def guide() -> FakeGuide:
    return FakeGuide()


def crowd_of(guide: FakeGuide, woken: list[Any]) -> Crowd:
    return Crowd(guide=cast(Guide, guide), wake=lambda: woken.append(1))


async def test_five_hundred_have_their_turn_a_page_in_each_round_and_few_at_a_time(guide: FakeGuide) -> None:
    woken: list[Any] = []
    crowd = crowd_of(guide, woken)
    await guide.arrive(500)
    rounds = 0
    while guide.left:
        before = guide.left
        await crowd.go()
        assert before - guide.left <= PAGE
        rounds += 1
    assert len(woken) == rounds - 1, "the next round comes at once while somebody waits, and not when nobody does"
    assert set(guide.tried.values()) == {1}
    assert guide.most == AT_ONCE


async def test_those_on_dead_servers_hold_up_nobody_and_are_tried_ever_more_rarely(guide: FakeGuide) -> None:
    crowd = crowd_of(guide, [])
    await guide.arrive(2 * PAGE + 10)
    guide.dead = {user(f"new{number:03d}") for number in range(PAGE - 1)}
    for _ in range(4):
        await crowd.go()
    assert guide.left == len(guide.dead)
    assert {guide.tried[one] for one in guide.dead} == {1}
    for _ in range(60):
        guide.clock.set(guide.clock.now() + HOLD)
        with suppress(HomeserverError):
            await crowd.go()
    assert {guide.tried[one] for one in guide.dead} == {6}
    guide.dead.clear()
    guide.clock.set(guide.clock.now() + timedelta(hours=2))
    await crowd.go()
    assert guide.left == 0


async def test_when_nobody_can_be_spoken_to_the_round_says_so(guide: FakeGuide) -> None:
    await guide.arrive(3)
    guide.dead = {user(f"new{number:03d}") for number in range(3)}
    with pytest.raises(HomeserverError):
        await crowd_of(guide, []).go()


async def test_a_step_whose_time_has_come_is_taken(guide: FakeGuide) -> None:
    async with guide.store.work() as work:
        await work.onboarding.put(replace(arrived(user("ann"), "employee", START), due=START))
    await crowd_of(guide, []).go()
    assert guide.tried == {user("ann"): 1}
