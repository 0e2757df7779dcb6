"""How open a room is, told independently of the rules: as sets, of which a smaller one is never more open."""

from collections.abc import Mapping
from typing import Any

from bridge.domain.rooms import MARKER, ActualRoom, Membership, RoomKind, RoomRef

# Our own server is always let in, even where a broken ACL shut it out: that opens nothing.
SERVERS = ("acme.example", "globex.example", "initech.example", "evil.example")
ANYBODY = "anybody"
ROOMS = ("!elsewhere", *(f"!room{number}" for number in range(200)))
"""All rooms that a world may come to hold: rooms come and go while a plan is applied."""


def openness(rooms: Mapping[RoomRef, ActualRoom], ref: RoomRef) -> frozenset[tuple[str, Any]]:
    """Everything that somebody can do with, see of, or know about the room because of how it is set."""
    room = rooms[ref]
    found: set[tuple[str, Any]] = {("seat", user) for user, state in room.members.items() if state in SEATED}
    found |= {("enter", who) for who in _entrants(room)}
    found |= {("server", server) for server in SERVERS if _lets_in(room, server)}
    found |= {("read", level) for level in range(LEVELS[_history(room)] + 1)}
    found |= {("alias", alias) for alias in room.aliases}
    found |= {("listed for", _readers(space.ref)) for space in rooms.values() if _lists(space, room)}
    if room.published:
        found.add(("published", True))
    if not room.content("m.room.encryption"):
        found.add(("plain", True))
    if room.content("m.room.guest_access").get("guest_access") != "forbidden":
        found.add(("guests", True))
    found |= _powers(room)
    return frozenset(found | _words(room))


def _readers(space: RoomRef) -> str:
    """Whoever is an employee may enter the company space and from there every subspace."""
    return "employees" if space.kind in (RoomKind.COMPANY_SPACE, RoomKind.SUBSPACE) else str(space)


def _words(room: ActualRoom) -> set[tuple[str, Any]]:
    """Name and topic of a hidden group's room, whose mark is not the group's id; elsewhere they are no secret."""
    if not room.content(MARKER).get("group", "").startswith("marker"):
        return set()
    words = {room.content("m.room.name").get("name", ""), room.content("m.room.topic").get("topic", "")}
    return {("said", word) for word in words if word and not word.startswith("Private group")}


SEATED = (Membership.JOIN, Membership.INVITE)
LEVELS = {"joined": 0, "invited": 1, "shared": 2, "world_readable": 3}


def _history(room: ActualRoom) -> str:
    return str(room.content("m.room.history_visibility").get("history_visibility", "shared"))


def _entrants(room: ActualRoom) -> set[str]:
    content = room.content("m.room.join_rules")
    rule = content.get("join_rule", "invite")
    if rule == "public":
        return {*ROOMS, ANYBODY, "knockers"}
    entrants = {"knockers"} if "knock" in rule else set()
    if "restricted" in rule:
        entrants |= {entry["room_id"] for entry in content.get("allow", ())}
    return entrants


def _lets_in(room: ActualRoom, server: str) -> bool:
    content = room.state.get(("m.room.server_acl", ""))
    if room.content("m.room.create").get("m.federate") is False:
        return server == "corp.example"
    if content is None:
        return True
    allow = content.get("allow", ())
    return server not in content.get("deny", ()) and (server in allow or "*" in allow)


def _lists(space: ActualRoom, room: ActualRoom) -> bool:
    return bool(space.content("m.space.child", room.room_id).get("via"))


def _powers(room: ActualRoom) -> set[tuple[str, Any]]:
    content = room.content("m.room.power_levels")
    levels = content.get("users", {}).items()
    found: set[tuple[str, Any]] = {("power", (user, level)) for user, most in levels for level in range(most + 1)}
    return found | {("invite from", level) for level in range(content.get("invite", 0), 101)}
