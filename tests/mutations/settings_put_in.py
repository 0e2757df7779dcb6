"""Leaks that an administrator of the homeserver could open, by its settings or by hand: what somebody outside gets who
should not, and what notices it. ``test_settings_are_noticed.py`` puts them into a real Synapse.

``docs/security.md`` lists them (``tests.support.leaks_page``).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from deploy.localnet.requests import Reply
from deploy.localnet.server import Server
from deploy.localnet.specs import Account
from tests.support.peer import ask_as_server

CLIENT: Final = "/_matrix/client/v3"
TOLD: Final = "m.room.history_visibility"
"""A kind of event that nobody is told who has not come in."""


@dataclass(frozen=True, slots=True)
class Outsiders:
    """``ann`` has a room, ``bea`` shares none with her; both are of ``corp``. ``acme`` is a partner's homeserver."""

    corp: Server
    acme: Server
    ann: Account
    bea: Account

    async def ask(self, method: str, path: str, who: Account | None = None, body: object = None) -> Reply:
        return await self.corp.request(method, path, token=who.access_token if who else None, body=body)

    async def room(self) -> str:
        """A new one of Ann's alone."""
        made = await self.ask("POST", f"{CLIENT}/createRoom", self.ann, {"preset": "private_chat"})
        return str(made.ok("making a room")["room_id"])


Seen: TypeAlias = Callable[[Outsiders], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class OpenSetting:
    """``extra`` is put into homeserver.yaml, ``seen`` tells whether an outsider gets something by it, and ``checks``
    are what ``parvis doctor`` has to find then."""

    name: str
    extra: Mapping[str, Any]
    seen: Seen
    checks: frozenset[str]


async def rooms_told_to_anybody(out: Outsiders) -> bool:
    return (await out.ask("GET", f"{CLIENT}/publicRooms")).status == 200


async def rooms_told_to_servers(out: Outsiders) -> bool:
    return (await ask_as_server(out.acme, out.corp, "/_matrix/federation/v1/publicRooms")).status == 200


async def guest_let_in(out: Outsiders) -> bool:
    return (await out.ask("POST", f"{CLIENT}/register?kind=guest", body={})).status == 200


async def account_offered(out: Outsiders) -> bool:
    return (await out.ask("POST", f"{CLIENT}/register", body={})).status == 401


async def profile_told_to_anybody(out: Outsiders) -> bool:
    return (await out.ask("GET", f"{CLIENT}/profile/{out.ann.user_id}")).status == 200


async def profile_told_to_strangers(out: Outsiders) -> bool:
    return (await out.ask("GET", f"{CLIENT}/profile/{out.ann.user_id}", out.bea)).status == 200


async def profile_told_to_servers(out: Outsiders) -> bool:
    path = f"/_matrix/federation/v1/query/profile?user_id={quote(out.ann.user_id, safe='')}"
    return (await ask_as_server(out.acme, out.corp, path)).status == 200


async def person_found(out: Outsiders) -> bool:
    body = {"search_term": out.ann.user_id}
    found = (await out.ask("POST", f"{CLIENT}/user_directory/search", out.bea, body)).ok("searching")
    return out.ann.user_id in str(found["results"])


async def room_published(out: Outsiders) -> bool:
    path = f"{CLIENT}/directory/list/room/{quote(await out.room(), safe='')}"
    await out.ask("PUT", path, out.ann, {"visibility": "public"})
    return bool((await out.ask("GET", path)).content.get("visibility") == "public")


async def file_told_to_anybody(out: Outsiders) -> bool:
    made = (await out.ask("POST", "/_matrix/media/v3/upload", out.ann, {"a": "file"})).ok("uploading")
    path = made["content_uri"].removeprefix("mxc://")
    return (await out.ask("GET", f"/_matrix/media/v3/download/{path}")).status == 200


async def state_told_to_invited(out: Outsiders) -> bool:
    room_id = await out.room()
    body = {"user_id": out.bea.user_id}
    (await out.ask("POST", f"{CLIENT}/rooms/{quote(room_id, safe='')}/invite", out.ann, body)).ok("inviting")
    synced = (await out.ask("GET", f"{CLIENT}/sync", out.bea)).ok("syncing")
    return TOLD in str(synced["rooms"]["invite"][room_id])


def _open(name: str, extra: Mapping[str, Any], seen: Seen, *further: str) -> OpenSetting:
    paths = (f"{key}.{next(iter(value))}" if isinstance(value, Mapping) else key for key, value in extra.items())
    return OpenSetting(name, extra, seen, frozenset({*paths, *further}))


SETTINGS: Final = (
    _open("anybody reads the room directory", {"allow_public_rooms_without_auth": True}, rooms_told_to_anybody,
          "running.rooms"),
    _open("other homeservers read the room directory", {"allow_public_rooms_over_federation": True},
          rooms_told_to_servers),
    _open("guests come in", {"allow_guest_access": True}, guest_let_in),
    _open("people make accounts for themselves",
          {"enable_registration": True, "enable_registration_without_verification": True}, account_offered,
          "running.account"),
    _open("anybody reads profiles", {"require_auth_for_profile_requests": False}, profile_told_to_anybody,
          "running.profile"),
    _open("people read profiles of whom they share no room with",
          {"limit_profile_requests_to_users_who_share_rooms": False}, profile_told_to_strangers),
    _open("other homeservers read profiles", {"allow_profile_lookup_over_federation": True}, profile_told_to_servers),
    _open("everybody finds everybody", {"user_directory": {"search_all_users": True}}, person_found),
    _open("everybody publishes rooms", {"room_list_publication_rules": [{"action": "allow"}]}, room_published),
    _open("files are handed out without an account", {"enable_authenticated_media": False}, file_told_to_anybody),
    _open("who is invited reads more of the room", {"room_prejoin_state": {"additional_event_types": [TOLD]}},
          state_told_to_invited),
)  # fmt: skip
CLOSED: Final[Mapping[str, Any]] = {"allow_profile_lookup_over_federation": False, "push": {"include_content": False}}
"""What ``docs/homeserver.md`` says beyond what the little network's servers have anyway."""

BY_HAND: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "a hidden room is opened to knocking by hand": ("m.room.join_rules", {"join_rule": "knock"}),
    "a hidden room is opened to everybody by hand": ("m.room.join_rules", {"join_rule": "public"}),
    "a hidden room is made readable to the world by hand": (TOLD, {"history_visibility": "world_readable"}),
    "a hidden room lets guests in by hand": ("m.room.guest_access", {"guest_access": "can_join"}),
    "a hidden room gets its topic by hand": ("m.room.topic", {"topic": "The merger"}),
    "a hidden room gets its name by hand": ("m.room.name", {"name": "The merger"}),
}  # fmt: skip
"""State that is put into a hidden room; ``parvis plan`` has to find it and ``parvis apply`` to put it right."""
