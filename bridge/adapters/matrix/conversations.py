"""The conversations port over the client-server API: single messages with the state of their room at them.

Made by wiring, over the homeserver's own requests.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from bridge.adapters.matrix.reading import MEMBER, membership_in
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.rooms import OPEN_HISTORY, Content, Membership
from bridge.ports.conversations import Coming, Opening
from bridge.ports.homeserver import Homeserver

HISTORY: Final = "m.room.history_visibility"
MESSAGE: Final = "m.room.message"
SHARED: Final = "shared"
"""What counts where a room says nothing (specification)."""
PAGE: Final = 100
PAGES: Final = 5
"""So many times a room is asked for more; whoever came before is not told as new."""
SPARSE: Final = json.dumps({"lazy_load_members": True}, separators=(",", ":"))
"""Leaves out who is in the room, which in a large one is nearly all of its state."""


class MatrixConversations:
    """``bridge.ports.conversations.Conversations``."""

    def __init__(self, homeserver: Homeserver) -> None:
        self._homeserver = homeserver

    async def opening(self, room_id: str, event_id: str) -> Opening | None:
        found = await self._context(room_id, event_id, {"filter": SPARSE})
        if found is None or _is_gone(found["event"]):
            return None
        event, state = found["event"], found["state"]
        history = next((_history(one) for one in state if one["type"] == HISTORY), SHARED)
        there: dict[str, Membership] | None = None
        if history not in OPEN_HISTORY:
            whole = await self._context(room_id, event_id, {})
            if whole is None:
                return None
            members = (one for one in whole["state"] if one["type"] == MEMBER)
            there = {one["state_key"]: membership_in(one["content"]) for one in members}
        return Opening(
            room=room_id,
            event=event_id,
            sender=event["sender"],
            said=_said(event) if event["type"] == MESSAGE else {},
            history=history,
            there=there,
        )

    async def comings(self, room_id: str, *, since: datetime, most: int) -> Sequence[Coming]:
        found: list[Coming] = []
        start: str | None = ""
        for _ in range(PAGES):
            query = {"dir": "b", "limit": str(PAGE), "filter": json.dumps({"types": [MEMBER]}, separators=(",", ":"))}
            page = await self._homeserver.request(
                "GET", f"{_room(room_id)}/messages?{urlencode(query | ({'from': start} if start else {}))}"
            )
            events = page["chunk"]
            found += [coming for event in events if (coming := _coming(event)) and coming.at >= since]
            start = page.get("end")
            if not start or len(found) >= most or any(_time(event) < since for event in events):
                break
        return found[:most]

    async def named(self, room_id: str, user: str) -> str:
        try:
            place = f"{_room(room_id)}/state/{MEMBER}/{quote(user, safe='')}"
            member = await self._homeserver.request("GET", place)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            return ""
        name = member.get("displayname")
        return name if isinstance(name, str) else ""

    async def made(self, room_id: str) -> datetime | None:
        try:
            event = await self._homeserver.request("GET", f"{_room(room_id)}/state/m.room.create/?format=event")
        except HomeserverError as error:
            if error.kind is ErrorKind.REFUSED:
                return None
            raise
        return _time(event)

    async def _context(self, room_id: str, event_id: str, more: dict[str, str]) -> Any:
        """A message with the state of the room at it; None when the homeserver has none, or none for us any more."""
        query = urlencode({"limit": "0", **more})
        try:
            return await self._homeserver.request("GET", f"{_room(room_id)}/context/{quote(event_id, safe='')}?{query}")
        except HomeserverError as error:
            if error.kind is ErrorKind.REFUSED:
                return None
            raise


def _room(room_id: str) -> str:
    return f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}"


def _is_gone(event: Any) -> bool:
    """Taken back: the homeserver keeps the place and throws away what was said."""
    return not event["content"] or "redacted_because" in event.get("unsigned", {})


def _said(event: Any) -> Content:
    """As it was edited last, which the homeserver gives beside it (specification, aggregated replacements)."""
    edit = event.get("unsigned", {}).get("m.relations", {}).get("m.replace", {}).get("content", {})
    new = edit.get("m.new_content")
    return new if isinstance(new, dict) else event["content"]


def _history(event: Any) -> str:
    return str(event["content"].get("history_visibility", SHARED))


def _time(event: Any) -> datetime:
    return datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC)


def _coming(event: Any) -> Coming | None:
    """Who came in by this event; to change one's name or picture is none."""
    before = event.get("unsigned", {}).get("prev_content") or {}
    joined = membership_in(event["content"]) is Membership.JOIN and membership_in(before) is not Membership.JOIN
    return Coming(event["state_key"], _time(event)) if joined else None
