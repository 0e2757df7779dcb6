"""Bindings and projection of the store in memory."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.domain.errors import StoreError
from bridge.domain.messages import say
from bridge.domain.rooms import ActualRoom, Binding, Content, Membership, RoomRef, StateKey

if TYPE_CHECKING:
    from tests.fakes.store import Access


class FakeRooms:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def bindings(self) -> Sequence[Binding]:
        return sorted(self._access.read().bindings.values(), key=lambda binding: binding.ref)

    async def intend(self, ref: RoomRef, marker: str) -> Binding:
        return self._access.write().bindings.setdefault(ref, Binding(ref=ref, marker=marker))

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

    async def replace(self, room: ActualRoom) -> None:
        data = self._access.write()
        binding = data.bindings.get(room.ref)
        if binding is not None and binding.room_id == room.room_id:
            data.bindings[room.ref] = replace(binding, version=room.version)
            data.projection[room.ref] = room
            data.read.add(room.ref)

    async def note_state(self, room_id: str, key: StateKey, content: Content) -> None:
        self._note(room_id, lambda room: replace(room, state={**room.state, key: content}))

    async def note_members(self, room_id: str, members: Mapping[str, tuple[Membership, bool]]) -> None:
        def noted(room: ActualRoom) -> ActualRoom:
            present, left = dict(room.members), set(room.left)
            for user, (membership, themselves) in members.items():
                present.pop(user, None)
                left.discard(user)
                if membership is not Membership.LEAVE:
                    present[user] = membership
                elif themselves:
                    left.add(user)
            return replace(room, members=present, left=frozenset(left))

        self._note(room_id, noted)

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
