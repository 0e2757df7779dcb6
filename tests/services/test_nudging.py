"""When a look follows changes that come from outside."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bridge.services.nudging import CALM, LONGEST, Nudge
from tests.fakes.clock import FakeClock


@dataclass
class Watched:
    clock: FakeClock = field(default_factory=FakeClock)
    woken: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.nudge = Nudge(clock=self.clock, wake=lambda: self.woken.append(self.clock.monotonic()))


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    watched = Watched()
    running = asyncio.create_task(watched.nudge.run())
    yield watched
    running.cancel()


async def test_one_look_follows_a_burst_of_changes(watched: Watched) -> None:
    for _ in range(5):
        watched.nudge()
    await watched.clock.advance(10 * CALM)
    assert watched.woken == [CALM]


async def test_a_stream_that_does_not_end_is_looked_at_now_and_then(watched: Watched) -> None:
    for _ in range(round(4 * LONGEST)):
        watched.nudge()
        await watched.clock.advance(CALM / 2)
    assert watched.woken[0] <= LONGEST + CALM
    assert len(watched.woken) >= 1


async def test_without_a_change_nobody_looks(watched: Watched) -> None:
    await watched.clock.advance(100)
    assert watched.woken == []
