"""What happened in rooms, without a word of it, in the tables of ``activity_tables``."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select, update

from bridge.adapters.sql import activity_reading as reading
from bridge.adapters.sql import activity_writing as writing
from bridge.adapters.sql.activity_dropping import drop, forget
from bridge.adapters.sql.activity_names import Names, Place
from bridge.adapters.sql.activity_tables import activity, activity_reactions, activity_rooms
from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.times import to_ms
from bridge.adapters.sql.vault import ROOM_PAGE, Vault
from bridge.domain.activity import Edit, Happening, Post, Reacted, WeekSum
from bridge.ports.activity import Backfill, Kept

PAST: Final = b"activity_rooms.past"


class SqlActivity:
    """The activity of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault
        self._names = Names(vault)

    async def add(self, happenings: Sequence[Happening], reactions: Sequence[Reacted] = ()) -> int:
        def store(connection: Connection) -> int:
            batch = writing.Batch(connection, self._names)
            count = batch.add(happenings)
            batch.write()
            return count + writing.add_reactions(connection, self._names, batch, reactions)

        return await self._run(store)

    async def revise(self, edits: Sequence[Edit]) -> None:
        await self._run(lambda connection: writing.revise(connection, self._names, edits))

    async def redact(self, events: Collection[str], at: datetime) -> None:
        def store(connection: Connection) -> None:
            batch = writing.Batch(connection, self._names)
            batch.take_back(events, to_ms(at))
            batch.write()
            writing.drop_reactions(connection, self._names.marks(events))

        await self._run(store)

    async def between(
        self, start: datetime, end: datetime, *, groups: Collection[str] | None = None
    ) -> Sequence[Happening]:
        def read(connection: Connection) -> list[Happening]:
            where: list[Any] = [activity.c.at >= to_ms(start), activity.c.at < to_ms(end)]
            if groups is not None:
                where.append(activity.c.room.in_(reading.rooms_of(connection, self._names, groups)))
            return reading.happenings(connection, self._names, where)

        return await self._run(read)

    async def get(self, events: Collection[str]) -> Mapping[str, Happening]:
        return await self._run(lambda connection: reading.by_marks(connection, self._names, events))

    async def threads(self, roots: Collection[str]) -> Mapping[str, Sequence[Happening]]:
        return await self._run(lambda connection: reading.threads(connection, self._names, roots))

    async def reactions(
        self,
        start: datetime,
        end: datetime,
        *,
        groups: Collection[str] | None = None,
        keys: Collection[str] | None = None,
    ) -> Sequence[Reacted]:
        def read(connection: Connection) -> list[Reacted]:
            columns = activity_reactions.c
            query = select(activity_reactions).where(columns.at >= to_ms(start), columns.at < to_ms(end))
            if groups is not None:
                query = query.where(columns.room.in_(reading.rooms_of(connection, self._names, groups)))
            if keys is not None:
                query = query.where(columns.key.in_(list(keys)))
            return reading.reactions(connection, self._names, query)

        return await self._run(read)

    async def posts(self, start: datetime, end: datetime) -> Sequence[Post]:
        return await self._run(lambda one: reading.posts(one, self._names, to_ms(start), to_ms(end)))

    async def of_user(self, user: str) -> Sequence[Kept]:
        return await self._run(lambda connection: reading.kept(connection, self._names, user))

    async def forget(self, user: str) -> int:
        return await self._run(lambda connection: forget(connection, self._names, user))

    async def drop_before(self, moment: datetime, *, limit: int) -> int:
        return await self._run(lambda connection: drop(connection, to_ms(moment), limit))

    async def sums(self, first: int, last: int, *, groups: Collection[str] | None = None) -> Sequence[WeekSum]:
        found = await self._run(lambda connection: reading.sums(connection, self._names, first, last))
        return found if groups is None else [one for one in found if one.group in groups]

    async def backfill(self, room: str) -> Backfill | None:
        return next((one for one in await self.backfills() if one.room == room), None)

    async def backfills(self) -> Sequence[Backfill]:
        query = select(activity_rooms.c.past_sealed).where(activity_rooms.c.past_sealed.is_not(None))
        sealed = await self._run(lambda connection: connection.execute(query).scalars().all())
        found = [msgspec.convert(self._vault.get(one, PAST), Backfill) for one in sealed]
        return sorted(found, key=lambda one: (one.begun, one.room))

    async def put_backfill(self, backfill: Backfill) -> None:
        sealed = self._vault.put(asdict(backfill), PAST, page=ROOM_PAGE)

        def store(connection: Connection) -> None:
            number = self._names.rooms(connection, [Place(backfill.room, backfill.group)])[backfill.room]
            change = update(activity_rooms).where(activity_rooms.c.id == number)
            connection.execute(change.values(past_sealed=sealed))

        await self._run(store)
