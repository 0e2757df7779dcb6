"""What people chose about their digest, what was sent of which week, what they thought: ``digest_…`` tables."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import BindParameter, Connection, Select, bindparam, delete, select

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.digest_tables import digest_choices, digest_deliveries, digest_opinions
from bridge.adapters.sql.times import to_ms
from bridge.adapters.sql.upserts import upsert
from bridge.adapters.sql.vault import ROOM_PAGE, Vault
from bridge.domain.sending import BESIDE, Choices, Delivery, Opinion, Sending

T = TypeVar("T", Choices, Delivery, Opinion)

CHOICES: Final = b"digest_choices.choices"
DELIVERY: Final = b"digest_deliveries.delivery"
OPINION: Final = b"digest_opinions.opinion"
READER: Final = b"digest.reader"
KEY: Final = b"digest.key"
AT_ONCE: Final = 250
"""Readers asked for, or sealed documents opened, in one go: some milliseconds; then it is everybody else's turn."""


_of_reader: Final[BindParameter[bytes]] = bindparam("reader")
# Made once: there are three questions about everybody who gets a digest.
_choices: Final = select(digest_choices.c.sealed).where(digest_choices.c.reader_index == _of_reader)
_opinions: Final = select(digest_opinions.c.sealed).where(
    digest_opinions.c.reader_index.in_(bindparam("readers", expanding=True))
)
_weekly: Final = (
    select(digest_deliveries.c.sealed)
    .where(digest_deliveries.c.reader_index == _of_reader, ~digest_deliveries.c.week.contains(BESIDE))
    .order_by(digest_deliveries.c.week.desc())
    .limit(bindparam("limit"))
)


class SqlDigests:
    """The digests of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def choices(self, reader: str) -> Choices | None:
        return next(iter(await self._found(_choices, Choices, CHOICES, reader=self._reader(reader))), None)

    async def all_choices(self) -> Mapping[str, Choices]:
        found = await self._found(select(digest_choices.c.sealed), Choices, CHOICES)
        return {one.reader: one for one in sorted(found, key=attrgetter("reader"))}

    async def put_choices(self, choices: Choices) -> None:
        row = {"reader_index": self._reader(choices.reader), "sealed": self._sealed(choices, CHOICES)}
        await self._run(lambda connection: upsert(connection, digest_choices, [row]))

    async def claim(self, wanted: Delivery, *, now: datetime) -> Delivery | None:
        stored = await self.delivery(wanted.reader, wanted.week)
        if stored is not None:
            held = stored.holder != wanted.holder and stored.until is not None and stored.until > now
            if stored.state is not Sending.CLAIMED or held:
                return None
            wanted = replace(stored, holder=wanted.holder, until=wanted.until)
        await self.put(wanted)
        return wanted

    async def put(self, delivery: Delivery) -> None:
        open_until = delivery.until if delivery.state is Sending.CLAIMED else None
        row = {
            "key_index": self._key(delivery.reader, delivery.week),
            "reader_index": self._reader(delivery.reader),
            "week": delivery.week,
            "until": to_ms(open_until) if open_until else None,
            "sealed": self._sealed(delivery, DELIVERY),
        }
        await self._run(lambda connection: upsert(connection, digest_deliveries, [row]))

    async def delivery(self, reader: str, week: str) -> Delivery | None:
        table = digest_deliveries.c
        query = select(table.sealed).where(table.key_index == self._key(reader, week))
        return next(iter(await self._found(query, Delivery, DELIVERY)), None)

    async def of_reader(self, reader: str, limit: int = 1) -> Sequence[Delivery]:
        return await self._found(_weekly, Delivery, DELIVERY, reader=self._reader(reader), limit=limit)

    async def asked_for(self, reader: str) -> Sequence[Delivery]:
        table = digest_deliveries.c
        asked = table.reader_index == self._reader(reader), table.week.contains(BESIDE)
        found = await self._found(select(table.sealed).where(*asked), Delivery, DELIVERY)
        return sorted(found, key=attrgetter("at"), reverse=True)

    async def begun(self, week: str, readers: Collection[str]) -> frozenset[str]:
        query = select(digest_deliveries.c.reader_index).where(digest_deliveries.c.week == week)
        known = await self._run(lambda connection: set(connection.execute(query).scalars()))
        return frozenset(reader for reader in readers if self._reader(reader) in known) if known else frozenset()

    async def abandoned(self, now: datetime, limit: int) -> Sequence[Delivery]:
        until = digest_deliveries.c.until
        query = select(digest_deliveries.c.sealed).where(until.is_not(None), until <= to_ms(now))
        return await self._found(query.order_by(until).limit(limit), Delivery, DELIVERY)

    async def of_week(self, week: str) -> Sequence[Delivery]:
        query = select(digest_deliveries.c.sealed).where(digest_deliveries.c.week == week)
        return sorted(await self._found(query, Delivery, DELIVERY), key=attrgetter("reader"))

    async def put_opinion(self, opinion: Opinion) -> None:
        row = {
            "key_index": self._key(opinion.reader, opinion.week, opinion.number),
            "reader_index": self._reader(opinion.reader),
            "week": opinion.week,
            "sealed": self._sealed(opinion, OPINION),
        }
        await self._run(lambda connection: upsert(connection, digest_opinions, [row]))

    async def take_back(self, reader: str, week: str, number: int) -> None:
        gone = delete(digest_opinions).where(digest_opinions.c.key_index == self._key(reader, week, number))
        await self._run(lambda connection: connection.execute(gone))

    async def opinions(self, readers: Collection[str]) -> Mapping[str, Sequence[Opinion]]:
        found: dict[str, list[Opinion]] = defaultdict(list)
        for some in _slices(readers):
            said = await self._found(_opinions, Opinion, OPINION, readers=[self._reader(one) for one in some])
            for opinion in sorted(said, key=attrgetter("at", "week", "number")):
                found[opinion.reader].append(opinion)
        return dict(found)

    async def forget(self, reader: str) -> int:
        index = self._reader(reader)

        def forget(connection: Connection) -> int:
            for table in (digest_choices, digest_opinions):
                connection.execute(delete(table).where(table.c.reader_index == index))
            gone = delete(digest_deliveries).where(digest_deliveries.c.reader_index == index)
            return connection.execute(gone).rowcount

        weeks = await self._run(forget)
        for delivery in await self._found(select(digest_deliveries.c.sealed), Delivery, DELIVERY):
            items = tuple(item.without(reader) for item in delivery.items)
            if items != delivery.items:
                await self.put(replace(delivery, items=items))
        return weeks

    async def drop_before(self, week: str, *, opinions: str) -> int:
        def drop(connection: Connection) -> int:
            connection.execute(delete(digest_opinions).where(digest_opinions.c.week < opinions))
            return connection.execute(delete(digest_deliveries).where(digest_deliveries.c.week < week)).rowcount

        return await self._run(drop)

    def _reader(self, reader: str) -> bytes:
        """The same in all three tables, so that they are forgotten together."""
        return self._vault.index(reader, READER)

    def _key(self, reader: str, week: str, number: int | None = None) -> bytes:
        return self._vault.index(f"{reader}\n{week}\n{'' if number is None else number}", KEY)

    def _sealed(self, value: Choices | Delivery | Opinion, context: bytes) -> bytes:
        return self._vault.put(value, context, page=ROOM_PAGE)

    async def _found(self, query: Select[Any], kind: type[T], context: bytes, **values: object) -> list[T]:
        rows = await self._run(lambda connection: list(connection.execute(query, values).scalars()))
        found: list[T] = []
        for start in range(0, len(rows), AT_ONCE):
            found += [msgspec.convert(self._vault.get(one, context), kind) for one in rows[start : start + AT_ONCE]]
            await asyncio.sleep(0)
        return found


def _slices(readers: Collection[str]) -> Iterator[list[str]]:
    remaining = iter(readers)
    while some := list(islice(remaining, AT_ONCE)):
        yield some
