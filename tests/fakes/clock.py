"""A clock that tests set and chance that repeats itself; the rest of the fakes take their time from here."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday morning."""


class FakeClock:
    """Time that moves only when told: by ``advance``, or by sleeping itself when ``eager``.

    Without ``eager`` a sleeper waits until ``advance`` has passed its moment, earliest sleepers first.
    """

    def __init__(self, start: datetime = START, *, eager: bool = False) -> None:
        self._start = start
        self._elapsed = 0.0
        self._eager = eager
        self._order = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self.slept: list[float] = []
        """Every sleep that was asked for, in seconds, in order."""
        self.before_sleep: Callable[[float], Awaitable[None]] | None = None
        """What happens when somebody is about to sleep."""

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.before_sleep:
            await self.before_sleep(seconds)
        if self._eager:
            await self.advance(max(seconds, 0))
        elif seconds <= 0:
            await asyncio.sleep(0)
        else:
            self._order += 1
            woken = asyncio.get_running_loop().create_future()
            heapq.heappush(self._sleepers, (self._elapsed + seconds, self._order, woken))
            await woken

    @property
    def sleeping(self) -> int:
        """How many wait for time to pass."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    async def advance(self, seconds: float) -> None:
        """Let time pass; whoever's moment comes wakes at that moment, also those who fall asleep again meanwhile."""
        end = self._elapsed + seconds
        await _let_others_run()
        while self._sleepers and self._sleepers[0][0] <= end:
            moment, _, woken = heapq.heappop(self._sleepers)
            self._elapsed = max(self._elapsed, moment)
            if not woken.done():
                woken.set_result(None)
            await _let_others_run()
        self._elapsed = end

    def set(self, now: datetime) -> None:
        """Jump without waking anybody: for tests that do not sleep."""
        self._elapsed = (now - self._start).total_seconds()


class FakeChance:
    """Tokens that count, as long as real ones: ``token-0000000000000001`` and so on."""

    def __init__(self, prefix: str = "token") -> None:
        self._prefix = prefix
        self._count = 0

    def token(self) -> str:
        self._count += 1
        return f"{self._prefix}-{self._count:0{21 - len(self._prefix)}d}"


async def _let_others_run() -> None:
    for _ in range(10):
        await asyncio.sleep(0)
