"""What the secrecy check makes on the homeserver beside the hidden group, and takes away again: a room that everybody
may enter who knows its address, files that say nothing, and an account that belongs to nothing. For ``probing.py``.

Both are found again by their names alone, so that a crash at any moment leaves nothing that the next run cannot remove.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from bridge.adapters.matrix.calls import Caller
from bridge.adapters.matrix.media import MatrixMedia
from bridge.domain.errors import HomeserverError
from bridge.domain.media import media_of
from bridge.ports.probes import OpenRoom, Traces

CLIENT: Final = "/_matrix/client/v3"
ADMIN: Final = "/_synapse/admin"
MEMBER: Final = "m.room.member"
ABSENT: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST})
"""What the homeserver answers about a room or an account that is gone already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """``me`` speaks as the bridge's bot, ``bot``; ``admin``, where there is one, as an administrator of ``server``."""

    me: Caller
    bot: str
    server: str
    media: MatrixMedia
    admin: Caller | None = None

    async def reserve(self) -> str:
        """The id of a file to come; empty where nobody could delete it. Raises ``HomeserverError``."""
        return media_of(await self.media.reserve())[1] if self.media.deletes else ""

    async def fill(self, media: str, text: str) -> None:
        """Put ``text`` where it was reserved. Raises ``HomeserverError``."""
        await self.media.fill(self._uri(media), text.encode(), mimetype="text/plain", name="secrecy.txt")

    def _uri(self, media: str) -> str:
        return f"mxc://{self.server}/{media}"

    async def make_account(self, localpart: str) -> str:
        """An account and its token; empty where nobody may make one. Raises ``HomeserverError``."""
        if self.admin is None:
            return ""
        user = f"@{localpart}:{self.server}"
        # Without a password nobody logs in by themselves.
        await self.admin.call("make account", "PUT", _path(ADMIN, "v2", "users", user), {"displayname": localpart},
                              repeatable=True)  # fmt: skip
        unlimited = {"messages_per_second": 0, "burst_count": 0}  # lines are typed often, to see how long answers take
        limit = _path(ADMIN, "v1", "users", user, "override_ratelimit")
        await self.admin.call("lift limits", "POST", limit, unlimited, repeatable=True)
        made = await self.admin.call("log in", "POST", _path(ADMIN, "v1", "users", user, "login"), {}, repeatable=True)
        return str(made["access_token"])

    async def open_room(self, alias: str, name: str, media: str) -> OpenRoom:
        """The room that everybody may enter. It stands in no list by itself, so that nobody comes by chance."""
        created = await self.me.call(
            "create room",
            "POST",
            f"{CLIENT}/createRoom",
            {
                "name": name,
                "preset": "public_chat",
                "visibility": "private",
                "room_alias_name": alias,
                "initial_state": [
                    {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "forbidden"}}
                ],
            },
        )
        room_id = str(created["room_id"])
        event_id = await self.speak(room_id, name)
        return OpenRoom(room_id=room_id, alias=f"#{alias}:{self.server}", name=name, event_id=event_id, media=media)

    async def speak(self, room_id: str, text: str) -> str:
        """A message of the bot, of which people are notified as of a notice they are not; gives the event's id."""
        once = sha256(f"{room_id}{text}".encode()).hexdigest()  # paths stand in logs, and a name must not
        path = _path(CLIENT, "rooms", room_id, "send", "m.room.message", once)
        sent = await self.me.call("send", "PUT", path, {"msgtype": "m.text", "body": text}, repeatable=True)
        return str(sent["event_id"])

    async def list_room(self, room_id: str, visibility: str) -> bool:
        """Into the room directory, or out of it; whether that was allowed. Raises ``HomeserverError``."""
        path = _path(CLIENT, "directory", "list", "room", room_id)
        return await self._unless_absent(self.me, "PUT", path, {"visibility": visibility}) is not None

    async def appear(self) -> None:
        """The bot is online until its homeserver finds that no client of its asks for news. Raises
        ``HomeserverError``."""
        path = _path(CLIENT, "presence", self.bot, "status")
        await self._unless_absent(self.me, "PUT", path, {"presence": "online"})

    async def tidy(self, traces: Traces) -> None:
        """Nobody is in the room any more and no address leads to it; the account is closed. Repeatable."""
        alias, account = traces.alias, traces.account
        name = f"#{alias}:{self.server}"
        if found := await self._unless_absent(self.me, "GET", _path(CLIENT, "directory", "room", name)):
            await self._leave(str(found["room_id"]))
            await self._unless_absent(self.me, "DELETE", _path(CLIENT, "directory", "room", name))
        for media in filter(None, (traces.open_file, traces.hidden_file)):
            await self.media.delete(self._uri(media))
        if self.admin is not None:
            await self._close(self.admin, f"@{account}:{self.server}")

    async def _close(self, admin: Caller, user: str) -> None:
        """Before the account is gone the bot leaves its conversation with it, in which it would stay alone."""
        found = await self._unless_absent(admin, "GET", _path(ADMIN, "v1", "users", user, "joined_rooms")) or {}
        for room_id in found.get("joined_rooms", ()):
            await self._unless_absent(self.me, "POST", _path(CLIENT, "rooms", str(room_id), "leave"), {})
        await self._unless_absent(admin, "POST", _path(ADMIN, "v1", "deactivate", user), {"erase": True})

    async def _leave(self, room_id: str) -> None:
        """The others first: who is gone has no power to remove them. The address goes last of all, because by it
        the room is found again."""
        state = await self._unless_absent(self.me, "GET", _path(CLIENT, "rooms", room_id, "state")) or ()
        for user in _present(state):
            if user != self.bot:
                kick = {"user_id": user}
                await self._unless_absent(self.me, "POST", _path(CLIENT, "rooms", room_id, "kick"), kick)
        if state:
            await self.list_room(room_id, "private")
            closed = _path(CLIENT, "rooms", room_id, "state", "m.room.join_rules")
            await self._unless_absent(self.me, "PUT", closed, {"join_rule": "invite"})
        await self._unless_absent(self.me, "POST", _path(CLIENT, "rooms", room_id, "leave"), {})

    async def _unless_absent(self, caller: Caller, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer; None about what is gone."""
        try:
            return await caller.call("tidy", method, path, body, repeatable=True)
        except HomeserverError as error:
            if error.status not in ABSENT:
                raise
            return None


def _present(state: Iterable[dict[str, Any]]) -> list[str]:
    return [
        str(event["state_key"])
        for event in state
        if event["type"] == MEMBER and event["content"].get("membership") in ("join", "invite")
    ]


def _path(*parts: str) -> str:
    """The first part as it is, the others quoted."""
    first, *rest = parts
    return "/".join((first, *(quote(part, safe="") for part in rest)))
