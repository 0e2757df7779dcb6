"""A plan as INTERFACE section 2 promises it to scripts: plain values, one entry per membership."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from bridge.domain.messages import Message
from bridge.domain.rooms import RoomRef
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
    TellName,
)
from bridge.planning.plan import Held, Later, Plan
from bridge.rules.naming import plain_marker

Render = Callable[[Message], str]
Entry = dict[str, Any]


def as_json(plan: Plan, rooms: Mapping[RoomRef, str], render: Render) -> dict[str, Any]:
    """The plan as JSON values. ``rooms`` tells ids of rooms that exist; ``render`` turns messages into sentences.

    Show only what the viewer may see: pass ``plan.seen_by(access.compartments(viewer))``. Who is invited ``later`` is
    told where there is anybody.
    """
    later = [_later(one, rooms) for one in plan.later]
    return {
        "fingerprint": plan.fingerprint,
        "held": _held(plan.held, render) if plan.held else None,
        "actions": [entry for action in plan.actions for entry in _entries(action, rooms, render)],
        "findings": [
            {"kind": found.kind, "group": found.group, "subject": found.subject, "text": render(found.text)}
            for found in plan.findings
        ],
        **({"later": later} if later else {}),
    }


def _later(one: Later, rooms: Mapping[RoomRef, str]) -> Entry:
    group = plain_marker(one.ref)
    return {"group": group, "room": rooms.get(one.ref), "user": one.user, "by": one.by.isoformat(timespec="seconds")}


WORDS: Final[Mapping[type[Action], str]] = {
    CreateRoom: "create-room",
    SetState: "set-state",
    AddMembers: "add-member",
    TellName: "tell-name",
    SetAside: "set-aside",
    LetGo: "let-go",
}


def kind_of(action: Action) -> str:
    """The word for an action, for scripts and logs."""
    match action:
        case Publish(published=published):
            return "publish" if published else "unpublish"
        case SetAlias(present=present):
            return "add-alias" if present else "remove-alias"
        case LinkChild(present=present):
            return "link-child" if present else "unlink-child"
        case RemoveMembers(invited=invited):
            return "withdraw-invitation" if invited else "remove-member"
        case _:
            return WORDS[type(action)]


def _entries(action: Action, rooms: Mapping[RoomRef, str], render: Render) -> Iterator[Entry]:
    users = action.users if isinstance(action, AddMembers | RemoveMembers) else (None,)
    reason, detail = render(action.reason), _detail(action)
    for user in users:
        yield {
            "kind": kind_of(action),
            "group": plain_marker(action.ref),
            "room": rooms.get(action.ref),
            "user": user,
            "detail": detail,
            "reason": reason,
            "phase": action.phase.name.lower(),
        }


def _detail(action: Action) -> dict[str, Any]:
    match action:
        case CreateRoom(settings=settings):
            return {
                "name": settings.name,
                "join_rule": str(settings.join_rule),
                "allow": [plain_marker(ref) for ref in settings.allow],
                "history": str(settings.history),
                "servers": list(settings.servers) if settings.servers is not None else None,
                "space": settings.space,
                "encrypted": settings.encrypted,
                "owners": sorted(settings.owners),
            }
        case SetState(setting=setting, before=before, after=after):
            return {"setting": str(setting), "before": before, "after": after}
        case SetAlias(alias=alias):
            return {"alias": alias}
        case LinkChild(parent=parent):
            return {"space": plain_marker(parent)}
        case TellName(name=name):
            return {"name": name}
        case SetAside(former=former):
            return {"former": plain_marker(former)}
        case LetGo(delete=delete):
            return {"delete": delete}
        case _:
            return {}


def _held(held: Held, render: Render) -> dict[str, Any]:
    return {
        "reason": render(held.reason),
        "limits": {
            "removals": held.removals,
            "members": held.members,
            "max_removals": held.brake.max_removals,
            "max_removal_share": held.brake.max_removal_share,
            "archivings": held.archivings,
            "loosenings": held.loosenings,
            "rooms": held.rooms,
            "max_archivings": held.brake.max_archivings,
            "max_loosenings": held.brake.max_loosenings,
            "max_room_share": held.brake.max_room_share,
        },
    }
