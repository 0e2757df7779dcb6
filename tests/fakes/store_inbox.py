"""The inbox of the store in memory."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from bridge.ports.store import InboxCounts, InboxEntry, IncomingEvent

if TYPE_CHECKING:
    from tests.fakes.store import Access


class State(Enum):
    WAITING = auto()
    RETRYING = auto()
    SET_ASIDE = auto()


@dataclass(frozen=True)
class Stored:
    """One event that is not handled; ``moment`` is when it is due again, or when it was set aside."""

    seq: int
    event: IncomingEvent
    received_at: datetime
    state: State = State.WAITING
    attempts: int = 0
    moment: datetime | None = None
    error: str = ""

    def entry(self) -> InboxEntry:
        return InboxEntry(
            seq=self.seq,
            event_id=self.event.event_id,
            room_id=self.event.room_id,
            payload=self.event.payload,
            attempts=self.attempts,
            received_at=self.received_at,
        )


class FakeInbox:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def waiting(self, *, after: int, limit: int) -> Sequence[InboxEntry]:
        found = [row for row in self._of(State.WAITING) if row.seq > after]
        return [row.entry() for row in sorted(found, key=lambda row: row.seq)[:limit]]

    async def due(self, now: datetime, limit: int) -> Sequence[InboxEntry]:
        found = sorted(
            (row.moment, row.seq, row) for row in self._of(State.RETRYING) if row.moment and row.moment <= now
        )
        return [row.entry() for _, _, row in found[:limit]]

    async def finish(self, seqs: Iterable[int], now: datetime) -> None:
        data = self._access.write()
        data.handled += sum(data.inbox.pop(seq, None) is not None for seq in set(seqs))

    async def postpone(self, seq: int, *, until: datetime, error: str) -> None:
        self._failed(seq, State.RETRYING, until, error)

    async def set_aside(self, seq: int, *, now: datetime, error: str) -> None:
        self._failed(seq, State.SET_ASIDE, now, error)

    def _failed(self, seq: int, state: State, moment: datetime, error: str) -> None:
        inbox = self._access.write().inbox
        if row := inbox.get(seq):
            inbox[seq] = replace(row, state=state, moment=moment, error=error, attempts=row.attempts + 1)

    async def counts(self, counted: Callable[[str], bool] | None = None) -> InboxCounts:
        rows = {state: [row for row in self._of(state) if not counted or counted(row.event.room_id)] for state in State}
        waiting = rows[State.WAITING]
        return InboxCounts(
            waiting=len(waiting),
            retrying=len(rows[State.RETRYING]),
            set_aside=len(rows[State.SET_ASIDE]),
            handled=self._access.read().handled,
            oldest=min((row.received_at for row in waiting), default=None),
        )

    async def purge(self, *, now: datetime, set_aside_for: timedelta, remember_for: timedelta) -> int:
        data = self._access.write()
        old = [row.seq for row in self._of(State.SET_ASIDE) if row.moment and row.moment < now - set_aside_for]
        for seq in old:
            del data.inbox[seq]
        forgotten = [id_ for id_, at in data.remembered.items() if at < now - remember_for]
        for id_ in forgotten:
            del data.remembered[id_]
        data.transactions = {id_: at for id_, at in data.transactions.items() if at >= now - remember_for}
        return len(old) + len(forgotten)

    def _of(self, state: State) -> list[Stored]:
        return [row for row in self._access.read().inbox.values() if row.state is state]
