"""Rooms as we mean them and as they are: references, membership, observed state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, TypeAlias

MARKER: Final = "io.parvis.group"
"""State event that says a room is ours (INTERFACE section 5)."""

StateKey: TypeAlias = tuple[str, str]
"""Event type and state key."""

Content: TypeAlias = Mapping[str, Any]


class HistoryVisibility(StrEnum):
    """m.room.history_visibility, as far as we use it: never ``world_readable``."""

    JOINED = "joined"
    INVITED = "invited"
    SHARED = "shared"


OPEN_HISTORY: Final = frozenset({str(HistoryVisibility.SHARED), "world_readable"})
"""Under these whoever comes later reads what was said before; the second may stand in rooms that were adopted."""


class RoomKind(StrEnum):
    """What a room of ours is for."""

    COMPANY_SPACE = "company"
    PARTNER_SPACE = "partner"
    SUBSPACE = "subspace"
    """A space for a group that other groups name as their parent: it lists the group's room and theirs."""
    GROUP = "group"
    FORMER = "former"
    """A room that served a group before and was replaced by another one; it is emptied and let go."""
    ADMINS = "admins"
    """The administrators' own room, where the bridge tells them what concerns them all."""


@dataclass(frozen=True, slots=True, order=True)
class RoomRef:
    """A room of ours by what it is for; ``id`` is the group's or partner's, empty for the company space, and made of
    the room's own id for a former room."""

    kind: RoomKind
    id: str = ""

    def __hash__(self) -> int:
        # The kind tells hardly anything apart, and hashing it takes most of the time.
        return hash(self.id)

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}" if self.id else str(self.kind)

    @classmethod
    def parse(cls, text: str) -> "RoomRef":
        """The inverse of ``str``; ids may hold any character, slashes too."""
        kind, _, name = text.partition("/")
        return cls(RoomKind(kind), name)


COMPANY: Final = RoomRef(RoomKind.COMPANY_SPACE)
ADMIN_ROOM: Final = RoomRef(RoomKind.ADMINS)


def group_room(group_id: str) -> RoomRef:
    """The reference of a group's room."""
    return RoomRef(RoomKind.GROUP, group_id)


def partner_space(partner_id: str) -> RoomRef:
    """The reference of a partner's space."""
    return RoomRef(RoomKind.PARTNER_SPACE, partner_id)


def subspace(group_id: str) -> RoomRef:
    """The reference of the space of a group that has groups below it."""
    return RoomRef(RoomKind.SUBSPACE, group_id)


def former_room(room_id: str) -> RoomRef:
    """The reference of a room that serves no group any more. The same room always gets the same one."""
    return RoomRef(RoomKind.FORMER, sha256(room_id.encode()).hexdigest()[:16])


class Membership(StrEnum):
    """A user's state in a room (specification, m.room.member)."""

    JOIN = "join"
    INVITE = "invite"
    KNOCK = "knock"
    LEAVE = "leave"
    BAN = "ban"


class Absence(StrEnum):
    """Why somebody who belongs to a room is out of it and is not asked again until they are asked for anew."""

    LEFT = "leave"
    """They left by themselves, or declined the invitation."""
    BLOCKED = "blocked"
    """Their server or they themselves refuse our invitations."""
    LAPSED = "lapsed"
    """They did not answer the invitation in time, and it was withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Which room serves a reference.

    ``marker`` is the opaque or plain id in the room's marker event; ``room_id`` is None from the intention to create
    the room until it exists. ``told`` is the name last told inside a hidden room. ``of`` is the group that a former
    room served, and ``secret`` says that the group is hidden since.
    """

    ref: RoomRef
    marker: str
    room_id: str | None = None
    version: str = ""
    told: str = ""
    of: str = ""
    secret: bool = False


def group_of(ref: RoomRef, binding: Binding | None) -> str | None:
    """The group that a room serves or served; None for the company's and partners' spaces."""
    if ref.kind in (RoomKind.GROUP, RoomKind.SUBSPACE):
        return ref.id
    return binding.of or None if binding else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActualRoom:
    """A room as last seen. ``members`` lacks those who are out; ``out`` tells why some of them are.

    ``published`` and ``aliases`` send no events, so they are as of the last comparison (MATRIX section 1).
    """

    ref: RoomRef
    room_id: str
    marker: str
    version: str
    state: Mapping[StateKey, Content] = field(default_factory=dict)
    members: Mapping[str, Membership] = field(default_factory=dict)
    out: Mapping[str, Absence] = field(default_factory=dict)
    published: bool = False
    told: str = ""
    aliases: tuple[str, ...] = ()

    def content(self, event_type: str, state_key: str = "") -> Content:
        """The content of a state event; empty when there is none."""
        return self.state.get((event_type, state_key), {})
