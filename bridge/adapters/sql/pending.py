"""Open questions; all that could tell a group is sealed, and rows are filled up to pages so that lengths say little."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, delete, or_, select, update

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.tables import pending, pending_events
from bridge.adapters.sql.times import from_ms, from_ms_or_none, to_ms
from bridge.adapters.sql.upserts import insert_for
from bridge.adapters.sql.vault import Vault
from bridge.ports.pending import Pending

ITEM: Final = b"pending.item"
OUTCOME: Final = b"pending.outcome"
SHOWN: Final = b"pending.shown"
KEY: Final = b"pending.key"
KIND: Final = b"pending.kind"
EVENT: Final = b"pending.event"
PAGE: Final = 512
"""Bytes that a sealed item is filled up to a multiple of."""
SMALL_PAGE: Final = 128
"""The same for outcomes and events."""

_oldest_first: Final = select(pending).order_by(pending.c.seq)
_open: Final = _oldest_first.where(pending.c.settled_at.is_(None))


class SqlPendingItems:
    """The open questions of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def put(self, item: Pending) -> Pending:
        row = {
            "key_index": self._index(item.key),
            "kind_index": self._vault.index(item.kind, KIND),
            "created_at": to_ms(item.created_at),
            "expires_at": to_ms(item.expires_at),
            "sealed": self._vault.put([item.key, item.kind, item.asker, item.room_id, item.document], ITEM, page=PAGE),
        }

        def store(connection: Connection) -> Row[Any]:
            connection.execute(insert_for(connection, pending).on_conflict_do_nothing(), row)
            return connection.execute(select(pending).where(pending.c.key_index == row["key_index"])).one()

        return self._item(await self._run(store))

    async def get(self, key: str) -> Pending | None:
        return await self._one(select(pending).where(pending.c.key_index == self._index(key)))

    async def attach(self, key: str, event_id: str, *, room_id: str = "") -> None:
        event_index = self._vault.index(event_id, EVENT)
        sealed = self._vault.put([event_id, room_id], SHOWN, page=SMALL_PAGE)
        place = select(pending.c.seq).where(pending.c.key_index == self._index(key))

        def store(connection: Connection) -> None:
            if (of := connection.execute(place).scalar_one_or_none()) is not None:
                row = {"event_index": event_index, "item": of, "sealed": sealed}
                connection.execute(insert_for(connection, pending_events).on_conflict_do_nothing(), row)

        await self._run(store)

    async def by_event(self, event_id: str) -> Pending | None:
        shows = pending_events.c.event_index == self._vault.index(event_id, EVENT)
        return await self._one(
            select(pending).join(pending_events, pending_events.c.item == pending.c.seq).where(shows)
        )

    async def shown(self, key: str) -> Mapping[str, str]:
        query = (
            select(pending_events.c.sealed)
            .join(pending, pending_events.c.item == pending.c.seq)
            .where(pending.c.key_index == self._index(key))
            .order_by(pending_events.c.seq)
        )
        rows = await self._run(lambda connection: connection.execute(query).scalars().all())
        return dict(self._vault.get(sealed, SHOWN) for sealed in rows)

    async def settle(self, key: str, outcome: str, at: datetime) -> bool:
        sealed = self._vault.put(outcome, OUTCOME, page=SMALL_PAGE)
        answer = (
            update(pending)
            .where(pending.c.key_index == self._index(key), pending.c.settled_at.is_(None))
            .values(settled_at=to_ms(at), outcome_sealed=sealed)
        )
        return await self._run(lambda connection: connection.execute(answer).rowcount) > 0

    async def open(self, kind: str | None = None) -> Sequence[Pending]:
        return await self._all(
            _open if kind is None else _open.where(pending.c.kind_index == self._vault.index(kind, KIND))
        )

    async def all(self) -> Sequence[Pending]:
        return await self._all(_oldest_first)

    async def remove(self, keys: Collection[str]) -> int:
        gone = delete(pending).where(pending.c.key_index == bindparam("which"))
        asked = [{"which": self._index(key)} for key in keys]
        return await self._run(lambda connection: sum(connection.execute(gone, one).rowcount for one in asked))

    async def expired(self, now: datetime) -> Sequence[Pending]:
        return await self._all(_open.where(pending.c.expires_at <= to_ms(now)))

    async def purge(self, before: datetime) -> int:
        moment = to_ms(before)
        over = pending.c.settled_at.is_(None) & (pending.c.expires_at < moment)
        old = delete(pending).where(or_(pending.c.settled_at < moment, over))
        return await self._run(lambda connection: connection.execute(old).rowcount)

    async def _one(self, query: Select[Any]) -> Pending | None:
        row = await self._run(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else self._item(row)

    async def _all(self, query: Select[Any]) -> Sequence[Pending]:
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        return [self._item(row) for row in rows]

    def _index(self, key: str) -> bytes:
        return self._vault.index(key, KEY)

    def _item(self, row: Row[Any]) -> Pending:
        key, kind, asker, room_id, document = self._vault.get(row.sealed, ITEM)
        return Pending(
            key=key,
            kind=kind,
            asker=asker,
            room_id=room_id,
            document=document,
            created_at=from_ms(row.created_at),
            expires_at=from_ms(row.expires_at),
            settled_at=from_ms_or_none(row.settled_at),
            outcome="" if row.outcome_sealed is None else self._vault.get(row.outcome_sealed, OUTCOME),
        )
