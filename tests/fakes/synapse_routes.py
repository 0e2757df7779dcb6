"""Which request of the client-server API means what to the Synapse of tests/fakes/synapse.py."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bridge.adapters.matrix.calls import Request
from tests.fakes import synapse_media, synapse_profiles
from tests.fakes.synapse_rooms import No, forbidden

if TYPE_CHECKING:
    from tests.fakes.synapse import FakeSynapse


def _state_event(server: "FakeSynapse", user: str, request: Request, room_id: str, kind: str, key: str) -> Any:
    found = [event for event in server.state_of(user, room_id) if (event["type"], event["state_key"]) == (kind, key)]
    if not found:
        raise No(404, "M_NOT_FOUND", "Event not found.")
    return found[0] if request.query.get("format") == "event" else found[0]["content"]


def _resolve(server: "FakeSynapse", _user: str, _request: Request, alias: str) -> Any:
    if alias.partition(":")[2] in server.silent_servers:
        raise No(502, "M_UNKNOWN", "Failed to fetch alias")
    if alias not in server.aliases:
        raise No(404, "M_NOT_FOUND", f"Room alias {alias} not found")
    return {"room_id": server.aliases[alias][0], "servers": [server.server_name]}


def _visibility(server: "FakeSynapse", _user: str, _request: Request, room_id: str) -> Any:
    server.room(room_id)
    return {"visibility": "public" if room_id in server.published else "private"}


def _aliases(server: "FakeSynapse", user: str, _: Request, room_id: str) -> Any:
    server.state_of(user, room_id)
    return {"aliases": [alias for alias, (target, _) in server.aliases.items() if target == room_id]}


def _profile(server: "FakeSynapse", _user: str, _request: Request, who: str, _field: str = "") -> Any:
    if who not in server.names:
        raise forbidden("Profile isn't available")
    return {"displayname": server.names[who]}


def _join(server: "FakeSynapse", user: str, _: Request, room_id: str) -> Any:
    server.room(room_id).join(user)
    return {"room_id": room_id}


def _admin(server: "FakeSynapse", user: str, _: Request, who: str) -> Any:
    if user not in server.admins:
        raise forbidden("You are not a server admin")
    return {"admin": who in server.admins}


def _register(server: "FakeSynapse", _user: str, request: Request) -> Any:
    who = f"@{request.content['username']}:{server.server_name}"
    if who in server.names:
        raise No(400, "M_USER_IN_USE", "User ID already taken.")
    server.names[who] = str(request.content["username"])
    return {"user_id": who}


def _state(server: "FakeSynapse", user: str, _: Request, room_id: str) -> Any:
    return server.state_of(user, room_id)


def _write(server: "FakeSynapse", user: str, request: Request, room_id: str, kind: str, key: str) -> Any:
    if kind == "m.room.member" and request.content.get("membership") == "invite":
        server.invite(user, room_id, key, request.content.get("reason"))
        return {"event_id": server.room(room_id).state[kind, key]["event_id"]}
    main = request.content.get("alias") if kind == "m.room.canonical_alias" else None
    if main and server.aliases.get(main, ("", ""))[0] != room_id:
        raise No(400, "M_BAD_ALIAS", f"Room alias {main} does not point to the room")
    return {"event_id": server.room(room_id).write(user, kind, key, request.content)}


def _send(server: "FakeSynapse", user: str, request: Request, room_id: str, kind: str, transaction: str) -> Any:
    return {"event_id": server.send(user, room_id, kind, transaction, request.content)}


def _redact(server: "FakeSynapse", user: str, request: Request, room_id: str, event_id: str, transaction: str) -> Any:
    content = {**request.content, "redacts": event_id}
    return {"event_id": server.send(user, room_id, "m.room.redaction", transaction, content)}


def _messages(server: "FakeSynapse", user: str, request: Request, room_id: str) -> Any:
    return server.messages(user, room_id, request.query)


def _event(server: "FakeSynapse", user: str, _: Request, room_id: str, event_id: str) -> Any:
    """With what became of it, as Synapse bundles that."""
    timeline = server.room(room_id).timeline if server.state_of(user, room_id) else []
    found = next((event for event in timeline if event["event_id"] == event_id), None)
    if found is None:
        raise No(404, "M_NOT_FOUND", "Event not found.")
    unsigned: dict[str, Any] = {}
    for later in timeline:
        relation = later["content"].get("m.relates_to", {})
        if later["content"].get("redacts") == event_id:
            unsigned["redacted_because"] = later
        if (relation.get("rel_type"), relation.get("event_id")) == ("m.replace", event_id):
            unsigned["m.relations"] = {"m.replace": later}
    return {**found, "unsigned": unsigned}


def _context(server: "FakeSynapse", user: str, request: Request, room_id: str, event_id: str) -> Any:
    """The event and the state at it; with ``lazy_load_members`` of memberships the sender's alone."""
    event = _event(server, user, request, room_id, event_id)
    timeline = server.room(room_id).timeline
    place = next(place for place, one in enumerate(timeline) if one["event_id"] == event_id)
    state = {(one["type"], one["state_key"]): one for one in timeline[: place + 1] if "state_key" in one}
    sparse = json.loads(request.query.get("filter", "{}")).get("lazy_load_members")
    kept = [one for one in state.values() if not sparse or one["type"] != "m.room.member"
            or one["state_key"] == event["sender"]]  # fmt: skip
    return {"event": event, "state": kept, "events_before": [], "events_after": []}


def _invite(server: "FakeSynapse", user: str, request: Request, room_id: str) -> Any:
    server.invite(user, room_id, request.content["user_id"], request.content.get("reason"))
    return {}


def _kick(server: "FakeSynapse", user: str, request: Request, room_id: str) -> Any:
    server.room(room_id).kick(user, request.content["user_id"], request.content.get("reason"))
    return {}


def _leave(server: "FakeSynapse", user: str, _: Request, room_id: str) -> Any:
    server.room(room_id).leave(user)
    return {}


def _set_alias(server: "FakeSynapse", user: str, request: Request, alias: str) -> Any:
    server.set_alias(user, alias, request.content["room_id"])
    return {}


def _remove_alias(server: "FakeSynapse", user: str, _request: Request, alias: str) -> Any:
    server.remove_alias(user, alias)
    return {}


def _publish(server: "FakeSynapse", user: str, request: Request, room_id: str) -> Any:
    server.publish(user, room_id, request.content["visibility"])
    return {}


def _rename(server: "FakeSynapse", _user: str, request: Request, who: str) -> Any:
    server.names[who] = request.content["displayname"]
    return {}


def _force_join(server: "FakeSynapse", user: str, request: Request, room_id: str) -> Any:
    server.force_join(user, room_id, request.content["user_id"])
    return {}


def _whoami(_server: "FakeSynapse", user: str, _: Request) -> Any:
    return {"user_id": user}


def _capabilities(server: "FakeSynapse", _user: str, _request: Request) -> Any:
    return {"capabilities": {"m.room_versions": {"default": server.room_version}}}


def _retention(server: "FakeSynapse", _user: str, _request: Request) -> Any:
    if not server.retains:
        raise No(404, "M_UNRECOGNIZED", "Unrecognized request")
    return {"policies": {}, "limits": {}}


def _create(server: "FakeSynapse", user: str, request: Request) -> Any:
    return {"room_id": server.create(user, request.content)}


def _joined_rooms(server: "FakeSynapse", user: str, _: Request) -> Any:
    return {"joined_rooms": server.memberships(user)}


def _route(method: str, path: str, handle: Callable[..., Any]) -> tuple[str, re.Pattern[str], Callable[..., Any]]:
    return method, re.compile(path.replace("*", "([^/]*)")), handle


def _delete_room(server: "FakeSynapse", user: str, _: Request, room_id: str) -> Any:
    if user not in server.admins:
        raise forbidden("You are not a server admin")
    server.delete(room_id)
    return {"delete_id": f"deleting {room_id}"}


V3 = "_matrix/client/v3"
ROUTES = [
    _route("POST", "_matrix/media/v1/create", synapse_media.reserve),
    _route("PUT", "_matrix/media/v3/upload/*/*", synapse_media.fill),
    _route("GET", "_matrix/client/v1/media/download/*/*", synapse_media.download),
    _route("DELETE", "_synapse/admin/v1/media/*/*", synapse_media.delete),
    _route("GET", f"{V3}/account/whoami", _whoami),
    _route("GET", f"{V3}/capabilities", _capabilities),
    _route("GET", "_matrix/client/unstable/org.matrix.msc1763/retention/configuration", _retention),
    _route("POST", f"{V3}/register", _register),
    _route("POST", f"{V3}/createRoom", _create),
    _route("GET", f"{V3}/joined_rooms", _joined_rooms),
    _route("GET", f"{V3}/rooms/*/state", _state),
    _route("GET", f"{V3}/rooms/*/state/*/*", _state_event),
    _route("PUT", f"{V3}/rooms/*/state/*/*", _write),
    _route("PUT", f"{V3}/rooms/*/send/*/*", _send),
    _route("PUT", f"{V3}/rooms/*/redact/*/*", _redact),
    _route("GET", f"{V3}/rooms/*/messages", _messages),
    _route("GET", f"{V3}/rooms/*/event/*", _event),
    _route("GET", f"{V3}/rooms/*/context/*", _context),
    _route("POST", f"{V3}/rooms/*/invite", _invite),
    _route("POST", f"{V3}/rooms/*/kick", _kick),
    _route("POST", f"{V3}/rooms/*/leave", _leave),
    _route("GET", f"{V3}/rooms/*/aliases", _aliases),
    _route("POST", f"{V3}/join/*", _join),
    _route("GET", f"{V3}/directory/room/*", _resolve),
    _route("PUT", f"{V3}/directory/room/*", _set_alias),
    _route("DELETE", f"{V3}/directory/room/*", _remove_alias),
    _route("GET", f"{V3}/directory/list/room/*", _visibility),
    _route("PUT", f"{V3}/directory/list/room/*", _publish),
    _route("GET", f"{V3}/profile/*", synapse_profiles.whole),
    _route("GET", f"{V3}/profile/*/*", _profile),
    _route("PUT", f"{V3}/profile/*/displayname", _rename),
    _route("PUT", f"{V3}/profile/*/*", synapse_profiles.write),
    _route("DELETE", f"{V3}/profile/*/*", synapse_profiles.remove),
    _route("GET", "_synapse/admin/v1/users/*/admin", _admin),
    _route("POST", "_synapse/admin/v1/join/*", _force_join),
    _route("DELETE", "_synapse/admin/v2/rooms/*", _delete_room),
]
