"""What became of inbox entries, gathered and written together; between dispatch and the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.events import Event
from bridge.ports.bots import Keeper
from bridge.ports.store import InboxEntry, Store

AT_ONCE: Final = 200
"""Entries in one unit of work: transactions of the homeserver wait for it, some milliseconds."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Failure:
    """An entry that could not be handled; ``until`` is when to try again, None to set it aside."""

    seq: int
    until: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Finished:
    """An entry that was handled; ``event`` is set where the keeper wants something of it."""

    entry: InboxEntry
    event: Event | None


class Verdicts:
    """Verdicts not written yet. Losing them in a crash is harmless: the entries are dispatched again.

    What ``keeper`` keeps is written with the verdict; ``failed`` says what becomes of an entry of which it can keep
    nothing.
    """

    def __init__(self, store: Store, keeper: Keeper | None, failed: Callable[[InboxEntry, str], Failure]) -> None:
        self._store = store
        self._keeper = keeper
        self._failed = failed
        self._finished: list[Finished] = []
        self._failures: list[Failure] = []

    def __len__(self) -> int:
        return len(self._finished) + len(self._failures)

    def finish(self, entry: InboxEntry, event: Event) -> None:
        kept = self._keeper is not None and self._keeper.wants(event)
        self._finished.append(Finished(entry, event if kept else None))

    def fail(self, failure: Failure) -> None:
        self._failures.append(failure)

    async def write(self, now: datetime) -> list[int]:
        """Write some in one unit of work; gives their sequence numbers. ``StoreError``: they stay for the next time."""
        finished, failures = self._finished[:AT_ONCE], self._failures
        if not finished and not failures:
            return []
        self._finished, self._failures = self._finished[AT_ONCE:], []
        try:
            written = await self._write(finished, failures, now)
        except BaseException:
            self._finished[:0], self._failures[:0] = finished, failures
            raise
        return written

    async def _write(self, finished: Sequence[Finished], failures: Sequence[Failure], now: datetime) -> list[int]:
        try:
            return await self._together(finished, failures, now)
        except Exception as error:
            if not any(one.event for one in finished) or _is_passing(error):
                raise
        # One of them cannot be kept. Which it is shows when each is written alone; the others lose nothing.
        written = await self._together((), failures, now) if failures else []
        for one in finished:
            try:
                written += await self._together((one,), (), now)
            except Exception as error:
                if _is_passing(error):
                    raise
                log.warning("event not kept", event_id=one.entry.event_id, error=type(error).__name__)
                written += await self._together((), (self._failed(one.entry, type(error).__name__),), now)
        return written

    async def _together(self, finished: Sequence[Finished], failures: Sequence[Failure], now: datetime) -> list[int]:
        async with self._store.work() as work:
            events = [one.event for one in finished if one.event]
            if events and self._keeper:
                await self._keeper.keep(work, events)
            if finished:
                await work.inbox.finish([one.entry.seq for one in finished], now)
            for failure in failures:
                if failure.until is None:
                    await work.inbox.set_aside(failure.seq, now=now, error=failure.error)
                else:
                    await work.inbox.postpone(failure.seq, until=failure.until, error=failure.error)
        return [one.entry.seq for one in finished] + [failure.seq for failure in failures]


def _is_passing(error: Exception) -> bool:
    """Whether the store itself is out of order, for a while."""
    return isinstance(error, StoreError) and error.kind is ErrorKind.TEMPORARY
