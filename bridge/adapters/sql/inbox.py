"""Events stored and not yet handled, in the tables ``inbox`` and ``transactions``."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Select, bindparam, delete, func, select, update

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.tables import RETRYING, SET_ASIDE, WAITING, inbox, meta, transactions
from bridge.adapters.sql.times import from_ms, from_ms_or_none, to_ms
from bridge.adapters.sql.vault import Vault
from bridge.domain.errors import StoreError
from bridge.ports.store import InboxCounts, InboxEntry

log = structlog.get_logger()

Entry = tuple[Any, Any, Any, Any, Any, Any]

PAYLOAD: Final = b"inbox.payload"
HANDLED: Final = "handled"
MARK_BYTES: Final = 8

_entries: Final = select(
    inbox.c.seq, inbox.c.event_id, inbox.c.room_id, inbox.c.sealed, inbox.c.attempts, inbox.c.received_at
)
_waiting: Final = (
    _entries.where(inbox.c.state == WAITING, inbox.c.seq > bindparam("after"))
    .order_by(inbox.c.seq)
    .limit(bindparam("most"))
)
_due: Final = (
    _entries.where(inbox.c.state == RETRYING, inbox.c.due_at <= bindparam("now"))
    .order_by(inbox.c.due_at, inbox.c.seq)
    .limit(bindparam("most"))
)


class SqlInbox:
    """The inbox of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def waiting(self, *, after: int, limit: int) -> Sequence[InboxEntry]:
        return await self._entries(_waiting, {"after": after, "most": limit})

    async def due(self, now: datetime, limit: int) -> Sequence[InboxEntry]:
        return await self._entries(_due, {"now": to_ms(now), "most": limit})

    async def _entries(
        self, query: Select[Any, Any, Any, Any, Any, Any], places: dict[str, int]
    ) -> Sequence[InboxEntry]:
        return await self._run(
            lambda connection: [self._entry(row) for row in connection.execute(query, places).fetchall()]
        )

    def _entry(self, row: Entry) -> InboxEntry:
        seq, event_id, room_id, sealed, attempts, received_at = row
        return InboxEntry(
            seq=seq,
            event_id=event_id,
            room_id=room_id,
            payload=self._payload(seq, sealed),
            attempts=attempts,
            received_at=from_ms(received_at),
        )

    def _payload(self, seq: int, sealed: bytes) -> bytes:
        """Empty when damaged, which is no event: it is set aside, and those behind it are read."""
        try:
            return self._vault.unseal(sealed, PAYLOAD)
        except StoreError as error:
            log.warning("a stored event does not open", seq=seq, detail=error.detail)
            return b""

    async def finish(self, seqs: Iterable[int], now: datetime) -> None:  # noqa: ARG002 - the row goes, and with it every time
        await self._run(lambda connection: _finish(connection, sorted(set(seqs))))

    async def postpone(self, seq: int, *, until: datetime, error: str) -> None:
        await self._failed(seq, RETRYING, to_ms(until), error)

    async def set_aside(self, seq: int, *, now: datetime, error: str) -> None:
        await self._failed(seq, SET_ASIDE, to_ms(now), error)

    async def _failed(self, seq: int, state: int, due_at: int, error: str) -> None:
        change = (
            update(inbox)
            .where(inbox.c.seq == seq)
            .values(state=state, attempts=inbox.c.attempts + 1, due_at=due_at, error=error)
        )
        await self._run(lambda connection: connection.execute(change))

    async def counts(self, counted: Callable[[str], bool] | None = None) -> InboxCounts:
        return await self._run(lambda connection: _counts(connection, counted))

    async def purge(self, *, now: datetime, set_aside_for: timedelta, remember_for: timedelta) -> int:
        return await self._run(
            lambda connection: _purge(connection, to_ms(now - set_aside_for), to_ms(now - remember_for))
        )


def _finish(connection: Connection, seqs: list[int]) -> None:
    if not seqs:
        return
    gone = 0
    for first, last in _stretches(seqs):
        gone += connection.execute(_delete_stretch, {"first": first, "final": last}).rowcount
    connection.execute(_count_handled, {"gone": gone})


_delete_stretch: Final = delete(inbox).where(inbox.c.seq.between(bindparam("first"), bindparam("final")))
_count_handled: Final = update(meta).where(meta.c.name == HANDLED).values(number=meta.c.number + bindparam("gone"))


def _stretches(seqs: list[int]) -> list[tuple[int, int]]:
    """Numbers that follow one another without a gap, as (first, last): most of what is finished together."""
    found: list[tuple[int, int]] = []
    for seq in seqs:
        if found and found[-1][1] == seq - 1:
            found[-1] = (found[-1][0], seq)
        else:
            found.append((seq, seq))
    return found


def _counts(connection: Connection, counted: Callable[[str], bool] | None) -> InboxCounts:
    rows = [row for row in connection.execute(_by_room) if counted is None or counted(row.room_id)]
    events = {state: sum(row.events for row in rows if row.state == state) for state in (WAITING, RETRYING, SET_ASIDE)}
    return InboxCounts(
        waiting=events[WAITING],
        retrying=events[RETRYING],
        set_aside=events[SET_ASIDE],
        handled=connection.execute(select(meta.c.number).where(meta.c.name == HANDLED)).scalar() or 0,
        oldest=from_ms_or_none(min((row.oldest for row in rows if row.state == WAITING), default=None)),
    )


_by_room: Final = select(
    inbox.c.state, inbox.c.room_id, func.count().label("events"), func.min(inbox.c.received_at).label("oldest")
).group_by(inbox.c.state, inbox.c.room_id)


def _purge(connection: Connection, set_aside_before: int, remember_since: int) -> int:
    aside = delete(inbox).where(inbox.c.state == SET_ASIDE, inbox.c.due_at < set_aside_before)
    # The newest transaction stays for ever: the numbers of the next ones follow from it.
    kept = func.coalesce(
        select(func.min(transactions.c.seq)).where(transactions.c.at >= remember_since).scalar_subquery(),
        select(func.max(transactions.c.seq)).scalar_subquery(),
    )
    old = transactions.c.seq < kept
    ids = connection.execute(select(func.sum(func.length(transactions.c.events)) / MARK_BYTES).where(old)).scalar()
    connection.execute(delete(transactions).where(old))
    return connection.execute(aside).rowcount + int(ids or 0)
