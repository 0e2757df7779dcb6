"""A room as Synapse keeps it: state, timeline, and the rules by which it says no. Used by tests/fakes/synapse.py."""

import fnmatch
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]
JOIN, INVITE, KNOCK, LEAVE, BAN = "join", "invite", "knock", "leave", "ban"
INSIDE = {JOIN, INVITE, KNOCK}


class No(Exception):
    """What Synapse answers instead of 200."""

    def __init__(self, status: int, errcode: str, error: str) -> None:
        super().__init__(error)
        self.status, self.errcode, self.error = status, errcode, error


def forbidden(error: str) -> No:
    return No(403, "M_FORBIDDEN", error)


DEFAULT_POWERS: dict[str, Any] = {
    "ban": 50, "events_default": 0, "historical": 100, "invite": 50, "kick": 50, "redact": 50, "state_default": 50,
    "users_default": 0,
    "events": {
        "m.room.avatar": 50, "m.room.canonical_alias": 50, "m.room.encryption": 100, "m.room.history_visibility": 100,
        "m.room.name": 50, "m.room.power_levels": 100, "m.room.server_acl": 100, "m.room.tombstone": 100,
    },
}  # fmt: skip


@dataclass
class FakeRoom:
    """``record`` is told every event; ``allowed`` answers whether a user is joined to another room."""

    room_id: str
    version: str
    creator: str
    server_name: str
    record: Callable[[Event], str]
    joined_elsewhere: Callable[[str, str], bool]
    state: dict[tuple[str, str], Event] = field(default_factory=dict)
    timeline: list[Event] = field(default_factory=list)

    def content(self, kind: str, key: str = "") -> Mapping[str, Any]:
        event = self.state.get((kind, key))
        return event["content"] if event else {}

    def membership(self, user: str) -> str:
        return str(self.content("m.room.member", user).get("membership", LEAVE))

    def level(self, user: str) -> float:
        if self.version == "12" and user == self.creator:
            return math.inf
        powers = self.content("m.room.power_levels")
        if not powers:
            return 100 if user == self.creator else 0
        return float(powers.get("users", {}).get(user, powers.get("users_default", 0)))

    def needs(self, action: str, otherwise: float) -> float:
        return float(self.content("m.room.power_levels").get(action, otherwise))

    def append(self, sender: str, kind: str, content: Mapping[str, Any], key: str | None = None) -> str:
        """No questions asked; an unchanged state event is not made again, like in Synapse."""
        event: Event = {
            "type": kind,
            "sender": sender,
            "content": dict(content),
            "room_id": self.room_id,
            "unsigned": {},
        }
        if key is not None:
            before = self.state.get((kind, key))
            if before and before["content"] == content and before["sender"] == sender:
                return str(before["event_id"])
            event["state_key"] = key
            if before:
                event["unsigned"] = {"prev_content": before["content"], "prev_sender": before["sender"]}
        event_id = self.record(event)
        self.timeline.append(event)
        if key is not None:
            self.state[kind, key] = event
        return event_id

    def write(self, sender: str, kind: str, key: str, content: Mapping[str, Any]) -> str:
        self.must_be_in(sender)
        self._must_have(sender, kind, state=True)
        if key.startswith("@") and key != sender:
            raise forbidden("You are not allowed to set others state")
        if kind == "m.room.power_levels":
            self.check_powers(content)
        if kind == "m.room.server_acl" and not allows(content, self.server_name):
            raise No(400, "M_UNKNOWN", "Can't create an ACL event that denies the local server")
        return self.append(sender, kind, content, key)

    def say(self, sender: str, kind: str, content: Mapping[str, Any]) -> str:
        self.must_be_in(sender)
        self._must_have(sender, kind, state=False)
        if kind == "m.room.redaction":
            self._redact(str(content["redacts"]))
        if kind == "m.reaction" and self._has_reacted(sender, content):
            raise No(400, "M_DUPLICATE_ANNOTATION", "Can't send same reaction twice")
        return self.append(sender, kind, content)

    def _has_reacted(self, sender: str, content: Mapping[str, Any]) -> bool:
        relation = content.get("m.relates_to")
        return any(
            (event["type"], event["sender"], event["content"].get("m.relates_to")) == ("m.reaction", sender, relation)
            for event in self.timeline
        )

    def _redact(self, event_id: str) -> None:
        for event in self.timeline:
            if event["event_id"] == event_id:
                event["content"] = {}

    def check_powers(self, content: Mapping[str, Any]) -> None:
        if self.version == "12" and self.creator in content.get("users", {}):
            raise No(400, "M_UNKNOWN", f"Creator user {self.creator} must not appear in content.users")

    def must_be_in(self, user: str) -> None:
        if self.membership(user) != JOIN:
            raise forbidden(f"{user} not in room {self.room_id}.")

    def _must_have(self, sender: str, kind: str, *, state: bool) -> None:
        default = self.needs("state_default", 50) if state else self.needs("events_default", 0)
        needed = self.content("m.room.power_levels").get("events", {}).get(kind, default)
        if self.level(sender) < needed:
            raise forbidden("You don't have permission to post that to the room.")

    def invite(self, sender: str, user: str, reason: str | None) -> None:
        self.must_be_in(sender)
        now = self.membership(user)
        if now == BAN:
            raise No(403, "M_BAD_STATE", "Cannot invite user who was banned")
        if now == JOIN:
            raise forbidden(f"{user} is already in the room.")
        if self.level(sender) < self.needs("invite", 0):
            raise forbidden("You don't have permission to invite users")
        self._must_be_federated_for(user)
        self._move(sender, user, INVITE, reason)

    def kick(self, sender: str, user: str, reason: str | None) -> None:
        self.must_be_in(sender)
        now = self.membership(user)
        if now == BAN:
            raise No(403, "M_BAD_STATE", "Cannot kick user who was banned")
        if now == LEAVE:
            raise forbidden("The target user is not in the room")
        if self.level(sender) < self.needs("kick", 50) or self.level(sender) <= self.level(user):
            raise forbidden(f"You cannot kick user {user}.")
        self._move(sender, user, LEAVE, reason)

    def ban(self, sender: str, user: str) -> None:
        self.must_be_in(sender)
        if self.level(sender) < self.needs("ban", 50) or self.level(sender) <= self.level(user):
            raise forbidden("You don't have permission to ban")
        self._move(sender, user, BAN, None)

    def join(self, user: str) -> None:
        if self.membership(user) == JOIN:
            return
        self._must_be_let_in(user)
        if self.membership(user) == BAN:
            raise forbidden("You are banned from this room")
        if self.membership(user) != INVITE and not self._may_enter(user):
            raise forbidden("You are not invited to this room.")
        self._move(user, user, JOIN, None)

    def knock(self, user: str) -> None:
        self._must_be_let_in(user)
        if self.content("m.room.join_rules").get("join_rule") not in {"knock", "knock_restricted"}:
            raise forbidden("You don't have permission to knock")
        if self.membership(user) in {JOIN, INVITE, BAN}:
            raise forbidden("You cannot knock on this room")
        self._move(user, user, KNOCK, None)

    def leave(self, user: str) -> None:
        now = self.membership(user)
        if now not in INSIDE and ("m.room.member", user) not in self.state:
            raise forbidden(f"User {user} not in room {self.room_id}")
        if now in INSIDE:
            self._move(user, user, LEAVE, None)

    def _may_enter(self, user: str) -> bool:
        rule = self.content("m.room.join_rules")
        if rule.get("join_rule") == "public":
            return True
        if rule.get("join_rule") not in {"restricted", "knock_restricted"}:
            return False
        return any(self.joined_elsewhere(user, allowed.get("room_id", "")) for allowed in rule.get("allow", ()))

    def _must_be_federated_for(self, user: str) -> None:
        foreign = user.partition(":")[2] != self.server_name
        if foreign and self.content("m.room.create").get("m.federate") is False:
            raise forbidden("This room has been marked as unfederatable.")

    def _must_be_let_in(self, user: str) -> None:
        """The server ACL keeps people from coming in; inviting them is not refused (seen)."""
        self._must_be_federated_for(user)
        server = user.partition(":")[2]
        acl = self.content("m.room.server_acl")
        if server != self.server_name and acl and not allows(acl, server):
            raise forbidden("Server is banned from room")

    def _move(self, sender: str, user: str, membership: str, reason: str | None) -> None:
        content = {"membership": membership} | ({"reason": reason} if reason else {})
        self.append(sender, "m.room.member", content, user)


def allows(acl: Mapping[str, Any], server: str) -> bool:
    """Specification, m.room.server_acl, without IP literals."""
    name = server.partition(":")[0].lower()
    if any(fnmatch.fnmatchcase(name, glob.lower()) for glob in acl.get("deny", ())):
        return False
    return any(fnmatch.fnmatchcase(name, glob.lower()) for glob in acl.get("allow", ()))
