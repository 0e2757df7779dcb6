"""m.room.power_levels for every room of ours, written out whole so that nothing is left to anybody's defaults."""

from collections.abc import Mapping
from typing import Any, Final

from bridge.domain.desired import RoomSettings
from bridge.domain.rooms import MARKER, Content
from bridge.rules.settings import BOT, MODERATORS, OWNERS

GOVERNED: Final = (
    "m.room.name",
    "m.room.topic",
    "m.room.join_rules",
    "m.room.history_visibility",
    "m.room.guest_access",
    "m.room.power_levels",
    "m.room.canonical_alias",
    "m.room.server_acl",
    "m.room.encryption",
    "m.room.policy",
    "m.space.child",
    "m.space.parent",
    MARKER,
)
"""State events that decide who can see what: the bot's alone, as is every other that ``LENT`` does not name."""

LENT: Final[Mapping[str, int]] = {"m.room.avatar": OWNERS, "m.room.pinned_events": MODERATORS}
"""State events that owners and moderators may write, save where the group is hidden or the room silent."""

ANSWERS: Final = ("m.reaction", "m.room.redaction")
"""What everybody may still send where owners alone post: reactions, and taking them back."""

TOMBSTONE: Final = "m.room.tombstone"
CREATOR_ROOMS: Final = 12
"""Since this room version creators have power without end and must not be named in the levels (MSC4289)."""


def creators_rule(room_version: str) -> bool:
    """Whether the room's creator is above all levels. Versions with other names are experiments from before that."""
    return room_version.isdigit() and int(room_version) >= CREATOR_ROOMS


def power_content(settings: RoomSettings, *, room_version: str, bot: str, service_user: str | None) -> Content:
    """The levels of a room: bot, then the account that joins people (just able to invite), owners, moderators, all.

    Only owners and moderators are named: the homeserver refuses levels that name thousands.
    """
    creators = creators_rule(room_version)
    users: dict[str, int] = dict.fromkeys(sorted(settings.moderators - settings.owners), MODERATORS)
    users |= dict.fromkeys(sorted(settings.owners), OWNERS)
    if service_user:
        users[service_user] = settings.invite_power
    users.pop(bot, None)
    if not creators:
        users[bot] = BOT
    return {
        "users": users,
        "users_default": 0,
        "events": _events(settings, creators=creators),
        "events_default": _posting(settings),
        "state_default": BOT,
        "invite": BOT if settings.silent else settings.invite_power,
        "kick": MODERATORS,
        "ban": MODERATORS,
        "redact": MODERATORS,
        "notifications": {"room": MODERATORS},
    }


def _posting(settings: RoomSettings) -> int:
    """What sending a message takes."""
    if settings.space or settings.silent:
        return BOT
    return MODERATORS if settings.owners_post else 0


def _events(settings: RoomSettings, *, creators: bool) -> dict[str, int]:
    """The levels of single kinds of events."""
    events: dict[str, int] = dict.fromkeys(GOVERNED, BOT)
    # A creators' room needs 150 for its end, which no level but a creator's own power reaches.
    events[TOMBSTONE] = 150 if creators else BOT
    closed = settings.space or settings.silent
    events |= dict.fromkeys(LENT, BOT) if closed or settings.told_name else LENT
    if settings.owners_post and not closed:
        events |= dict.fromkeys(ANSWERS, 0)
    return events


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
    kinds = _levels(actual.get("events")).keys() | _levels(wanted.get("events")).keys()
    eased = any(_takes(wanted, kind) < _takes(actual, kind) for kind in kinds)
    return not (raised or lowered or eased)


def _takes(content: Content, kind: str) -> int:
    """What sending an event of this kind takes."""
    default = "events_default" if kind in ANSWERS else "state_default"
    return _levels(content.get("events")).get(kind, _level(content.get(default), THRESHOLDS[default]))


def _level(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default


def _levels(value: Any) -> dict[str, int]:
    return {key: level for key, level in value.items() if isinstance(level, int)} if isinstance(value, dict) else {}
