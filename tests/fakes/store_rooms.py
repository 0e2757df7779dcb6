"""Bindings and projection of the store in memory."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bridge.domain.errors import StoreError
from bridge.domain.messages import say
from bridge.domain.rooms import Absence, ActualRoom, Binding, Content, Membership, RoomRef, StateKey, former_room

AWAITED = (Membership.INVITE, Membership.KNOCK)

if TYPE_CHECKING:
    from tests.fakes.store import Access


class FakeRooms:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def bindings(self) -> Sequence[Binding]:
        return sorted(self._access.read().bindings.values(), key=lambda binding: binding.ref)

    async def intend(self, ref: RoomRef, marker: str) -> Binding:
        return self._access.write().bindings.setdefault(ref, Binding(ref=ref, marker=marker))

    async def serves(self, room_id: str) -> RoomRef | None:
        bindings = self._access.read().bindings.values()
        return next((binding.ref for binding in bindings if binding.room_id == room_id), None)

    async def bind(self, ref: RoomRef, room_id: str, version: str) -> None:
        data = self._access.write()
        binding = self._intended(ref)
        if binding.room_id != room_id:
            data.projection[ref] = ActualRoom(ref=ref, room_id=room_id, marker=binding.marker, version=version)
            data.read.discard(ref)
        data.bindings[ref] = replace(binding, room_id=room_id, version=version)

    async def unbind(self, ref: RoomRef) -> None:
        data = self._access.write()
        data.bindings.pop(ref, None)
        data.projection.pop(ref, None)
        data.read.discard(ref)

    async def told(self, ref: RoomRef, name: str) -> None:
        bindings = self._access.write().bindings
        bindings[ref] = replace(self._intended(ref), told=name)

    async def actual(self, refs: Iterable[RoomRef] | None = None) -> Mapping[RoomRef, ActualRoom]:
        data = self._access.read()
        wanted = data.read if refs is None else data.read & set(refs)
        return {ref: self._with_binding(data.projection[ref]) for ref in sorted(wanted)}

    async def unread(self) -> Collection[RoomRef]:
        data = self._access.read()
        return [ref for ref, binding in data.bindings.items() if binding.room_id and ref not in data.read]

    def _with_binding(self, room: ActualRoom) -> ActualRoom:
        binding = self._access.read().bindings[room.ref]
        return replace(room, marker=binding.marker, version=binding.version, told=binding.told)

    async def set_aside(self, ref: RoomRef, former: RoomRef, *, secret: bool) -> None:
        data = self._access.write()
        binding = data.bindings.get(ref)
        if binding is None or binding.room_id is None or former_room(binding.room_id) != former:
            return
        del data.bindings[ref]
        data.bindings[former] = replace(binding, ref=former, of=ref.id, secret=secret)
        if ref in data.projection:
            data.projection[former] = replace(data.projection.pop(ref), ref=former)
        if ref in data.read:
            data.read = (data.read - {ref}) | {former}

    async def replace(self, room: ActualRoom, *, at: datetime) -> None:
        data = self._access.write()
        binding = data.bindings.get(room.ref)
        if binding is not None and binding.room_id == room.room_id:
            data.bindings[room.ref] = replace(binding, version=room.version)
            before = data.projection.get(room.ref)
            kept = (
                {}
                if before is None
                else {
                    user: why
                    for user, why in before.out.items()
                    if why in (Absence.BLOCKED, Absence.LAPSED) and user not in room.members
                }
            )
            forgiven = data.forgiven & {(room.room_id, user) for user in room.out}
            data.forgiven = {one for one in data.forgiven if one[0] != room.room_id} | forgiven
            left = {user: why for user, why in room.out.items() if (room.room_id, user) not in forgiven}
            data.projection[room.ref] = replace(room, out={**left, **kept})
            data.read.add(room.ref)
            self._await(room.room_id, room.members, at)

    async def note_state(self, room_id: str, key: StateKey, content: Content) -> None:
        self._note(room_id, lambda room: replace(room, state={**room.state, key: content}))

    async def note_members(self, room_id: str, members: Mapping[str, tuple[Membership, bool]], *, at: datetime) -> None:
        def noted(room: ActualRoom) -> ActualRoom:
            present, out, forgiven = dict(room.members), dict(room.out), self._access.write().forgiven
            for user, (membership, themselves) in members.items():
                present.pop(user, None)
                if membership is not Membership.LEAVE:
                    out.pop(user, None)
                    forgiven.discard((room_id, user))
                    present[user] = membership
                elif themselves and (room_id, user) not in forgiven:
                    out[user] = Absence.LEFT
                elif out.get(user) is Absence.LEFT:
                    del out[user]
            self._await(room_id, present, at)
            return replace(room, members=present, out=out)

        self._note(room_id, noted)

    async def note_absence(self, room_id: str, absences: Mapping[str, Absence | None]) -> None:
        def noted(room: ActualRoom) -> ActualRoom:
            present, out = dict(room.members), dict(room.out)
            for user, why in absences.items():
                if why is None:
                    if out.pop(user, None) is Absence.LEFT:
                        self._access.write().forgiven.add((room_id, user))
                elif present.get(user) not in (Membership.JOIN, Membership.BAN):
                    present.pop(user, None)
                    out[user] = why
            return replace(room, members=present, out=out)

        self._note(room_id, noted)

    async def forget_person(self, user_id: str) -> int:
        data, found = self._access.write(), 0
        for ref, room in data.projection.items():
            key = (room.room_id, user_id)
            if user_id in room.out or key in data.forgiven - data.forgotten:
                found += 1
                data.forgiven.add(key)
                data.forgotten.add(key)
                data.projection[ref] = replace(room, out={one: why for one, why in room.out.items() if one != user_id})
        return found

    async def waiting(self, ref: RoomRef) -> Mapping[str, datetime]:
        data = self._access.read()
        room = data.projection.get(ref)
        if room is None:
            return {}
        return {
            user: data.awaited[room.room_id, user]
            for user, state in room.members.items()
            if state in AWAITED and (room.room_id, user) in data.awaited
        }

    async def overdue(self, before: datetime) -> Mapping[RoomRef, frozenset[str]]:
        refs = list(self._access.read().projection)
        found = {ref: frozenset(u for u, at in (await self.waiting(ref)).items() if at < before) for ref in refs}
        return {ref: users for ref, users in found.items() if users}

    def _await(self, room_id: str, members: Mapping[str, Membership], at: datetime) -> None:
        awaited = self._access.write().awaited
        for user, state in members.items():
            if state in AWAITED:
                awaited.setdefault((room_id, user), at)
        for room, user in [key for key in awaited if key[0] == room_id]:
            if members.get(user) not in AWAITED:
                del awaited[room, user]

    async def note_directory(
        self, room_id: str, *, published: bool | None = None, aliases: Sequence[str] | None = None
    ) -> None:
        def noted(room: ActualRoom) -> ActualRoom:
            return replace(
                room,
                published=room.published if published is None else published,
                aliases=room.aliases if aliases is None else tuple(aliases),
            )

        self._note(room_id, noted)

    def _note(self, room_id: str, change: Callable[[ActualRoom], ActualRoom]) -> None:
        projection = self._access.write().projection
        for ref, room in projection.items():
            if room.room_id == room_id:
                projection[ref] = change(room)

    def _intended(self, ref: RoomRef) -> Binding:
        binding = self._access.read().bindings.get(ref)
        if binding is None:
            raise StoreError(say("A room was to be bound that nobody intended to create."))
        return binding
