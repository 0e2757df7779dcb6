"""What the store keeps of rooms and of decisions about groups: two repositories of a unit of work (``ports.store``)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bridge.domain.policy import GroupPolicy
from bridge.domain.rooms import Absence, ActualRoom, Binding, Content, Membership, RoomRef, StateKey


class Rooms(Protocol):
    """Bindings (which room serves what) and the projection of actual state."""

    async def bindings(self) -> Sequence[Binding]:
        """All of them, in a fixed order."""

    async def intend(self, ref: RoomRef, marker: str) -> Binding:
        """Store the intention to create a room; gives the stored one when it exists."""

    async def bind(self, ref: RoomRef, room_id: str, version: str) -> None:
        """The room exists now."""

    async def unbind(self, ref: RoomRef) -> None:
        """The room no longer serves the reference; its projection goes too."""

    async def set_aside(self, ref: RoomRef, former: RoomRef, *, secret: bool) -> None:
        """The room serves ``former`` from now on, with its marker and its projection; ``ref`` is without a room.

        Harmless when it has happened already. ``secret`` says that the group is hidden from now on.
        """

    async def serves(self, room_id: str) -> RoomRef | None:
        """What the room is there for; None when it is none of ours."""

    async def told(self, ref: RoomRef, name: str) -> None:
        """The real name was told inside the hidden room."""

    async def actual(self, refs: Iterable[RoomRef] | None = None) -> Mapping[RoomRef, ActualRoom]:
        """Rooms as last seen, whole; all of them when ``refs`` is None. Bound rooms never read are absent."""

    async def unread(self) -> Collection[RoomRef]:
        """Rooms that exist and were never read whole."""

    async def replace(self, room: ActualRoom, *, at: datetime) -> None:
        """The room was read whole, at ``at``: this is what it is now.

        Of those who are out, whoever was known to be ``BLOCKED`` or ``LAPSED`` stays so.
        """

    async def note_state(self, room_id: str, key: StateKey, content: Content) -> None:
        """One state event was seen or written; ignored for rooms that are not bound."""

    async def note_members(self, room_id: str, members: Mapping[str, tuple[Membership, bool]], *, at: datetime) -> None:
        """Memberships seen or written at ``at``: user id → membership and whether they did it themselves."""

    async def note_absence(self, room_id: str, absences: Mapping[str, Absence | None]) -> None:
        """Why people who are out are not asked again; None forgets why, so that they are. Not for those inside.

        What was forgotten stays so however often the room is read, until they come in or are invited again.
        """

    async def forget_person(self, user_id: str) -> int:
        """Nothing names somebody any more who is out of rooms: of how many. In rooms where they are, nothing changes.

        The homeserver goes on telling that they left; when such a room is read again, they stay forgotten.
        """

    async def waiting(self, ref: RoomRef) -> Mapping[str, datetime]:
        """Since when people of one room hold an invitation or knock, as far as that is known."""

    async def overdue(self, before: datetime) -> Mapping[RoomRef, frozenset[str]]:
        """Who holds an invitation or knocks since before then, by room."""

    async def note_directory(
        self, room_id: str, *, published: bool | None = None, aliases: Sequence[str] | None = None
    ) -> None:
        """What no event tells: publication and aliases, as read or written."""


class Policies(Protocol):
    """What commands decided about groups."""

    async def all(self) -> Mapping[str, GroupPolicy]:
        """By group."""

    async def get(self, group: str) -> GroupPolicy | None: ...

    async def put(self, policy: GroupPolicy) -> None:
        """Store the decisions about a group, in place of earlier ones."""

    async def follow(self, policies: Collection[GroupPolicy]) -> None:
        """The rooms follow these now, so that ``before`` is forgotten, save where somebody decided since. No change."""

    async def remove(self, group: str) -> None:
        """Nothing is decided about the group any more."""

    async def edition(self) -> int:
        """Grows with every change."""
