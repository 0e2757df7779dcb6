"""Profile cards, histories and conversations that fill cards, in ``cards``, ``card_entries`` and ``card_fillings``."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from operator import attrgetter
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.tables import card_entries, card_fillings, cards, meta
from bridge.adapters.sql.upserts import upsert
from bridge.adapters.sql.vault import ROOM_PAGE, Vault
from bridge.domain.cards import Card, Entry, Filling

T = TypeVar("T", Card, Entry, Filling)

CARD: Final = b"cards.card"
ENTRY: Final = b"card_entries.entry"
ENTRY_ID: Final = b"card_entries.id"
FILLING: Final = b"card_fillings.filling"
USER: Final = b"cards.user"
EDITION: Final = "cards"
AT_ONCE: Final = 250
"""Sealed documents opened in one go: some milliseconds; then it is everybody else's turn."""


class SqlCards:
    """The cards of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def card(self, user: str) -> Card | None:
        return next(iter(await self._found(cards, Card, CARD, cards.c.user_index == self._index(user))), None)

    async def all(self) -> Mapping[str, Card]:
        found = await self._found(cards, Card, CARD)
        return {card.user: card for card in sorted(found, key=attrgetter("user"))}

    async def put(self, card: Card) -> None:
        row = {"user_index": self._index(card.user), "sealed": self._sealed(card, CARD)}

        def store(connection: Connection) -> None:
            upsert(connection, cards, [row])
            _changed(connection)

        await self._run(store)

    async def remove(self, user: str) -> None:
        index = self._index(user)

        def store(connection: Connection) -> None:
            for table in (cards, card_entries, card_fillings):
                connection.execute(delete(table).where(table.c.user_index == index))
            _changed(connection)

        await self._run(store)

    async def entry(self, entry_id: str) -> Entry | None:
        index = self._vault.index(entry_id, ENTRY_ID)
        return next(iter(await self._found(card_entries, Entry, ENTRY, card_entries.c.id_index == index)), None)

    async def entries(self, user: str) -> Sequence[Entry]:
        found = await self._found(card_entries, Entry, ENTRY, card_entries.c.user_index == self._index(user))
        return sorted(found, key=_by_day)

    async def histories(self) -> Mapping[str, Sequence[Entry]]:
        found: dict[str, list[Entry]] = defaultdict(list)
        for entry in sorted(await self._found(card_entries, Entry, ENTRY), key=_by_day):
            found[entry.user].append(entry)
        return dict(sorted(found.items()))

    async def put_entry(self, entry: Entry) -> None:
        row = {
            "id_index": self._vault.index(entry.id, ENTRY_ID),
            "user_index": self._index(entry.user),
            "sealed": self._sealed(entry, ENTRY),
        }
        await self._run(lambda connection: upsert(connection, card_entries, [row]))

    async def filling(self, user: str) -> Filling | None:
        index = card_fillings.c.user_index == self._index(user)
        return next(iter(await self._found(card_fillings, Filling, FILLING, index)), None)

    async def put_filling(self, filling: Filling) -> None:
        row = {"user_index": self._index(filling.user), "sealed": self._sealed(filling, FILLING)}
        await self._run(lambda connection: upsert(connection, card_fillings, [row]))

    async def edition(self) -> int:
        query = select(meta.c.number).where(meta.c.name == EDITION)
        return int(await self._run(lambda connection: connection.execute(query).scalar_one()))

    def _index(self, user: str) -> bytes:
        """The same in all three tables, so that they are forgotten together."""
        return self._vault.index(user, USER)

    async def _found(
        self, table: Table, kind: type[T], context: bytes, where: ColumnElement[bool] | None = None
    ) -> list[T]:
        query = select(table.c.sealed) if where is None else select(table.c.sealed).where(where)
        rows = await self._run(lambda connection: list(connection.execute(query).scalars()))
        found: list[T] = []
        for start in range(0, len(rows), AT_ONCE):
            found += [self._opened(one, kind, context) for one in rows[start : start + AT_ONCE]]
            await asyncio.sleep(0)
        return found

    def _sealed(self, value: Card | Entry | Filling, context: bytes) -> bytes:
        return self._vault.put(_plainly(value), context, page=ROOM_PAGE)

    def _opened(self, sealed: bytes, kind: type[T], context: bytes) -> T:
        return msgspec.convert(self._vault.get(sealed, context), kind)


def _plainly(value: Card | Entry | Filling) -> dict[str, Any]:
    """Frozen mappings cannot be copied, so that ``asdict`` gets plain ones."""
    if not isinstance(value, Card):
        return asdict(value)
    shallow = {name: getattr(value, name) for name in value.__slots__}
    return {**shallow, "values": dict(value.values), "circles": dict(value.circles)}


def _by_day(entry: Entry) -> tuple[str, str]:
    return entry.current.day.isoformat(), entry.id


def _changed(connection: Connection) -> None:
    connection.execute(update(meta).where(meta.c.name == EDITION).values(number=meta.c.number + 1))
