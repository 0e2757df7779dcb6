"""A person at a client who asks and waits: from the sending of a message until their sync shows the reply."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, TypeVar
from urllib.parse import quote

import aiohttp

T = TypeVar("T")

V3: Final = "/_matrix/client/v3"
PATIENCE: Final = 60.0
LONG_POLL: Final = 30_000
NO_MORE: Final[dict[str, Any]] = {"not_types": ["*"]}
FILTER: Final = json.dumps(
    {"presence": NO_MORE, "account_data": NO_MORE, "room": {"ephemeral": NO_MORE, "account_data": NO_MORE}}
)


@dataclass
class Asker:
    """Follow with ``follow``, a task of its own, before asking anything."""

    session: aiohttp.ClientSession
    address: str
    token: str
    joined: set[tuple[str, str]] = field(default_factory=set)
    """Room and user of every join that was seen."""
    replies: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    """When the first reply to an event was seen, and its content."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: Any = field(default_factory=count)

    async def follow(self) -> None:
        """Sync until cancelled."""
        since = ""
        while True:
            query = {"filter": FILTER, "timeout": str(LONG_POLL if since else 0)} | ({"since": since} if since else {})
            synced = await self._call("GET", f"{V3}/sync", query=query)
            now, since = time.perf_counter(), synced["next_batch"]
            for room_id, room in synced.get("rooms", {}).get("join", {}).items():
                for event in (*room.get("state", {}).get("events", ()), *room["timeline"]["events"]):
                    self._take(room_id, event, now)
            news, self._news = self._news, asyncio.Event()
            news.set()

    async def conversation(self, bot: str) -> str:
        """A new room with the bot in it."""
        wanted = {"is_direct": True, "invite": [bot], "preset": "private_chat"}
        made = await self._call("POST", f"{V3}/createRoom", wanted)
        room_id: str = made["room_id"]
        await self._until(lambda: (room_id, bot) in self.joined)
        return room_id

    async def ask(self, room_id: str, line: str) -> tuple[float, dict[str, Any]]:
        """Seconds until the reply is seen, and its content."""
        path = f"{V3}/rooms/{quote(room_id)}/send/m.room.message/{next(self._numbers)}"
        start = time.perf_counter()
        asked = (await self._call("PUT", path, {"msgtype": "m.text", "body": line}))["event_id"]
        seen, content = await self._until(lambda: self.replies.get(asked))
        return seen - start, content

    def _take(self, room_id: str, event: dict[str, Any], now: float) -> None:
        content = event["content"]
        if event["type"] == "m.room.member" and content.get("membership") == "join":
            self.joined.add((room_id, event["state_key"]))
        elif replied := content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id"):
            self.replies.setdefault(replied, (now, content))

    async def _until(self, found: Callable[[], T | None]) -> T:
        async with asyncio.timeout(PATIENCE):
            while not (value := found()):
                await self._news.wait()
            return value

    async def _call(self, method: str, path: str, body: Any = None, query: dict[str, str] | None = None) -> Any:
        url, headers = self.address + path, {"Authorization": f"Bearer {self.token}"}
        async with self.session.request(method, url, json=body, params=query, headers=headers) as answer:
            content = await answer.json()
            if answer.status != 200:
                raise SystemExit(f"{method} {path}: {answer.status} {content}")
            return content
