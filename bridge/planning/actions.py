"""The closed set of actions: every change that Parvis ever makes to a room is one of these values.

Memberships come in lists (one action per room and reason), so that a plan of a million of them stays small.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

from bridge.domain.desired import RoomSettings, Setting
from bridge.domain.messages import Message
from bridge.domain.rooms import Absence, RoomRef


class Phase(IntEnum):
    """The order of applying: tighten first, loosen last (DESIGN section 6, rule 2)."""

    TIGHTEN = 1
    REMOVE = 2
    SHRINK = 3
    CREATE = 4
    SET = 5
    INVITE = 6
    LOOSEN = 7
    END = 8
    """What nothing needs any more once the rest stands, and what gives nobody anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRoom:
    """Create the room whole: every setting stands in its initial state."""

    ref: RoomRef
    settings: RoomSettings
    reason: Message
    phase: Phase = Phase.CREATE


@dataclass(frozen=True, slots=True, kw_only=True)
class SetState:
    """Write one governed setting. ``before`` and ``after`` are shown to people; ``settings`` is what gets encoded.

    Where partner A becomes B in two writes, the first carries settings of its own: those that both have in common.
    """

    ref: RoomRef
    setting: Setting
    settings: RoomSettings
    before: Any
    after: Any
    reason: Message
    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Put the room into the room directory, or take it out."""

    ref: RoomRef
    published: bool
    reason: Message
    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAlias:
    """Give the room an alias or take it away."""

    ref: RoomRef
    alias: str
    present: bool
    reason: Message
    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChild:
    """List the room in a space, or take it off the list. ``ref`` is the child.

    ``order`` is its place among the others; ``suggested`` says that clients recommend it.
    """

    ref: RoomRef
    parent: RoomRef
    present: bool
    reason: Message
    phase: Phase
    order: str = ""
    suggested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMembers:
    """Invite these users, or join them at once where that is allowed and possible."""

    ref: RoomRef
    users: tuple[str, ...]
    reason: Message
    phase: Phase = Phase.INVITE


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMembers:
    """Remove these users from the room; ``invited`` when they only hold an invitation or knock.

    ``remembered`` is why they are out from then on, where that keeps them from being asked again.
    """

    ref: RoomRef
    users: tuple[str, ...]
    reason: Message
    invited: bool = False
    remembered: Absence | None = None
    phase: Phase = Phase.REMOVE


@dataclass(frozen=True, slots=True, kw_only=True)
class TellName:
    """Say the real name inside a hidden room and pin it."""

    ref: RoomRef
    name: str
    reason: Message
    phase: Phase = Phase.SET


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """The room serves its group no more: it becomes ``former``, and a new one is made. ``secret`` says that the group
    is hidden from now on. Nothing changes on the homeserver."""

    ref: RoomRef
    former: RoomRef
    secret: bool
    reason: Message
    phase: Phase = Phase.TIGHTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """Leave the room, which is empty by then, and forget it; with ``delete`` the homeserver deletes it."""

    ref: RoomRef
    delete: bool
    reason: Message
    phase: Phase = Phase.END


Action: TypeAlias = (
    CreateRoom | SetState | Publish | SetAlias | LinkChild | AddMembers | RemoveMembers | TellName | SetAside | LetGo
)
