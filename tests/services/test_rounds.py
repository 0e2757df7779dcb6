"""Rounds: everything in turn, what fails does not stop the rest and comes again, and a change makes a round at once."""

import asyncio
from contextlib import suppress

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.services.rounds import RETRY, Rounds
from tests.fakes.clock import FakeClock


class Errand:
    """Something to do, which fails as often as it is told."""

    def __init__(self, *faults: Exception) -> None:
        self.faults, self.done = list(faults), asyncio.Queue[None]()

    async def __call__(self) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.done.put_nowait(None)


async def test_what_fails_does_not_stop_the_rest_and_is_told() -> None:
    first = Errand(ParvisError(say("Down."), kind=ErrorKind.TEMPORARY), ValueError("a fault of ours"))
    second = Errand()
    rounds = Rounds(clock=FakeClock(), errands=[first, second])
    assert [await rounds.go() for _ in range(3)] == [False, False, True]
    assert (first.done.qsize(), second.done.qsize()) == (1, 3)


async def test_a_change_makes_a_round_at_once_and_a_failure_waits_a_little() -> None:
    clock = FakeClock(eager=True)
    errand = Errand(ParvisError(say("Down."), kind=ErrorKind.TEMPORARY))
    rounds = Rounds(clock=clock)
    rounds.add(errand)
    running = asyncio.create_task(rounds.run())
    await errand.done.get()
    assert clock.slept == [RETRY]
    rounds.wake()
    await errand.done.get()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
