"""A stream of messages from several people at once, in several rooms, and what became of each: for the crash tests."""

import asyncio
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import aiohttp

from bots.kit.envelope import REPLY
from bridge.adapters.matrix.messenger import CLAIM
from deploy.demo.people import Person
from tests.support.company import Company

COMMANDS: Final = ("!group list", "!groups", "!help", "!group show sales", "!language")
PAGE: Final = 500


@dataclass(kw_only=True)
class Stream:
    """``size`` messages, of which one in ``every`` is a command; nobody gets ahead of what ``allow`` said."""

    company: Company
    rooms: Sequence[str]
    talks: Mapping[str, str]
    """Each person's conversation with the bot, by name."""
    size: int
    every: int
    label: str
    """Keeps this stream's transaction ids apart from those of others."""
    chance: random.Random
    commands: set[str] = field(default_factory=set)
    """Event ids."""
    _allowed: int = 0
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def allow(self, number: int) -> None:
        """From now on this many messages may be sent."""
        self._allowed = number
        self._more.set()
        self._more = asyncio.Event()

    async def flow(self) -> None:
        """Send everything; everybody in turn with themselves, all people side by side."""
        numbers = iter(range(self.size))
        async with asyncio.TaskGroup() as tasks:
            for name in self.talks:
                tasks.create_task(self._speak(self.company.people[name], numbers))

    async def _speak(self, person: Person, numbers: Iterator[int]) -> None:
        headers = {"Authorization": f"Bearer {person.account.access_token}"}
        async with aiohttp.ClientSession(person.server.client_url, headers=headers) as session:
            for number in numbers:
                while number >= self._allowed:
                    await self._more.wait()
                command = number % self.every == 0
                text = self.chance.choice(COMMANDS) if command else f"message {number}"
                alone = command and self.chance.random() < 0.5
                room_id = self.talks[person.name] if alone else self.chance.choice(self.rooms)
                event_id = await self._send(session, room_id, number, text)
                if command:
                    self.commands.add(event_id)

    async def _send(self, session: aiohttp.ClientSession, room_id: str, number: int, text: str) -> str:
        """Until the homeserver has taken it, as clients do."""
        path = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/send/m.room.message/{self.label}{number}"
        while True:
            try:
                async with session.put(path, json={"msgtype": "m.text", "body": text}) as answer:
                    if answer.status == 200:
                        return str((await answer.json())["event_id"])
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What stands in the rooms at the end."""

    events: frozenset[str]
    """Everything that people said."""
    commands: frozenset[str]
    """Commands among them; more than were meant, where one arrived twice."""
    replies: Counter[str]
    """By the event that is answered."""
    claims: Counter[str]


async def found_in(company: Company, rooms: Sequence[str]) -> Found:
    """Read every room to its beginning."""
    events: set[str] = set()
    commands: set[str] = set()
    replies: Counter[str] = Counter()
    claims: Counter[str] = Counter()
    for event in itertools.chain(*[await _messages(company, room_id) for room_id in rooms]):
        content = event["content"]
        if event["sender"] != company.bot:
            events.add(event["event_id"])
            if content["body"] in COMMANDS:
                commands.add(event["event_id"])
            continue
        claims[content[CLAIM]] += 1
        if REPLY in content:
            replies[content["m.relates_to"]["m.in_reply_to"]["event_id"]] += 1
    return Found(events=frozenset(events), commands=frozenset(commands), replies=replies, claims=claims)


async def _messages(company: Company, room_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    wanted = quote(json.dumps({"types": ["m.room.message"]}))
    path = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/messages?dir=b&limit={PAGE}&filter={wanted}"
    page = await company.as_bot("GET", path)
    while page["chunk"] or page.get("end"):
        found += page["chunk"]
        if not page.get("end"):
            break
        page = await company.as_bot("GET", f"{path}&from={page['end']}")
    return found
