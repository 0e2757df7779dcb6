"""Which of the things that a run did a plan would take back: entries of the audit log beside actions. Pure.

Called by ``undoing``, to tell what undoing a run does not undo, and why.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from bridge.domain.rooms import ActualRoom, RoomRef
from bridge.planning.actions import (
    Action,
    AddMembers,
    CreateRoom,
    LetGo,
    LinkChild,
    Publish,
    RemoveMembers,
    SetAlias,
    SetAside,
    SetState,
)
from bridge.planning.plan import Plan
from bridge.ports.store import AuditEntry, Outcome
from bridge.services.applying.resolving import judge

Key: TypeAlias = tuple[object, ...]
SAID: Final = "tell-name"
"""What was said stays said: nobody expects it to be taken back."""


def keys_of(plan: Plan) -> frozenset[Key]:
    """What a plan does, now and later, in the words of ``opposite``."""
    later = (("member", str(one.ref), one.user, True) for one in plan.later)
    return frozenset((*(key for action in plan.actions for key in _keys(action)), *later))


def opposite(entry: AuditEntry) -> Key | None:
    """What an action would do that takes the entry back; None when nothing does."""
    check: Mapping[str, Any] = entry.detail.get("check", {})
    match entry.kind:
        case "add" | "remove":
            return "member", check["room"], check["user"], not check["present"]
        case "set":
            return "set", check["room"], entry.detail["setting"]
        case "publish":
            return "publish", check["room"], not check["published"]
        case "alias":
            return "alias", check["room"], check["alias"], not check["present"]
        case "link":
            return "link", check["room"], entry.detail["room"]
    return None


def rooms_of(entry: AuditEntry) -> frozenset[RoomRef]:
    """The rooms that an entry is about; a link is about the room and the space."""
    check: Mapping[str, Any] = entry.detail.get("check", {})
    named = (entry.detail.get("room"), check.get("room"))
    return frozenset(RoomRef.parse(text) for text in named if text)


def taken_back(entry: AuditEntry, keys: frozenset[Key]) -> bool:
    """Whether what these keys tell takes the entry back: by its opposite, or with the whole room."""
    return opposite(entry) in keys or any(("room", str(ref)) in keys for ref in rooms_of(entry))


def still_stands(entry: AuditEntry, actual: Mapping[RoomRef, ActualRoom]) -> bool:
    """Whether the effect of an entry is still there to be taken back, as far as the rooms tell."""
    if entry.kind == SAID or entry.outcome is not Outcome.DONE:
        return False
    check = entry.detail.get("check")
    if check is None:
        return True
    room = actual.get(RoomRef.parse(check["room"]))
    return room is not None and judge(check, room) is not Outcome.FAILED


def _keys(action: Action) -> Iterator[Key]:
    ref = str(action.ref)
    match action:
        case AddMembers(users=users):
            yield from (("member", ref, user, True) for user in users)
        case RemoveMembers(users=users):
            yield from (("member", ref, user, False) for user in users)
        case SetState(setting=setting):
            yield "set", ref, str(setting)
        case Publish(published=published):
            yield "publish", ref, published
        case SetAlias(alias=alias, present=present):
            yield "alias", ref, alias, present
        case LinkChild(parent=parent):
            yield "link", str(parent), ref
        case CreateRoom() | LetGo() | SetAside():
            yield "room", ref
