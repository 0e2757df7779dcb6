"""A Synapse with memory instead of a database: answers what the adapter asks, as seen on 1.163.2.

The adapter's own code runs above it (retries, patience, idempotence). A difference from Synapse is a bug here:
tests/contracts runs one suite on both.
"""

import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import unquote

from bridge.adapters.matrix.answers import Failure, Fate, judge
from bridge.adapters.matrix.calls import Calls, Identity, Limits, Request
from bridge.ports.clock import Clock
from tests.fakes.synapse_rooms import DEFAULT_POWERS, INSIDE, Event, FakeRoom, No, forbidden
from tests.fakes.synapse_routes import ROUTES

UNSENT = Failure(fate=Fate.UNSENT, said="refused")
BROKEN = Failure(fate=Fate.UNKNOWN, said="the connection broke")
BAD_GATEWAY = judge(502, "", "<html>", None)


Go: TypeAlias = Callable[[Request], Awaitable[Any]]
"""The way on for a call, or for another one in its place."""
Interceptor: TypeAlias = Callable[[Request, Go], Awaitable[Any]]
"""Gets a call and the way on; gives the answer."""


def limited(seconds: float) -> Failure:
    return judge(429, "M_LIMIT_EXCEEDED", "Too Many Requests", seconds)


@dataclass
class Fault:
    """What happens to coming calls of ``verb`` ("" for any): ``after`` they took effect, or before."""

    verb: str
    failure: Failure
    after: bool = False
    times: int = 1


class FakeSynapse(Calls):
    """The server and the way to it at once: give it where ``Calls`` is wanted."""

    def __init__(self, server_name: str, clock: Clock, *, room_version: str = "12") -> None:
        super().__init__("http://fake", "as-token", clock=clock, limits=Limits(patience=30))
        self.server_name, self.room_version = server_name, room_version
        self.rooms: dict[str, FakeRoom] = {}
        self.aliases: dict[str, tuple[str, str]] = {}
        self.reserved: set[str] = {"#grp_"}
        """How the aliases begin that our registration reserves."""
        self.published: set[str] = set()
        self.owners: dict[str, str] = {}
        """Access token → user id, for tokens that are not the application service's."""
        self.admins: set[str] = set()
        self.names: dict[str, str] = {}
        self.fields: dict[str, dict[str, Any]] = {}
        """Of profiles, besides names, by user."""
        self.media: dict[str, tuple[str, bytes | None]] = {}
        """Whose it is and what it holds, by address; None while it is only reserved."""
        self.silent_servers: set[str] = set()
        self.nobodies: set[str] = set()
        """Of whom their servers say that there is nobody of this name."""
        self.blocking: set[str] = set()
        self.may_publish = True
        self.retains = False
        """Whether messages are deleted when their time is over, and the bridge may ask so."""
        self.knows_us = True
        self.faults: list[Fault] = []
        self.asked: list[tuple[str, str]] = []
        """(verb, user id) of every request that arrived, in order."""
        self.listeners: list[Callable[[Event], None]] = []
        self._transactions: dict[tuple[str, str], str] = {}
        self._numbers = itertools.count(1)
        self._way = self._arrive

    def restart(self) -> None:
        """Rooms are in the database; transaction ids of application services are not."""
        self._transactions.clear()

    def fail(self, verb: str, failure: Failure, *, after: bool = False, times: int = 1) -> None:
        self.faults.append(Fault(verb, failure, after, times))

    def count(self, verb: str) -> int:
        return sum(asked == verb for asked, _ in self.asked)

    def room(self, room_id: str) -> FakeRoom:
        if room_id not in self.rooms:
            raise No(404, "M_NOT_FOUND", "Can't join remote room because no servers that are in it have been provided.")
        return self.rooms[room_id]

    def intercept(self, interceptor: Interceptor) -> None:
        """From now on every call goes through ``interceptor``, which lets it go on, or does not."""
        on = self._way

        async def way(identity: Identity, request: Request) -> Any:
            return await interceptor(request, lambda changed: on(identity, changed))

        self._way = way

    async def _once(self, identity: Identity, request: Request) -> Any:
        return await self._way(identity, request)

    async def _arrive(self, identity: Identity, request: Request) -> Any:
        fault = next((each for each in self.faults if each.times and each.verb in {"", request.verb}), None)
        if fault:
            fault.times -= 1
            if not fault.after:
                return fault.failure
        user = identity.user_id if identity.appservice else self.owners.get(identity.token, "")
        self.asked.append((request.verb, user))
        try:
            answer = self._answer(identity, user, request)
            # As JSON and back: nobody shares the server's memory.
            answer = answer if isinstance(answer, bytes) else json.loads(json.dumps(answer))
        except No as no:
            answer = judge(no.status, no.errcode, no.error, None)
        return fault.failure if fault else answer

    def _answer(self, identity: Identity, user: str, request: Request) -> Any:
        if not user or (identity.appservice and not self.knows_us):
            raise No(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.")
        for method, pattern, handle in ROUTES:
            found = pattern.fullmatch(str(request.path).lstrip("/"))
            if method == request.method and found:
                return handle(self, user, request, *(unquote(part) for part in found.groups()))
        raise No(404, "M_UNRECOGNIZED", "Unrecognized request")

    def create(self, user: str, body: Mapping[str, Any]) -> str:
        number = next(self._numbers)
        version = body.get("room_version", self.room_version)
        if version not in {"11", "12"}:
            raise No(400, "M_UNSUPPORTED_ROOM_VERSION", "Your homeserver does not support this room version")
        room_id = f"!room{number:039d}" if version == "12" else f"!room{number:014d}:{self.server_name}"
        room = FakeRoom(room_id, version, user, self.server_name, self._record, self._is_joined)
        powers = {**DEFAULT_POWERS, "users": {} if version == "12" else {user: 100}}
        powers |= body.get("power_level_content_override", {})
        room.check_powers(powers)
        if version == "11" and user not in powers["users"]:
            raise No(400, "M_UNKNOWN", f"Not a valid power_level_content_override: 'users' did not contain {user}")
        room.append(user, "m.room.create", {**body.get("creation_content", {}), "room_version": version}, "")
        room.append(user, "m.room.member", {"membership": "join"}, user)
        state = {(each["type"], each["state_key"]): each["content"] for each in body.get("initial_state", ())}
        preset = {
            ("m.room.power_levels", ""): powers,
            ("m.room.join_rules", ""): {"join_rule": "invite"},
            ("m.room.history_visibility", ""): {"history_visibility": "shared"},
            ("m.room.guest_access", ""): {"guest_access": "can_join"},
        }
        name = {("m.room.name", ""): {"name": body["name"]}} if body.get("name") else {}
        for (kind, key), content in (preset | state | name).items():
            room.write(user, kind, key, content)
        self.rooms[room_id] = room
        return room_id

    def invite(self, user: str, room_id: str, target: str, reason: str | None) -> None:
        server = target.partition(":")[2]
        room = self.rooms.get(room_id)
        if room is None:
            raise forbidden("Unknown room")
        if server in self.silent_servers and room.membership(target) != "join":
            raise No(502, "M_UNKNOWN", f"Can't connect to server {server}")
        if target in self.blocking:
            raise No(403, "M_INVITE_BLOCKED", "You are not permitted to invite this user.")
        room.invite(user, target, reason)

    def send(self, user: str, room_id: str, kind: str, transaction: str, content: Mapping[str, Any]) -> str:
        key = (room_id, transaction)
        if key not in self._transactions:
            self._transactions[key] = self.room(room_id).say(user, kind, content)
        return self._transactions[key]

    def set_alias(self, user: str, alias: str, room_id: str) -> None:
        self._must_be_for(user, alias)
        if alias in self.aliases:
            raise No(409, "M_UNKNOWN", f"Room alias {alias} already exists")
        if room_id not in self.rooms:
            raise No(400, "M_UNKNOWN", "Room does not exist")
        self.rooms[room_id].must_be_in(user)
        self.aliases[alias] = (room_id, user)

    def remove_alias(self, user: str, alias: str) -> None:
        if user in self.owners.values():
            if alias not in self.aliases:
                raise No(404, "M_NOT_FOUND", "Unknown room alias")
            if user not in self.admins and self.aliases[alias][1] != user:
                raise forbidden("You don't have permission to delete the alias.")
        self._must_be_for(user, alias)
        if self.aliases.pop(alias, None) is None:
            raise No(404, "M_NOT_FOUND", "Unknown room alias")

    def _must_be_for(self, user: str, alias: str) -> None:
        """Application services touch what they reserved alone, and nobody else does; power in the room is not asked."""
        if (user in self.owners.values()) is alias.startswith(tuple(self.reserved)):
            raise No(400, "M_EXCLUSIVE", "This alias is reserved by an application service.")

    def state_of(self, user: str, room_id: str) -> list[Event]:
        """Who has gone is shown the state of that moment (seen): near enough, the present one with their leaving."""
        room = self.rooms.get(room_id)
        if room is None or ("m.room.member", user) not in room.state or room.membership(user) in {"invite", "knock"}:
            raise forbidden(f"User {user} not in room {room_id}, and room previews are disabled")
        return list(room.state.values())

    def publish(self, user: str, room_id: str, visibility: str) -> None:
        if room_id not in self.rooms:
            raise No(400, "M_UNKNOWN", "Unknown room")
        if visibility == "public" and not self.may_publish:
            raise forbidden("Not allowed to publish room")
        if visibility == "public":
            self.published.add(room_id)
        else:
            self.published.discard(room_id)

    def delete(self, room_id: str) -> None:
        """By an administrator, purging it."""
        self.room(room_id)
        del self.rooms[room_id]
        self.published.discard(room_id)
        self.aliases = {alias: place for alias, place in self.aliases.items() if place[0] != room_id}

    def force_join(self, user: str, room_id: str, target: str) -> None:
        if user not in self.admins:
            raise forbidden("You are not a server admin")
        room = self.room(room_id)
        if room.content("m.room.join_rules").get("join_rule") != "public":
            self.invite(user, room_id, target, None)
        room.join(target)

    def messages(self, user: str, room_id: str, query: Mapping[str, str]) -> Any:
        events = [event for event in reversed(self.room(room_id).timeline) if self.state_of(user, room_id)]
        wanted = json.loads(query.get("filter", "{}"))
        for key, field in (("senders", "sender"), ("types", "type")):
            events = [event for event in events if key not in wanted or event[field] in wanted[key]]
        start, limit = int(query.get("from", "0")), int(query.get("limit", "10"))
        chunk = events[start : start + limit]
        more = {"end": str(start + limit)} if start + limit < len(events) else {}
        return {"chunk": chunk, "start": str(start)} | more

    def memberships(self, user: str) -> list[str]:
        return [room_id for room_id, room in self.rooms.items() if room.membership(user) == "join"]

    def inside(self, room_id: str) -> dict[str, str]:
        """Everybody who is in, invited or knocking."""
        room = self.rooms[room_id]
        people = {key: room.membership(key) for kind, key in room.state if kind == "m.room.member"}
        return {user: membership for user, membership in people.items() if membership in INSIDE}

    def _is_joined(self, user: str, room_id: str) -> bool:
        return room_id in self.rooms and self.rooms[room_id].membership(user) == "join"

    def _record(self, event: Event) -> str:
        event["event_id"] = f"$event{next(self._numbers):038d}"
        event["origin_server_ts"] = int(self.clock.now().timestamp() * 1000)
        for listener in self.listeners:
            listener(event)
        return str(event["event_id"])
