"""Takes stored events to the handlers: in order per room, in parallel across rooms, again after a failure.

``Intake`` wakes it; wiring runs ``run`` as a task and calls ``stop`` at the end.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from bridge.domain.errors import StoreError
from bridge.ports.bots import Handler, Keeper
from bridge.ports.clock import Clock
from bridge.ports.store import InboxCounts, InboxEntry, IncomingEvent, Store
from bridge.services.dispatching.backlog import Backlog
from bridge.services.dispatching.backoff import RETRY_AFTER, retry_after
from bridge.services.dispatching.decoding import NotAnEvent, event_of
from bridge.services.dispatching.handling import Job, handle, wanting
from bridge.services.dispatching.headstart import FEW, HeadStart
from bridge.services.dispatching.lanes import Lanes
from bridge.services.dispatching.pacing import Pace
from bridge.services.dispatching.verdicts import AT_ONCE as SOME
from bridge.services.dispatching.verdicts import Failure, Verdicts
from bridge.services.dispatching.waiting import woken

log = structlog.get_logger()

PAGE: Final = 500
"""Events read, and unwanted ones finished, at once."""

AT_ONCE: Final = 16
"""Rooms in which handlers work at the same time."""

HANDLER_DEADLINE: Final = 300.0
"""Seconds after which a handler counts as hung: long work belongs elsewhere."""

LOOK_AGAIN: Final = timedelta(seconds=10)
"""How often to look for what no wake told: retries whose moments an earlier run knew."""

STORE_PAUSE: Final = 1.0
"""Seconds to wait when the store is out of order."""

PURGE_EVERY: Final = timedelta(hours=1)
SET_ASIDE_FOR: Final = timedelta(days=14)
REMEMBER_FOR: Final = timedelta(days=30)


class Dispatcher:
    """Every stored event is given to every handler that wants it at least once, also after a crash."""

    def __init__(
        self,
        store: Store,
        handlers: Sequence[Handler],
        clock: Clock,
        *,
        jitter: Callable[[], float] = random.random,
        retries: tuple[float, ...] = RETRY_AFTER,
        keeper: Keeper | None = None,
        at_once: int = AT_ONCE,
        deadline: float = HANDLER_DEADLINE,
        set_aside_for: timedelta = SET_ASIDE_FOR,
        remember_for: timedelta = REMEMBER_FOR,
    ) -> None:
        self._store = store
        self._handlers = tuple(handlers)
        self._clock = clock
        self._jitter = jitter
        self._retries = retries
        self._deadline = deadline
        self._set_aside_for, self._remember_for = set_aside_for, remember_for
        self._pace = Pace()
        self._wake = asyncio.Event()
        self._lanes: Lanes[Job] = Lanes(self._handle, width=at_once)
        self._head_start = HeadStart(self._handlers, clock)
        self._backlog = Backlog(clock.now(), look_again=LOOK_AGAIN)
        self._verdicts = Verdicts(store, keeper, self._failure)
        self._purge_at = clock.now() + PURGE_EVERY / 60
        self._running = self._troubled = False
        self._stopping, self._ended = asyncio.Event(), asyncio.Event()

    # ------------------------------------------------------------------------------------------------ for others

    def expect(self, events: Sequence[IncomingEvent]) -> None:
        """These are about to be stored. Handlers hear of those that would not have to wait behind others."""
        if self._running and len(events) <= FEW:
            for one in events:
                if self._lanes.is_free(one.room_id):
                    self._head_start.expect(one)

    async def head_start(self, events: Sequence[IncomingEvent], *, new: int) -> None:
        """These are stored, so many of them new: returns when somebody who waits for an answer has it, or soon."""
        if len(events) <= FEW:
            await self._head_start.end([one.event_id for one in events], wait=new > 0)

    def arrived(self, events: int) -> None:
        """So many new events are in the store."""
        self._pace.arrived(self._clock.monotonic(), events)
        self._wake.set()

    async def status(self, counted: Callable[[str], bool] | None = None) -> InboxCounts:
        """How much waits, is tried again, was set aside, in rooms that are ``counted``. Raises ``StoreError``."""
        async with self._store.view() as view:
            return await view.inbox.counts(counted)

    def missing(self) -> Sequence[str]:
        """What keeps events from being handled: nothing, ``dispatch`` (not running) or ``store`` (out of order)."""
        if not self._running or self._stopping.is_set():
            return ("dispatch",)
        return ("store",) if self._troubled else ()

    async def run(self) -> None:
        """Dispatch until ``stop``. Ends by an exception only where the program is wrong."""
        self._running = True
        try:
            while not self._stopping.is_set():
                await self._turn()
        finally:
            self._running = False
            self._ended.set()
            if not self._stopping.is_set():
                await self._lanes.close(0)

    async def stop(self, within: float) -> None:
        """Begin nothing more, give handlers ``within`` seconds, write what is done; the rest is for the next run."""
        self._stopping.set()
        self._wake.set()
        await self._lanes.close(within)
        if self._running:
            await self._ended.wait()
        try:
            await self._write()
        except StoreError as error:
            log.warning("handled events will be dispatched again", reason=str(error), detail=error.detail)

    # ------------------------------------------------------------------------------------------------ one turn

    async def _turn(self) -> None:
        self._wake.clear()
        try:
            await self._gap()
            more = await self._fetch()
            await self._write()
            await self._purge()
        except StoreError as error:
            self._trouble(error)
            await woken(self._stopping, self._clock, STORE_PAUSE)
            return
        if self._troubled:
            self._troubled = False
            log.info("the store answers again")
        if not self._verdicts and (self._backlog.is_full or not more):
            await woken(self._wake, self._clock, self._backlog.quiet_for(self._clock.now()))

    async def _gap(self) -> None:
        """Let a flood be stored first."""
        since = self._clock.monotonic()
        while (pause := self._pace.pause(self._clock.monotonic(), since)) > 0 and not self._stopping.is_set():
            await woken(self._stopping, self._clock, pause)

    async def _write(self) -> None:
        """The verdicts there are, some at a time: what arrives meanwhile is stored in between."""
        for _ in range(-(-len(self._verdicts) // SOME)):
            self._backlog.leave(await self._verdicts.write(self._clock.now()))

    async def _fetch(self) -> bool:
        """Route one page of events; whether there may be more to read."""
        if self._stopping.is_set() or self._backlog.is_full:
            return True
        now = self._clock.now()
        look_for_due = self._backlog.is_due(now)
        async with self._store.view() as view:
            fresh = await view.inbox.waiting(after=self._backlog.begin_page(), limit=PAGE)
            due = await view.inbox.due(now, PAGE) if look_for_due else ()
        for entry in due:
            if self._backlog.enter(entry):
                self._route(entry)
        for entry in fresh:
            if self._backlog.enter_fresh(entry, self._lanes.length(entry.room_id)):
                self._route(entry)
        if look_for_due:
            self._backlog.looked(now)
        more = self._backlog.turn_page(last=len(fresh) < PAGE)
        return more or len(due) == PAGE

    def _route(self, entry: InboxEntry) -> None:
        try:
            event = event_of(entry.payload, entry.received_at)
        except NotAnEvent as error:
            log.warning("event set aside: it cannot be read", event_id=entry.event_id, reason=str(error))
            self._verdicts.fail(Failure(entry.seq, None, f"unreadable: {error}"))
            return
        if handlers := wanting(self._handlers, event):
            self._lanes.put(entry.room_id, Job(entry, event, handlers))
        else:
            self._verdicts.finish(entry, event)

    async def _handle(self, job: Job) -> None:
        """One event in its lane."""
        while (pause := self._pace.pause_in_hand(self._clock.monotonic())) > 0 and not self._stopping.is_set():
            await woken(self._stopping, self._clock, pause)
        error = await handle(job, self._deadline)
        entry = job.entry
        self._head_start.handled(entry.event_id)
        if error:
            self._verdicts.fail(self._failure(entry, error))
        else:
            self._verdicts.finish(entry, job.event)
        self._backlog.advance(entry.room_id, self._lanes.length(entry.room_id))
        self._wake.set()

    def _failure(self, entry: InboxEntry, error: str) -> Failure:
        return Failure(entry.seq, self._next_try(entry), error)

    def _next_try(self, entry: InboxEntry) -> datetime | None:
        seconds = retry_after(entry.attempts + 1, self._jitter(), self._retries)
        if seconds is None:
            log.error("event set aside after the last attempt", event_id=entry.event_id, attempts=entry.attempts + 1)
            return None
        until = self._clock.now() + timedelta(seconds=seconds)
        self._backlog.due_at(until)
        return until

    async def _purge(self) -> None:
        now = self._clock.now()
        if now < self._purge_at:
            return
        self._purge_at = now + PURGE_EVERY
        async with self._store.work() as work:
            await work.inbox.purge(now=now, set_aside_for=self._set_aside_for, remember_for=self._remember_for)
            # A claim answers for its event: it is remembered as long.
            await work.outbox.purge(now - self._remember_for)
            await work.pending.purge(now - self._remember_for)
        # Not how many: a log has many readers, and some were of hidden rooms.
        log.info("old events, claims and questions forgotten")

    def _trouble(self, error: StoreError) -> None:
        if not self._troubled:
            log.error("the store is out of order; dispatch waits", reason=str(error), detail=error.detail)
        self._troubled = True
