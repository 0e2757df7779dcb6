"""Sends whatever digest is due, each once. Called by the slow rounds, and by ``parvis digest run``.

What is due is never stored: it follows from the schedule, from what readers chose, and from what was sent already.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from bots.digest.courier import Courier
from bots.digest.letters import Letters
from bots.digest.preparing import Preparing
from bots.digest.reporting import BEGAN
from bots.digest.roster import Roster, zones_in
from bridge.domain.digest import Week
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.sending import Because, Choices, Delivery
from bridge.ports.schedule import Schedule
from bridge.ports.store import Store
from bridge.rules.sending.due import Timing, Turn, schedule_of, turn_of

AT_ONCE: Final = 3
"""Digests under way at the same time: more of them only make the homeserver slow for everybody else."""
PAGE: Final = 60
"""Readers in one round: some seconds, after which other errands have their turn."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Due:
    """A reader whose turn it is."""

    reader: str
    week: Week
    turn: Turn


@dataclass(slots=True, kw_only=True)
class Postman:
    """``wake`` has the next round come at once, where there are more readers than one round takes."""

    store: Store
    schedule: Schedule
    timing: Timing
    roster: Roster
    preparing: Preparing
    courier: Courier
    letters: Letters
    wake: Callable[[], None]
    _queue: list[Due] = field(default_factory=list, init=False)
    _zones: tuple[int, Mapping[str, str]] = field(default=(-1, {}), init=False)
    """Of people's cards, with the edition of these: reading all of them takes long."""
    _concluded: dict[str, set[str]] = field(default_factory=dict, init=False)
    """By week, of whom it is known that nothing is left to do: nobody is asked for every minute."""

    async def go(self) -> None:
        """One round. Raises ``StoreError``, and what has to wait where nothing at all could be sent."""
        self._queue = self._queue or await self.due()
        turn, self._queue = self._queue[:PAGE], self._queue[PAGE:]
        failed = await self.send(turn)
        if failed and len(failed) == len(turn):
            raise failed[0]
        if self._queue:
            self.wake()

    async def due(self) -> list[Due]:
        """Everybody whose turn it is: those first whose sending was cut short, then those who wait longest."""
        now = self.courier.speaker.clock.now()
        began = await self._began(now)
        async with self.store.view() as view:
            chosen = await view.digests.all_choices()
            abandoned = await view.digests.abandoned(now, PAGE)
        found = [Due(one.reader, Week(one.ends), Turn.SEND) for one in abandoned]
        waiting = self._waiting(now, began, chosen, await self._zones_now())
        for week in sorted({due.week for due in waiting}):
            here = [due for due in waiting if due.week == week]
            known = await self._known(week, [due.reader for due in here])
            found += [due for due in here if due.reader not in known]
        return found

    async def send(self, due: Sequence[Due], told: Callable[[], None] = lambda: None) -> list[ParvisError]:
        """Send these, or skip them; ``told`` hears of each. Gives what has to wait, for another round."""
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(each: Due) -> ParvisError | None:
            async with limit:
                try:
                    await self._send(each)
                except ParvisError as error:
                    if error.kind is not ErrorKind.TEMPORARY:
                        raise
                    log.info("a digest waits", detail=error.detail)
                    return error
                finally:
                    told()
            return None

        results = await asyncio.gather(*map(one, due))
        return [error for error in results if error is not None]

    async def _send(self, due: Due) -> Delivery | None:
        if due.turn is Turn.SKIP:
            await self.courier.skip(due.reader, due.week, Because.LATE)
            return None
        # First, so that whoever dies in between has not forgotten it; it is written by a round of its own.
        await self.letters.promise(due.reader, due.week)
        prepared = await self.preparing.prepare(due.reader, due.week)
        return await self.courier.bring(due.reader, due.week, prepared)

    async def _began(self, now: datetime) -> datetime:
        bot = self.courier.speaker.messenger.user_id
        async with self.store.view() as view:
            found = await view.preferences.get(bot, BEGAN)
        if found is None:
            found = now.isoformat()
            async with self.store.work() as work:
                await work.preferences.put(bot, BEGAN, found)
        return datetime.fromisoformat(found)

    async def _zones_now(self) -> Mapping[str, str]:
        async with self.store.view() as view:
            edition = await view.cards.edition()
            if edition != self._zones[0]:
                self._zones = edition, zones_in((await view.cards.all()).values())
        return self._zones[1]

    def _waiting(
        self, now: datetime, began: datetime, chosen: Mapping[str, Choices], zones: Mapping[str, str]
    ) -> list[Due]:
        """Everybody who is due by the clock, the earliest firing first."""
        fired: dict[tuple[str, str], tuple[datetime, Week, set[str]] | None] = {}
        found: list[tuple[datetime, Due]] = []
        for reader in self.roster.readers(chosen):
            one = chosen.get(reader)
            when, zone = schedule_of(self.timing.when, one), self.roster.zone_of(reader, zones)
            if (when, zone) not in fired:
                last = self.schedule.last(when, zone, now)
                week = Week.before(last) if last else None
                known = self._concluded.get(str(week), set())
                fired[when, zone] = (last, week, known) if last and week else None
            if (latest := fired[when, zone]) is None:
                continue
            moment, week, known = latest
            if reader in known:
                continue
            since = max(began, one.since) if one and one.since else began
            turn = turn_of(self.timing, moment, reader, since=since, now=now)
            if turn is not Turn.WAIT:
                found.append((moment, Due(reader, week, turn)))
        return [due for _, due in sorted(found, key=lambda pair: pair[0])]

    async def _known(self, week: Week, readers: Collection[str]) -> Collection[str]:
        """Those of whom there is something already: what is open is not for this round, what is done for none."""
        known = self._concluded.setdefault(str(week), set())
        for old in sorted(self._concluded)[:-3]:
            del self._concluded[old]
        asked = [reader for reader in readers if reader not in known]
        if asked:
            async with self.store.view() as view:
                known |= await view.digests.begun(str(week), asked)
        return known
