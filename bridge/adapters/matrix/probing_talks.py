"""Conversations in which probes type lines to bots and read what they answer. For ``probing.py``.

Each account keeps one with each, and notes in its own account data which: runs leave no trail of rooms, whenever they
end.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from bridge.domain.secrecy import Seen
from bridge.ports.clock import Clock

CLIENT: Final = "/_matrix/client/v3"
NOTE: Final = "io.parvis.secrecy"
REPLY: Final = "io.parvis.reply"
PATIENCE: Final = 30.0
"""Seconds in which the bot comes, or answers."""
LONG: Final = 5000
SHORT: Final = 250
"""Milliseconds for which a homeserver may wait for news: for the first page of a reply, and for further ones."""
OF_THE_QUESTION: Final = frozenset({"m.relates_to", "io.parvis.claim"})
"""What of a reply says only to which message it belongs."""

Ask: TypeAlias = Callable[[str, str, Any], Awaitable[tuple[int, dict[str, Any]]]]
"""Method, path and body, as the account; HTTP's status and the answer."""


@dataclass(slots=True, kw_only=True)
class Talk:
    """``user`` talks with the ``bot``, which questions call ``name``; ``ask`` sends requests as them, ``word`` makes
    names of messages.

    One line is said at a time. A bot that left the first one without a reply is not waited for again, so that a check
    of a bridge that does not run ends soon.
    """

    ask: Ask
    user: str
    name: str
    bot: str
    clock: Clock
    word: Callable[[], str]
    _room: str = field(default="", init=False)
    _since: str = field(default="", init=False)
    _heard: bool | None = field(default=None, init=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def say(self, line: str) -> Seen:
        """All that the bot replies to a line; a status of 0 where it does not."""
        async with self._turn:
            if not await self._listens():
                return Seen()
            status, sent = await self._send(line)
            if status != 200:
                return Seen(status=status, errcode=str(sent.get("errcode", "")))
            replies = await self._replies(str(sent["event_id"]))
        if not replies:
            return Seen()
        own = [{key: value for key, value in one.items() if key not in OF_THE_QUESTION} for one in replies]
        return Seen(
            status=200,
            errcode=str(replies[0][REPLY].get("status", "")),
            text=json.dumps(own, sort_keys=True, ensure_ascii=False),
        )

    async def time(self, line: str) -> float | None:
        """Seconds from where the homeserver has the line to where the first page of the reply is there."""
        async with self._turn:
            if not await self._listens():
                return None
            status, sent = await self._send(line)
            begin = self.clock.monotonic()
            if status != 200 or not await self._pages(str(sent["event_id"]), begin + PATIENCE):
                return None
            return self.clock.monotonic() - begin

    async def _listens(self) -> bool:
        """Whether there is a bot to talk with, as far as is known."""
        if self._heard is None and not self._room and not await self._open():
            self._heard = False
        return self._heard is not False

    async def _send(self, line: str) -> tuple[int, dict[str, Any]]:
        """Only what is said after it is read."""
        if not self._since:
            await self._news(0)
        path = f"{CLIENT}/rooms/{quote(self._room, safe='')}/send/m.room.message/{self.word()}"
        return await self.ask("PUT", path, {"msgtype": "m.text", "body": line})

    async def _open(self) -> bool:
        """The conversation of an earlier run, or a new one in which the bot has arrived."""
        kind = f"{NOTE}.{self.name}" if self.name else NOTE
        note = f"{CLIENT}/user/{quote(self.user, safe='')}/account_data/{kind}"
        _, kept = await self.ask("GET", note, None)
        if (room := kept.get("room")) and await self._is_in(str(room), seconds=0):
            self._room = str(room)
            return True
        body = {"preset": "private_chat", "is_direct": True, "invite": [self.bot]}
        _, made = await self.ask("POST", f"{CLIENT}/createRoom", body)
        room = str(made.get("room_id", ""))
        if not room:
            return False
        await self.ask("PUT", note, {"room": room})
        if await self._is_in(room, seconds=PATIENCE):
            self._room = room
        return bool(self._room)

    async def _is_in(self, room: str, *, seconds: float) -> bool:
        end = self.clock.monotonic() + seconds
        path = f"{CLIENT}/rooms/{quote(room, safe='')}/joined_members"
        while True:
            _, found = await self.ask("GET", path, None)
            if self.bot in found.get("joined", {}):
                return True
            if self.clock.monotonic() >= end:
                return False
            await self.clock.sleep(0.2)

    async def _replies(self, asked: str) -> list[dict[str, Any]]:
        """The contents of what refers to the event ``asked``: long replies come in pages, one after the other."""
        found = await self._pages(asked, self.clock.monotonic() + PATIENCE)
        while found and (pages := list(_referring(await self._news(SHORT), asked))):
            found += pages
        return found

    async def _pages(self, asked: str, end: float) -> list[dict[str, Any]]:
        """The first of them; none where none comes until the ``end``."""
        while self.clock.monotonic() < end:
            if pages := list(_referring(await self._news(LONG), asked)):
                self._heard = True
                return pages
        self._heard = bool(self._heard)
        return []

    async def _news(self, wait: int) -> Iterable[Mapping[str, Any]]:
        """What was said in the room since the last time."""
        _, news = await self.ask("GET", self._sync(self._since, wait), None)
        self._since = str(news.get("next_batch", self._since))
        room = news.get("rooms", {}).get("join", {}).get(self._room, {})
        events: Iterable[Mapping[str, Any]] = room.get("timeline", {}).get("events", ())
        return events

    def _sync(self, since: str, wait: int) -> str:
        only = quote(f'{{"room":{{"rooms":["{self._room}"]}},"presence":{{"types":[]}}}}', safe="")
        after = f"&since={quote(since, safe='')}" if since else ""
        return f"{CLIENT}/sync?set_presence=offline&timeout={wait}&filter={only}{after}"


def _referring(events: Iterable[Mapping[str, Any]], asked: str) -> Iterator[dict[str, Any]]:
    for event in events:
        content = event.get("content", {})
        relation = content.get("m.relates_to", {})
        if REPLY in content and relation.get("m.in_reply_to", {}).get("event_id") == asked:
            yield content
