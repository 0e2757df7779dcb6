"""Typing at the administrators' bot, each person alone with it, over a household."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bots.admin.bot import AdminBot
from bots.kit.commands import Command
from bots.kit.envelope import REPLY
from bridge.domain.directory import Directory
from bridge.domain.events import Event
from tests.bots.kit.conversation import said, tap
from tests.fakes.messenger import FakeMessenger
from tests.services.household import Household, household
from tests.services.talking import bot_api
from tests.world import BOT, user

ADMIN = "ines"


@dataclass
class Asking:
    """The bot, and what people say to it."""

    house: Household
    bot: AdminBot
    messenger: FakeMessenger
    asked: int = 0

    @classmethod
    async def of(cls, source: Directory, *, settled: bool = False) -> "Asking":
        """Over this company, with ``ADMIN`` as its administrator; ``settled``: its rooms are made."""
        house, messenger = household(source, admins=frozenset({user(ADMIN)})), FakeMessenger(BOT)
        house.world = await house.reconciler.look(keep=True)
        for _ in range(2 if settled else 0):
            await house.settle()
        return cls(house, AdminBot(bot_api(house, messenger), {}), messenger)

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every command of the bot."""
        return self.bot.commands

    async def ask(self, line: str, *, by: str = ADMIN, language: str = "en", room: str = "") -> Mapping[str, Any]:
        """The last thing that the bot says to a line; nothing, when it is silent."""
        return await self.hear(said(line, sender=user(by), room=room), language=language)

    async def hear(self, event: Event, *, language: str = "en") -> Mapping[str, Any]:
        """What it says to this event, under an id of its own, in a conversation of two unless it has a room."""
        self.asked += 1
        await self.house.society.choose_language(event.sender, language)
        place = event.room_id or self.messenger.room(f"!{event.sender[1:].partition(':')[0]}", event.sender)
        return await self._heard(replace(event, id=f"$asked{self.asked}", room_id=place))

    async def tap(self, emoji: str, *, by: str = ADMIN, room: str = "") -> Mapping[str, Any]:
        """What it says to a reaction to what it said last."""
        self.asked += 1
        last = list(self.messenger.events)[-1]
        return await self._heard(
            tap(emoji, last, room=room or f"!{by}", sender=user(by), event_id=f"$asked{self.asked}")
        )

    async def _heard(self, event: Event) -> Mapping[str, Any]:
        before = len(self.messenger.sent)
        event = replace(event, sent_at=self.house.clock.now())
        if self.bot.wants(event):
            await self.bot.handle(event)
        said = [content for _, content in self.messenger.sent[before:]]
        while len(said) > 1 and REPLY not in said[-1]:
            said.pop()  # a file below the reply
        return said[-1] if said else {}


def body(reply: Mapping[str, Any]) -> str:
    return str(reply["body"])


def status(reply: Mapping[str, Any]) -> str:
    return str(reply["io.parvis.reply"]["status"])
