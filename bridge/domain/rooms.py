"""Rooms as we mean them and as they are: references, membership, observed state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeAlias

MARKER: Final = "io.parvis.group"
"""State event that says a room is ours (INTERFACE section 5)."""

StateKey: TypeAlias = tuple[str, str]
"""Event type and state key."""

Content: TypeAlias = Mapping[str, Any]


class RoomKind(StrEnum):
    """What a room of ours is for."""

    COMPANY_SPACE = "company"
    PARTNER_SPACE = "partner"
    GROUP = "group"


@dataclass(frozen=True, slots=True, order=True)
class RoomRef:
    """A room of ours by what it is for; ``id`` is the group's or partner's, empty for the company space."""

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


def group_room(group_id: str) -> RoomRef:
    """The reference of a group's room."""
    return RoomRef(RoomKind.GROUP, group_id)


def partner_space(partner_id: str) -> RoomRef:
    """The reference of a partner's space."""
    return RoomRef(RoomKind.PARTNER_SPACE, partner_id)


class Membership(StrEnum):
    """A user's state in a room (specification, m.room.member)."""

    JOIN = "join"
    INVITE = "invite"
    KNOCK = "knock"
    LEAVE = "leave"
    BAN = "ban"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Which room serves a reference.

    ``marker`` is the opaque or plain id in the room's marker event; ``room_id`` is None from the intention to create
    the room until it exists. ``told`` is the name last told inside a hidden room.
    """

    ref: RoomRef
    marker: str
    room_id: str | None = None
    version: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActualRoom:
    """A room as last seen. ``members`` lacks those who are out; ``left`` are those who left by themselves.

    ``published`` and ``aliases`` send no events, so they are as of the last comparison (MATRIX section 1).
    """

    ref: RoomRef
    room_id: str
    marker: str
    version: str
    state: Mapping[StateKey, Content] = field(default_factory=dict)
    members: Mapping[str, Membership] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    published: bool = False
    told: str = ""
    aliases: tuple[str, ...] = ()

    def content(self, event_type: str, state_key: str = "") -> Content:
        """The content of a state event; empty when there is none."""
        return self.state.get((event_type, state_key), {})
