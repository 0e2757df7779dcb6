"""A beacon makes the homeserver begin with the oldest that it kept: refused once, stored when it comes again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say
from bridge.services.beacon import CALM, KIND, NOTICED, PATIENCE, Beacon
from tests.fakes.clock import FakeClock
from tests.services.inbox import Inbox, make_event

ROOM = "!beacon:corp.test"
LONG = 1000.0


@dataclass
class Homeserver:
    """Makes rooms and takes events; ``trouble`` is what it answers next."""

    bot: str = "@parvis:corp.test"
    asked: list[str] = field(default_factory=list)
    trouble: list[HomeserverError] = field(default_factory=list)

    async def request(self, method: str, path: str, content: Any = None) -> Any:
        assert content is not None
        self.asked.append(f"{method} {path}")
        if self.trouble:
            raise self.trouble.pop(0)
        return {"room_id": ROOM}

    @property
    def rooms(self) -> int:
        return sum(one.endswith("createRoom") for one in self.asked)

    @property
    def beacons(self) -> int:
        return sum(f"/send/{KIND}/" in one for one in self.asked)


@dataclass
class World:
    store: Inbox = field(default_factory=Inbox)
    homeserver: Homeserver = field(default_factory=Homeserver)
    clock: FakeClock = field(default_factory=FakeClock)
    pings: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.beacon = self.another()

    def another(self) -> Beacon:
        server: Any = self.homeserver
        return Beacon(homeserver=server, store=self.store, clock=self.clock, ping=self._ping)

    async def _ping(self) -> None:
        self.pings.append(self.clock.monotonic())

    def pushed(self, room: str = ROOM) -> bool:
        """Whether what is pushed is taken."""
        return not self.beacon.refuses([make_event(1, "!others"), make_event(2, room)])


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    running = asyncio.create_task(world.beacon.run())
    yield world
    running.cancel()


async def test_a_beacon_is_refused_once_and_the_homeserver_is_asked_to_come_at_once(world: World) -> None:
    await world.clock.advance(CALM)
    assert world.homeserver.beacons == 1
    assert world.pushed("!talk"), "what people say is never refused"
    assert not world.pushed()
    await world.clock.advance(NOTICED)
    assert world.pings == [CALM + NOTICED]
    assert world.pushed()


async def test_before_a_beacon_nothing_is_refused(world: World) -> None:
    await world.clock.advance(CALM / 2)
    assert world.pushed()


async def test_while_people_talk_there_is_none(world: World) -> None:
    for _ in range(20):
        await world.clock.advance(CALM * 0.9)
        assert world.pushed("!talk")
    assert world.homeserver.beacons == 0
    await world.clock.advance(CALM)
    assert world.homeserver.beacons == 1


async def test_none_follows_until_there_is_a_disturbance(world: World) -> None:
    await world.clock.advance(CALM)
    world.pushed()
    await world.clock.advance(LONG)
    assert world.homeserver.beacons == 1
    world.beacon.disturbed()
    await world.clock.advance(CALM)
    assert world.homeserver.beacons == 2
    assert world.homeserver.rooms == 1


async def test_a_beacon_that_stays_behind_itself_is_followed_by_another(world: World) -> None:
    await world.clock.advance(CALM + PATIENCE)
    assert world.homeserver.beacons == 2
    assert not world.pushed()
    await world.clock.advance(LONG)
    assert (world.homeserver.beacons, len(world.pings)) == (2, 1)


async def test_the_next_life_uses_the_same_room(world: World) -> None:
    await world.clock.advance(CALM)
    running = asyncio.create_task(world.another().run())
    await world.clock.advance(CALM)
    running.cancel()
    assert (world.homeserver.rooms, world.homeserver.beacons) == (1, 2)


async def test_a_room_that_is_gone_is_made_anew(world: World) -> None:
    await world.clock.advance(CALM)
    world.pushed()
    await world.clock.advance(NOTICED)
    world.homeserver.trouble.append(HomeserverError(say("You are not in it."), kind=ErrorKind.REFUSED))
    world.beacon.disturbed()
    await world.clock.advance(CALM)
    assert world.homeserver.rooms == 2
    await world.clock.advance(PATIENCE)
    assert not world.pushed()


async def test_a_homeserver_that_is_down_is_asked_again(world: World) -> None:
    world.homeserver.trouble += [HomeserverError(say("Down."), kind=ErrorKind.TEMPORARY)] * 2
    await world.clock.advance(CALM + 2 * PATIENCE)
    assert (world.homeserver.rooms, world.homeserver.beacons) == (3, 1)
    assert not world.pushed()
