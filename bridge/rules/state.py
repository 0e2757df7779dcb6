"""From settings to Matrix state events: what creating and setting write, and what comparing compares with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bridge.domain.desired import JoinRule, RoomSettings, Setting
from bridge.domain.ids import host_of, server_of
from bridge.domain.rooms import MARKER, Content, RoomRef
from bridge.rules.naming import told_apart
from bridge.rules.powers import power_content

DAY: Final = 24 * 60 * 60 * 1000
"""Milliseconds, in which m.room.retention counts (MSC1763)."""

StateEvent: TypeAlias = tuple[str, str, Content]
"""Type, state key, content."""

ALGORITHM: Final = "m.megolm.v1.aes-sha2"
MEMBERSHIP: Final = "m.room_membership"
CHILD: Final = "m.space.child"

EVENT_TYPES: Final[Mapping[Setting, str]] = {
    Setting.NAME: "m.room.name",
    Setting.TOPIC: "m.room.topic",
    Setting.JOIN_RULE: "m.room.join_rules",
    Setting.HISTORY: "m.room.history_visibility",
    Setting.GUESTS: "m.room.guest_access",
    Setting.POWERS: "m.room.power_levels",
    Setting.ACL: "m.room.server_acl",
    Setting.ENCRYPTION: "m.room.encryption",
    Setting.RETENTION: "m.room.retention",
    Setting.MARKER: MARKER,
    Setting.ALIAS: "m.room.canonical_alias",
    Setting.AVATAR: "m.room.avatar",
    Setting.SUCCESSOR: "m.room.tombstone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What encoding needs beside a room's settings.

    ``room_ids`` tells the rooms that exist; ``service_user`` is the account that joins people, None where it has no
    seat (hidden rooms).
    """

    bot: str
    room_version: str
    marker: str
    room_ids: Mapping[RoomRef, str]
    service_user: str | None = None


def content_of(settings: RoomSettings, setting: Setting, frame: Frame) -> StateEvent:
    """The state event that gives the room this setting. Spaces that do not exist yet are left out of ``allow``."""
    return EVENT_TYPES[setting], "", ENCODERS[setting](settings, frame)


def initial_state(settings: RoomSettings, frame: Frame) -> Sequence[StateEvent]:
    """All that a new room starts with, except name and power levels, which creating takes by themselves.

    Every one is an event; an alias must exist before the room can call it its own, so that comes later.
    """
    wanted = [Setting.MARKER, Setting.JOIN_RULE, Setting.HISTORY, Setting.GUESTS]
    if settings.topic:
        wanted.append(Setting.TOPIC)
    if settings.servers is not None:
        wanted.append(Setting.ACL)
    if settings.encrypted:
        wanted.append(Setting.ENCRYPTION)
    if settings.retention:
        wanted.append(Setting.RETENTION)
    return [content_of(settings, setting, frame) for setting in wanted]


def room_name(settings: RoomSettings, frame: Frame) -> str:
    """The name to create the room with: the real one, or the cover of a hidden group."""
    if not settings.told_name or frame.marker == settings.plain_marker:
        return settings.name
    return told_apart(settings.name, frame.marker)


def power_levels(settings: RoomSettings, frame: Frame) -> Content:
    """The content of m.room.power_levels."""
    return power_content(settings, room_version=frame.room_version, bot=frame.bot, service_user=frame.service_user)


def child_content(server_name: str, *, order: str = "", suggested: bool = False) -> Content:
    """The content of m.space.child for a room that our server knows."""
    content: dict[str, Any] = {"via": [server_name]}
    if order:
        content["order"] = order
    if suggested:
        content["suggested"] = True
    return content


def same_child(content: Content, server_name: str, *, order: str, suggested: bool) -> bool:
    """Whether m.space.child lists its room as it should; ``server_name`` in small letters."""
    via: Any = content.get("via")
    if not isinstance(via, list) or [str(server).lower() for server in via] != [server_name]:
        return False
    return content.get("order", "") == order and bool(content.get("suggested")) is suggested


def is_child(content: Content) -> bool:
    """Whether m.space.child lists its room: without ``via`` it does not (specification, m.space.child)."""
    via: Any = content.get("via")
    return isinstance(via, list) and bool(via)


def acl_content(servers: Sequence[str], bot: str) -> Content:
    """The server ACL: exact names alone, ours always among them, whatever the settings forgot."""
    allow = sorted({*servers, host_of(server_of(bot))})
    return {"allow": allow, "allow_ip_literals": any(map(_is_ip_literal, allow)), "deny": []}


def _is_ip_literal(server: str) -> bool:
    """An ACL that refuses addresses would lock out a server that has no name, even our own."""
    return server.startswith("[") or server.replace(".", "").isdigit()


def _join_rule(settings: RoomSettings, frame: Frame) -> Content:
    if settings.join_rule is not JoinRule.RESTRICTED:
        return {"join_rule": str(settings.join_rule)}
    known = (frame.room_ids.get(ref) for ref in settings.allow)
    return {
        "join_rule": "restricted",
        "allow": [{"type": MEMBERSHIP, "room_id": room_id} for room_id in known if room_id],
    }


def _main_alias(settings: RoomSettings, _frame: Frame) -> Content:
    if settings.alias is None:
        return {}
    others = {"alt_aliases": list(settings.old_aliases)} if settings.old_aliases else {}
    return {"alias": settings.alias, **others}


def _successor(settings: RoomSettings, frame: Frame) -> Content:
    """Without words of ours: clients say in their own what a tombstone means."""
    after = frame.room_ids.get(settings.successor) if settings.successor else None
    return {"body": "", "replacement_room": after} if after else {}


ENCODERS: Final[Mapping[Setting, Callable[[RoomSettings, Frame], Content]]] = {
    Setting.NAME: lambda settings, frame: {"name": room_name(settings, frame)},
    Setting.TOPIC: lambda settings, _: {"topic": settings.topic},
    Setting.JOIN_RULE: _join_rule,
    Setting.HISTORY: lambda settings, _: {"history_visibility": str(settings.history)},
    Setting.GUESTS: lambda _, __: {"guest_access": "forbidden"},
    Setting.POWERS: power_levels,
    Setting.ACL: lambda settings, frame: acl_content(settings.servers or (), frame.bot),
    Setting.ENCRYPTION: lambda _, __: {"algorithm": ALGORITHM},
    Setting.RETENTION: lambda settings, _: {"max_lifetime": settings.retention * DAY} if settings.retention else {},
    Setting.MARKER: lambda _, frame: {"group": frame.marker},
    Setting.ALIAS: _main_alias,
    Setting.AVATAR: lambda _, __: {},
    Setting.SUCCESSOR: _successor,
}
