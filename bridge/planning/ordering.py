"""The order of a plan: total, the same for the same actions, safe wherever a run stops."""

from typing import Final, TypeAlias

from bridge.domain.desired import Setting
from bridge.domain.rooms import RoomKind
from bridge.planning.actions import (
    Action,
    AddMembers,
    CreateRoom,
    LetGo,
    LinkChild,
    Phase,
    Publish,
    RemoveMembers,
    SetAlias,
    SetAside,
    SetState,
    TellName,
)

KINDS: Final = {
    RoomKind.COMPANY_SPACE: 0,
    RoomKind.PARTNER_SPACE: 1,
    RoomKind.SUBSPACE: 2,
    RoomKind.GROUP: 3,
    RoomKind.FORMER: 4,
    RoomKind.ADMINS: 5,
}
"""Spaces first: rooms are entered through them, so they must exist before, and be lost before. What is former was set
aside first."""

SETTINGS: Final = {
    setting: rank
    for rank, setting in enumerate(
        # Power levels open and close at once: in SET they come first, while the rest is still closed.
        (
            # Whoever opens a room that was hidden says so in it first: it must never be taken for a hidden one again.
            Setting.MARKER,
            Setting.POWERS,
            Setting.JOIN_RULE,
            Setting.HISTORY,
            Setting.GUESTS,
            Setting.ACL,
            Setting.ENCRYPTION,
            Setting.RETENTION,
            Setting.NAME,
            Setting.TOPIC,
            Setting.AVATAR,
            Setting.ALIAS,
            Setting.SUCCESSOR,
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
    SetAside: -1,
    LetGo: 10,
}
LAST_WHEN_LOOSENING: Final = 9
"""Publishing closes a loosening, as taking out of the directory opens a tightening."""
AFTER_ITS_ALIAS: Final = 8
"""A room can only call an alias its own that exists."""

Key: TypeAlias = tuple[int, int, str, int, int, str]


def order(action: Action) -> Key:
    """The sort key: phase, kind of room, room, kind of action, detail."""
    rank, detail, name = TYPES[type(action)], 0, ""
    match action:
        case SetState(setting=Setting.ALIAS, phase=Phase.LOOSEN):
            rank = AFTER_ITS_ALIAS
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
