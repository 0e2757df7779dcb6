"""The order of a plan: total, the same for the same actions, safe wherever a run stops."""

from typing import Final, TypeAlias

from bridge.domain.desired import Setting
from bridge.domain.rooms import RoomKind
from bridge.planning.actions import (
    Action,
    AddMembers,
    CreateRoom,
    LinkChild,
    Phase,
    Publish,
    RemoveMembers,
    SetAlias,
    SetState,
    TellName,
)

KINDS: Final = {RoomKind.COMPANY_SPACE: 0, RoomKind.PARTNER_SPACE: 1, RoomKind.GROUP: 2}
"""Spaces first: rooms are entered through them, so they must exist before, and be lost before."""

SETTINGS: Final = {
    setting: rank
    for rank, setting in enumerate(
        # Power levels open and close at once: in SET they come first, while the rest is still closed.
        (
            Setting.POWERS,
            Setting.JOIN_RULE,
            Setting.HISTORY,
            Setting.GUESTS,
            Setting.ACL,
            Setting.ENCRYPTION,
            Setting.NAME,
            Setting.TOPIC,
            Setting.MARKER,
        )
    )
}

TYPES: Final[dict[type[Action], int]] = {
    CreateRoom: 0,
    RemoveMembers: 1,
    Publish: 2,
    SetState: 3,
    SetAlias: 4,
    LinkChild: 5,
    AddMembers: 6,
    TellName: 7,
}
LAST_WHEN_LOOSENING: Final = 8
"""Publishing closes a loosening, as taking out of the directory opens a tightening."""

Key: TypeAlias = tuple[int, int, str, int, int, str]


def order(action: Action) -> Key:
    """The sort key: phase, kind of room, room, kind of action, detail."""
    rank, detail, name = TYPES[type(action)], 0, ""
    match action:
        case SetState(setting=setting):
            detail = SETTINGS[setting]
        case RemoveMembers(invited=invited, users=users):
            detail, name = int(not invited), users[0]
        case AddMembers(users=users):
            name = users[0]
        case LinkChild(parent=parent):
            name = str(parent)
        case SetAlias(alias=alias):
            name = alias
        case Publish(phase=Phase.LOOSEN):
            rank = LAST_WHEN_LOOSENING
        case _:
            pass
    return int(action.phase), KINDS[action.ref.kind], action.ref.id, rank, detail, name
