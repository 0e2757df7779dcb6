"""Whether a room has a setting as it should, and how the difference is told to people."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bridge.domain.desired import RoomSettings, Setting
from bridge.domain.rooms import ActualRoom, Content
from bridge.rules.naming import plain_marker
from bridge.rules.openness import Entrance, entrance_of
from bridge.rules.powers import same_powers
from bridge.rules.settings import BOT
from bridge.rules.state import EVENT_TYPES, Frame, content_of

COMPARED: Final[Sequence[Setting]] = (
    Setting.NAME,
    Setting.TOPIC,
    Setting.JOIN_RULE,
    Setting.HISTORY,
    Setting.GUESTS,
    Setting.POWERS,
    Setting.ACL,
    Setting.ENCRYPTION,
    Setting.RETENTION,
    Setting.MARKER,
    Setting.ALIAS,
    Setting.AVATAR,
)
"""What is compared in every room of ours. One whose marker is not ours at all is left alone before that."""

LEAVING: Final = (Setting.JOIN_RULE, Setting.ALIAS, Setting.SUCCESSOR)
"""What is still compared in a room that is let go."""

SOMETIMES: Final = (Setting.ACL, Setting.ENCRYPTION, Setting.RETENTION, Setting.AVATAR, Setting.SUCCESSOR)
"""Settings that are not governed in every room."""


def differs(settings: RoomSettings, setting: Setting, actual: ActualRoom, frame: Frame) -> tuple[Any, Any] | None:
    """What the setting is and what it should be, for people to read; None when it is as it should be."""
    if setting in SOMETIMES and not governs(settings, setting, actual):
        return None
    event_type, state_key, wanted = content_of(settings, setting, frame)
    was = actual.state.get((event_type, state_key))
    if was == wanted and setting is not Setting.JOIN_RULE:
        return None
    if _same(setting, settings, wanted, was, frame):
        return None
    return _shown(setting, was or {}, wanted, settings, frame)


def governs(settings: RoomSettings, setting: Setting, actual: ActualRoom) -> bool:
    """Whether the setting is governed in this room, and can be put right: an ACL needs federation, encryption never
    ends."""
    if setting is Setting.ACL:
        return is_federated(actual, settings)
    if setting is Setting.ENCRYPTION:
        return settings.encrypted
    if setting is Setting.RETENTION:
        return settings.retention is not None
    if setting is Setting.AVATAR:
        return bool(settings.told_name)
    if setting is Setting.SUCCESSOR:
        return settings.successor is not None
    return True


def is_federated(actual: ActualRoom, settings: RoomSettings) -> bool:
    """Whether other servers can take part: fixed when the room was made."""
    create = actual.content("m.room.create")
    return create.get("m.federate", True) is not False if create else settings.federate


def is_encrypted(actual: ActualRoom) -> bool:
    """Whether encryption is on; it cannot be switched off."""
    return bool(actual.content(EVENT_TYPES[Setting.ENCRYPTION]).get("algorithm"))


def is_silent(actual: ActualRoom) -> bool:
    """Whether nobody but the bridge may write."""
    level = actual.content(EVENT_TYPES[Setting.POWERS]).get("events_default")
    return isinstance(level, int) and level >= BOT


def wanted_entrance(settings: RoomSettings, frame: Frame) -> Entrance:
    """Who may come in, as it should be; a space that does not exist yet stands under its reference."""
    return Entrance(settings.join_rule, frozenset(frame.room_ids.get(ref) or str(ref) for ref in settings.allow))


def _same(setting: Setting, settings: RoomSettings, wanted: Content, was: Content | None, frame: Frame) -> bool:
    if setting is Setting.JOIN_RULE:
        if was == wanted:  # a space that does not exist yet is left out of what is wanted, and still missing
            return all(ref in frame.room_ids for ref in settings.allow)
        return was is not None and entrance_of(was) == wanted_entrance(settings, frame)
    if setting is Setting.TOPIC and not settings.topic:
        return not was
    if setting in REMOVED:
        return not wanted and not was
    if setting is Setting.SUCCESSOR:
        return bool(was and wanted) and (was or {}).get("replacement_room") == wanted["replacement_room"]
    if was is None:
        return False
    if setting is Setting.POWERS:
        return same_powers(wanted, was)
    if setting is Setting.ENCRYPTION:
        return bool(was.get("algorithm"))
    return False


REMOVED: Final = (Setting.ALIAS, Setting.AVATAR, Setting.RETENTION)
"""Settings that are taken away by an empty event, and then are as if there had never been one."""

KEYS: Final[Mapping[Setting, str]] = {
    Setting.NAME: "name",
    Setting.TOPIC: "topic",
    Setting.HISTORY: "history_visibility",
    Setting.GUESTS: "guest_access",
    Setting.ENCRYPTION: "algorithm",
    Setting.RETENTION: "max_lifetime",
    Setting.ACL: "allow",
    Setting.MARKER: "group",
    Setting.ALIAS: "alias",
    Setting.AVATAR: "url",
}


def _shown(setting: Setting, was: Content, wanted: Content, settings: RoomSettings, frame: Frame) -> tuple[Any, Any]:
    if setting is Setting.POWERS:
        keys = [key for key, value in wanted.items() if was.get(key) != value]
        return {key: was.get(key) for key in keys}, {key: wanted[key] for key in keys}
    if setting is Setting.JOIN_RULE:
        return shown_entrance(entrance_of(was), settings, frame), shown_entrance(
            wanted_entrance(settings, frame), settings, frame
        )
    if setting is Setting.SUCCESSOR:
        return was.get("replacement_room"), plain_marker(settings.successor) if settings.successor else None
    return was.get(KEYS[setting]), wanted.get(KEYS[setting])


def shown_entrance(entrance: Entrance, settings: RoomSettings, frame: Frame) -> Any:
    """A join rule for people: spaces that the settings name by what they are, other rooms by their ids."""
    names = {frame.room_ids.get(ref) or str(ref): plain_marker(ref) for ref in settings.allow}
    allow = sorted(names.get(room_id, room_id) for room_id in entrance.allow)
    return {"rule": str(entrance.rule), "allow": allow} if allow else str(entrance.rule)
