"""Bindings and the projection of actual state, in ``rooms``, ``room_state`` and ``memberships``."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.members import (
    forget_person,
    note_absence,
    note_members,
    overdue_in,
    replace_members,
    waiting_in,
)
from bridge.adapters.sql.people import People
from bridge.adapters.sql.projection import gather, in_background, state_row
from bridge.adapters.sql.roomdocs import RoomDoc, read_doc, ref_index, sealed_doc
from bridge.adapters.sql.tables import memberships, room_state, rooms
from bridge.adapters.sql.times import to_ms
from bridge.adapters.sql.upserts import insert_for, upsert
from bridge.adapters.sql.vault import Vault
from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.messages import say
from bridge.domain.rooms import Absence, ActualRoom, Binding, Content, Membership, RoomRef, StateKey, former_room

FORGOTTEN: Final = b"room_members.forgotten"
AT_ONCE: Final = 250
"""Sealed documents opened in one go: some milliseconds; then it is everybody else's turn."""

_by_ref: Final = select(rooms).where(rooms.c.ref_index == bindparam("index"))
_by_room: Final = select(rooms).where(rooms.c.room_id == bindparam("room"))


class SqlRooms:
    """The rooms of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def bindings(self) -> Sequence[Binding]:
        rows = await self._run(lambda connection: connection.execute(select(rooms)).fetchall())
        found: list[Binding] = []
        for start in range(0, len(rows), AT_ONCE):
            found += [read_doc(self._vault, row).binding for row in rows[start : start + AT_ONCE]]
            await asyncio.sleep(0)
        return sorted(found, key=lambda binding: (binding.ref.kind, binding.ref.id))

    async def intend(self, ref: RoomRef, marker: str) -> Binding:
        doc = RoomDoc(Binding(ref=ref, marker=marker))
        row = {"ref_index": ref_index(self._vault, ref), "sealed": sealed_doc(self._vault, doc)}

        def store(connection: Connection) -> Binding:
            connection.execute(insert_for(connection, rooms).on_conflict_do_nothing(), row)
            return read_doc(self._vault, connection.execute(_by_ref, {"index": row["ref_index"]}).one()).binding

        return await self._run(store)

    async def bind(self, ref: RoomRef, room_id: str, version: str) -> None:
        def store(connection: Connection) -> None:
            row = self._of_ref(connection, ref)
            if row.room_id != room_id:
                _clear(connection, row.id)
                _change(connection, row.id, room_id=room_id, read=0)
            self._redraw(connection, row, lambda doc: doc.with_binding(version=version))

        await self._run(store)

    async def unbind(self, ref: RoomRef) -> None:
        index = ref_index(self._vault, ref)
        await self._run(lambda connection: connection.execute(delete(rooms).where(rooms.c.ref_index == index)))

    async def set_aside(self, ref: RoomRef, former: RoomRef, *, secret: bool) -> None:
        index = ref_index(self._vault, former)

        def store(connection: Connection) -> None:
            row = connection.execute(_by_ref, {"index": ref_index(self._vault, ref)}).one_or_none()
            if row is None or row.room_id is None or former_room(row.room_id) != former:
                return
            self._redraw(connection, row, lambda doc: doc.with_binding(ref=former, of=ref.id, secret=secret))
            _change(connection, row.id, ref_index=index)

        await self._run(store)

    async def serves(self, room_id: str) -> RoomRef | None:
        row = await self._run(lambda connection: self._of_room(connection, room_id))
        return read_doc(self._vault, row).binding.ref if row else None

    async def told(self, ref: RoomRef, name: str) -> None:
        def store(connection: Connection) -> None:
            self._redraw(connection, self._of_ref(connection, ref), lambda doc: doc.with_binding(told=name))

        await self._run(store)

    async def actual(self, refs: Iterable[RoomRef] | None = None) -> Mapping[RoomRef, ActualRoom]:
        wanted = None if refs is None else frozenset(refs)
        indexes = None if wanted is None else [ref_index(self._vault, ref) for ref in wanted]
        found = await self._run(lambda connection: gather(connection, indexes))
        return await in_background(self._vault, found)

    async def unread(self) -> Collection[RoomRef]:
        query = select(rooms).where(rooms.c.room_id.is_not(None), rooms.c.read == 0)
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        return [read_doc(self._vault, row).binding.ref for row in rows]

    async def replace(self, room: ActualRoom, *, at: datetime) -> None:
        def store(connection: Connection) -> None:
            row = self._of_room(connection, room.room_id)
            if row is None or read_doc(self._vault, row).binding.ref != room.ref:
                return
            states = [state_row(self._vault, row.id, key, content) for key, content in room.state.items()]
            connection.execute(delete(room_state).where(room_state.c.room == row.id))
            if states:
                connection.execute(insert(room_state), states)
            replace_members(People(connection, self._vault, row.id), row.id, room, to_ms(at), self._mark)
            _change(connection, row.id, read=1)
            self._redraw(
                connection,
                row,
                lambda doc: replace(
                    doc.with_binding(version=room.version), published=room.published, aliases=room.aliases
                ),
            )

        await self._run(store)

    async def note_state(self, room_id: str, key: StateKey, content: Content) -> None:
        def store(connection: Connection) -> None:
            if row := self._of_room(connection, room_id):
                upsert(connection, room_state, [state_row(self._vault, row.id, key, content)])

        await self._run(store)

    async def note_members(self, room_id: str, members: Mapping[str, tuple[Membership, bool]], *, at: datetime) -> None:
        def store(connection: Connection) -> None:
            if row := self._of_room(connection, room_id):
                note_members(People(connection, self._vault, row.id), members, to_ms(at))

        await self._run(store)

    async def note_absence(self, room_id: str, absences: Mapping[str, Absence | None]) -> None:
        def store(connection: Connection) -> None:
            if row := self._of_room(connection, room_id):
                note_absence(People(connection, self._vault, row.id), absences)

        await self._run(store)

    async def forget_person(self, user_id: str) -> int:
        return await self._run(lambda connection: forget_person(connection, self._vault, user_id, self._mark))

    async def waiting(self, ref: RoomRef) -> Mapping[str, datetime]:
        def read(connection: Connection) -> Mapping[str, datetime]:
            row = connection.execute(_by_ref, {"index": ref_index(self._vault, ref)}).one_or_none()
            return waiting_in(connection, self._vault, row.id) if row else {}

        return await self._run(read)

    async def overdue(self, before: datetime) -> Mapping[RoomRef, frozenset[str]]:
        def read(connection: Connection) -> Mapping[RoomRef, frozenset[str]]:
            late = overdue_in(connection, self._vault, to_ms(before))
            return {read_doc(self._vault, row).binding.ref: users for row, users in late}

        return await self._run(read)

    async def note_directory(
        self, room_id: str, *, published: bool | None = None, aliases: Sequence[str] | None = None
    ) -> None:
        def change(doc: RoomDoc) -> RoomDoc:
            doc = doc if published is None else replace(doc, published=published)
            return doc if aliases is None else replace(doc, aliases=tuple(aliases))

        def store(connection: Connection) -> None:
            if row := self._of_room(connection, room_id):
                self._redraw(connection, row, change)

        await self._run(store)

    def _mark(self, place: int, user: str) -> str:
        """What stands where somebody stood who is forgotten: another word in each room."""
        return urlsafe_b64encode(self._vault.index(f"{user}\0{place}", FORGOTTEN)).decode().rstrip("=")

    def _of_ref(self, connection: Connection, ref: RoomRef) -> Row[Any]:
        row = connection.execute(_by_ref, {"index": ref_index(self._vault, ref)}).one_or_none()
        if row is None:
            raise StoreError(say("A room was to be bound that nobody intended to create."), kind=ErrorKind.BROKEN)
        return row

    def _of_room(self, connection: Connection, room_id: str) -> Row[Any] | None:
        return connection.execute(_by_room, {"room": room_id}).one_or_none()

    def _redraw(self, connection: Connection, row: Row[Any], change: Callable[[RoomDoc], RoomDoc]) -> None:
        """Open the room's sealed document, change it, and seal it again."""
        doc = change(read_doc(self._vault, row))
        _change(connection, row.id, sealed=sealed_doc(self._vault, doc))


def _change(connection: Connection, place: int, **values: Any) -> None:
    connection.execute(update(rooms).where(rooms.c.id == place).values(**values))


def _clear(connection: Connection, place: int) -> None:
    connection.execute(delete(room_state).where(room_state.c.room == place))
    connection.execute(delete(memberships).where(memberships.c.room == place))
