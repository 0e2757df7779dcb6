"""When a change of files is noticed."""

import asyncio
from contextlib import suppress

from bridge.services.lookout import EVERY, Lookout
from tests.fakes.clock import FakeClock


async def told(*changes: int, looks: int = 12) -> list[float]:
    """After which looks somebody is told, if files change before the looks of these numbers; the first one has 1."""
    clock, files, woken, count = FakeClock(eager=True), [0], list[float](), 0
    lookout = Lookout(clock=clock, trace=lambda: files[0], wake=lambda: woken.append(clock.monotonic() / EVERY))

    async def before(_: float) -> None:
        nonlocal count
        count += 1
        files[0] += count in changes
        if count > looks:
            raise asyncio.CancelledError

    clock.before_sleep = before
    await lookout.begin()
    with suppress(asyncio.CancelledError):
        await lookout.run()
    return woken


async def test_a_change_is_told_once_as_soon_as_nothing_more_follows_it() -> None:
    assert await told(4) == [5]
    assert await told(4, 9) == [5, 10]


async def test_nothing_is_told_while_changes_follow_each_other() -> None:
    assert await told(1, 2, 3, 4, 5) == [6]


async def test_without_a_change_nothing_is_told() -> None:
    assert await told() == []


async def test_what_changes_before_the_first_look_is_told() -> None:
    assert await told(1) == [2]
