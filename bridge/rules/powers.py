"""m.room.power_levels for every room of ours, written out whole so that nothing is left to anybody's defaults."""

from collections.abc import Mapping
from typing import Any, Final

from bridge.domain.desired import RoomSettings
from bridge.domain.rooms import MARKER, Content
from bridge.rules.settings import BOT, OWNERS

GOVERNED: Final = (
    "m.room.name",
    "m.room.topic",
    "m.room.avatar",
    "m.room.join_rules",
    "m.room.history_visibility",
    "m.room.guest_access",
    "m.room.power_levels",
    "m.room.canonical_alias",
    "m.room.server_acl",
    "m.room.encryption",
    "m.room.pinned_events",
    "m.space.child",
    "m.space.parent",
    MARKER,
)
"""State events that decide who can see what: the bot's alone."""

TOMBSTONE: Final = "m.room.tombstone"
CREATOR_ROOMS: Final = 12
"""Since this room version creators have power without end and must not be named in the levels (MSC4289)."""


def creators_rule(room_version: str) -> bool:
    """Whether the room's creator is above all levels. Versions with other names are experiments from before that."""
    return room_version.isdigit() and int(room_version) >= CREATOR_ROOMS


def power_content(settings: RoomSettings, *, room_version: str, bot: str, service_user: str | None) -> Content:
    """The levels of a room: bot, then the account that joins people (just able to invite), then owners, then all."""
    creators = creators_rule(room_version)
    users: dict[str, int] = dict.fromkeys(sorted(settings.owners), OWNERS)
    if service_user:
        users[service_user] = settings.invite_power
    users.pop(bot, None)
    if not creators:
        users[bot] = BOT
    events: dict[str, int] = dict.fromkeys(GOVERNED, BOT)
    # A creators' room needs 150 for its end, which no level but a creator's own power reaches.
    events[TOMBSTONE] = 150 if creators else BOT
    return {
        "users": users,
        "users_default": 0,
        "events": events,
        "events_default": BOT if settings.space else 0,
        "state_default": BOT if settings.space else OWNERS,
        "invite": settings.invite_power,
        "kick": 50,
        "ban": 50,
        "redact": 50,
        "notifications": {"room": 50},
    }


def same_powers(wanted: Content, actual: Content) -> bool:
    """Whether the levels are as wanted. Homeservers add keys of their own that mean nothing to us; those may stay."""
    missing: Any = object()
    return all(actual.get(key, missing) == value for key, value in wanted.items())


THRESHOLDS: Final[Mapping[str, int]] = {
    "events_default": 0,
    "state_default": 50,
    "invite": 0,
    "kick": 50,
    "ban": 50,
    "redact": 50,
}
"""Levels that something takes, with the specification's defaults (m.room.power_levels)."""


def powers_tighten(actual: Content, wanted: Content) -> bool:
    """Whether going from actual to wanted levels gives nobody any power: then it need not wait."""
    was_users, users = _levels(actual.get("users")), _levels(wanted.get("users"))
    floor = _level(actual.get("users_default"), 0)
    raised = any(level > was_users.get(user, floor) for user, level in users.items())
    lowered = any(
        _level(wanted.get(key), default) < _level(actual.get(key), default) for key, default in THRESHOLDS.items()
    )
    was_events, events = _levels(actual.get("events")), _levels(wanted.get("events"))
    was_state, state = _level(actual.get("state_default"), 50), _level(wanted.get("state_default"), 50)
    eased = any(events.get(kind, state) < was_events.get(kind, was_state) for kind in events.keys() | was_events.keys())
    return not (raised or lowered or eased)


def _level(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default


def _levels(value: Any) -> dict[str, int]:
    return {key: level for key, level in value.items() if isinstance(level, int)} if isinstance(value, dict) else {}
