"""Gives everybody to whom something is owed their turn, a few at a time, however many arrive. Called by the rounds.

A turn that fails comes again later and holds up nobody else: of hundreds, some are always on servers that are down.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bots.onboarding.guide import Guide
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.onboarding import InputKind, Progress, ProgressKey

AT_ONCE: Final = 4
"""People who are spoken to side by side: as many calls as are in flight anyway, and more would only wait there."""
PAGE: Final = 40
"""People whose turn it is in one round: some seconds, after which other errands have theirs."""
HOLD: Final = timedelta(minutes=1)
HOLD_AT_MOST: Final = timedelta(hours=6)
FORGET: Final = timedelta(days=1)
"""After which somebody whose turn did not come again is not counted as failing any more."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody whose turn has failed so many times in a row."""

    until: datetime
    times: int


@dataclass(slots=True, kw_only=True)
class Crowd:
    """``wake`` makes the next round come at once, when there are more than one round takes."""

    guide: Guide
    wake: Callable[[], None]
    _held: dict[ProgressKey, Held] = field(default_factory=dict, init=False)

    async def go(self) -> None:
        """One round. Raises the ``HomeserverError`` of what has to wait where nobody at all could be spoken to, and
        ``StoreError``."""
        now = self.guide.speaker.clock.now()
        turn, more = await self._turn(now)
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(progress: Progress) -> None:
            async with limit:
                await self._settle(progress)

        results = await asyncio.gather(*map(one, turn), return_exceptions=True)
        failed = [self._hold(progress, error, now) for progress, error in zip(turn, results, strict=True) if error]
        if failed and len(failed) == len(turn):
            raise failed[0]
        if more:
            self.wake()

    async def _turn(self, now: datetime) -> tuple[Sequence[Progress], bool]:
        """Who is next, and whether there are more."""
        self._held = {key: held for key, held in self._held.items() if held.until + FORGET > now}
        resting = {key for key, held in self._held.items() if held.until > now}
        async with self.guide.society.store.view() as view:
            waiting = await view.onboarding.unsettled(now, PAGE + len(resting) + 1)
        able = [one for one in waiting if one.key not in resting]
        return able[:PAGE], len(able) > PAGE

    async def _settle(self, progress: Progress) -> None:
        if progress.owed or progress.doing:
            await self.guide.settle(progress.key)
        else:
            await self.guide.take(progress.key, InputKind.TIME)
        self._held.pop(progress.key, None)

    def _hold(self, progress: Progress, error: BaseException, now: datetime) -> BaseException:
        """Longer each time; anything but a busy homeserver is nothing to be patient about."""
        if not isinstance(error, HomeserverError) or error.kind is not ErrorKind.TEMPORARY:
            raise error
        before = self._held.get(progress.key)
        times = before.times + 1 if before else 1
        pause = min(HOLD * 2 ** min(times - 1, 10), HOLD_AT_MOST)
        self._held[progress.key] = Held(now + pause, times)
        log.info("somebody is spoken to later", errcode=error.errcode, detail=error.detail)
        return error
