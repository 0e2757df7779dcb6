"""An inbox in memory for tests of intake and dispatch: the store port as far as they need it; fails on demand."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from bridge.domain.errors import StoreError
from bridge.domain.messages import say
from bridge.ports.store import InboxCounts, InboxEntry, IncomingEvent, Store, UnitOfWork


class MemoryInbox:
    """Both the store and its only repository."""

    def __init__(self) -> None:
        self.entries: dict[int, InboxEntry] = {}
        self.transactions: set[str] = set()
        self.known: set[str] = set()
        self.due_moments: dict[int, datetime] = {}
        self.aside: dict[int, str] = {}
        self.finished: list[str] = []
        self.units_of_work = 0
        self.out_of_order = False

    @property
    def store(self) -> Store:
        return cast("Store", self)

    @property
    def inbox(self) -> "MemoryInbox":
        return self

    async def accept(self, transaction_id: str, events: Sequence[IncomingEvent], now: datetime) -> int:
        self._check()
        if transaction_id in self.transactions:
            return 0
        self.transactions.add(transaction_id)
        before = len(self.known)
        for event in events:
            if event.event_id not in self.known:
                self.known.add(event.event_id)
                seq = len(self.known)
                self.entries[seq] = InboxEntry(
                    seq=seq,
                    event_id=event.event_id,
                    room_id=event.room_id,
                    payload=event.payload,
                    attempts=0,
                    received_at=now,
                )
        return len(self.known) - before

    @asynccontextmanager
    async def work(self) -> AsyncIterator[UnitOfWork]:
        self._check()
        self.units_of_work += 1
        yield cast("UnitOfWork", self)

    @asynccontextmanager
    async def view(self) -> AsyncIterator[UnitOfWork]:
        self._check()
        yield cast("UnitOfWork", self)

    async def waiting(self, *, after: int, limit: int) -> Sequence[InboxEntry]:
        fresh = [e for e in self.entries.values() if e.seq > after and not e.attempts and e.seq not in self.aside]
        return sorted(fresh, key=lambda e: e.seq)[:limit]

    async def due(self, now: datetime, limit: int) -> Sequence[InboxEntry]:
        due = [e for e in self.entries.values() if e.seq in self.due_moments and self.due_moments[e.seq] <= now]
        return [entry for entry in due if entry.seq not in self.aside][:limit]

    async def finish(self, seqs: Iterable[int], now: datetime) -> None:
        self.finished += [self.entries.pop(seq).event_id for seq in seqs]

    async def postpone(self, seq: int, *, until: datetime, error: str) -> None:
        self.entries[seq] = replace(self.entries[seq], attempts=self.entries[seq].attempts + 1)
        self.due_moments[seq] = until

    async def set_aside(self, seq: int, *, now: datetime, error: str) -> None:
        self.aside[seq] = error

    async def counts(self) -> InboxCounts:
        waiting = [entry for entry in self.entries.values() if not entry.attempts and entry.seq not in self.aside]
        retrying = [entry for entry in self.entries.values() if entry.attempts and entry.seq not in self.aside]
        oldest = min((entry.received_at for entry in waiting), default=None)
        return InboxCounts(
            waiting=len(waiting),
            retrying=len(retrying),
            set_aside=len(self.aside),
            handled=len(self.finished),
            oldest=oldest,
        )

    async def purge(self, *, now: datetime, set_aside_for: timedelta, remember_for: timedelta) -> int:
        gone = [seq for seq in self.aside if self.entries[seq].received_at < now - set_aside_for]
        for seq in gone:
            del self.aside[seq], self.entries[seq]
        return len(gone)

    def _check(self) -> None:
        if self.out_of_order:
            raise StoreError(say("The database cannot be used."))


def make_event(number: int, room: str = "!a", **fields: Any) -> IncomingEvent:
    """An event whose id is its number."""
    import msgspec

    event = {
        "event_id": f"${number}",
        "room_id": room,
        "sender": "@ann:corp.test",
        "type": "m.room.message",
        "content": {"msgtype": "m.text", "body": "bonjour"},
        "origin_server_ts": 1_795_315_335_314,
        **fields,
    }
    return IncomingEvent(f"${number}", room, msgspec.json.encode(event))
