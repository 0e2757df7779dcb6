"""Administrators with a room of their own, the bot, and a hidden group's room: who breaks the glass, in fakes.

The whole may be killed at any step of the store or the messenger, and started again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bots.admin.bot import AdminBot
from bridge.domain.directory import Directory
from bridge.domain.events import Event
from bridge.domain.rooms import Content
from bridge.ports.store import AuditEntry
from bridge.rules.glass import GlassLimits
from bridge.services.adminroom import AdminRoom
from tests.bots.kit.conversation import said, tap
from tests.fakes.messenger import FakeMessenger
from tests.services.household import Fuse, Household, Killed, household
from tests.services.talking import bot_api
from tests.world import BOT, directory, group, user

ADMINS = "!admins"
HIDDEN = (
    group("quartz")
    .hidden()
    .called("Opération Basalte", "About granite")
    .owners("claire")
    .members("claire", "dora")
    .having(language="en")
)
LIMITS = GlassLimits()
WORDS = ("quartz", "basalte", "granite", "claire", "dora")
"""What nobody may be shown who is no member."""


def company(*, hidden: bool = True) -> Directory:
    return directory(
        group("sales").public().owners("luc").members("luc"),
        *((HIDDEN,) if hidden else ()),
        people=("ines", "omar", "max", "ann"),
    )


class MortalMessenger(FakeMessenger):
    """May be killed before and after every message."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__(BOT)
        self.fuse = fuse

    async def send(self, room_id: str, content: Content, *, claim: str, event_type: str = "m.room.message") -> str:
        self.fuse.step()
        event_id = await super().send(room_id, content, claim=claim, event_type=event_type)
        self.fuse.step()
        return event_id


@dataclass
class Office:
    """Ines, Omar and Max administer the company; each also has a conversation with the bot."""

    house: Household
    messenger: MortalMessenger
    limits: GlassLimits = field(default_factory=GlassLimits)
    happened: int = 0

    @classmethod
    async def of(cls, source: Directory, *, limits: GlassLimits = LIMITS) -> "Office":
        """Its rooms are made."""
        house = household(source, admins=frozenset(map(user, ("ines", "omar", "max"))))
        for _ in range(2):
            await house.settle()
        office = cls(house, MortalMessenger(house.fuse), limits)
        office.messenger.room(ADMINS, *sorted(house.admins))
        for who in ("ines", "omar", "max", "ann"):
            office.messenger.direct[user(who)] = office.messenger.room(f"!{who}", user(who))
        await office.start()
        return office

    async def start(self) -> None:
        """The bridge as a new process."""
        house = self.house
        house.start()
        house.glass = replace(house.glass, limits=self.limits)
        house.world = await house.reconciler.look()
        api = replace(bot_api(house, self.messenger), admin_room=AdminRoom(store=house.store, chosen=ADMINS))
        self.bot = AdminBot(api, {})

    async def once(self, deed: Callable[[], Awaitable[None]]) -> None:
        """Do it; where it is killed, start again and do it again, as the inbox and the rounds would."""
        try:
            await deed()
        except Killed:
            await self.start()
            await deed()

    async def hear(self, event: Event) -> Content:
        """The bot's answer to an event; nothing when it is silent."""
        before = len(self.messenger.sent)
        if self.bot.wants(event):
            await self.bot.handle(event)
        return self.messenger.sent[-1][1] if len(self.messenger.sent) > before else {}

    def line(self, who: str, text: str, *, room: str = "") -> Event:
        self.happened += 1
        event = said(text, room=room or f"!{who}", sender=user(who), event_id=f"$said{self.happened}")
        return replace(event, sent_at=self.house.clock.now())

    def answer(self, who: str, emoji: str = "✅") -> Event:
        """A tap under the last card in the administrators' room."""
        self.happened += 1
        event = tap(emoji, self.card, room=ADMINS, sender=user(who), event_id=f"$tapped{self.happened}")
        return replace(event, sent_at=self.house.clock.now())

    @property
    def card(self) -> str:
        """The event that shows the last request."""
        shown = [event for event, (key, _) in self.house.store.data.pending_events.items() if key.startswith("glass:")]
        return shown[-1]

    async def tell(self, who: str, text: str, *, room: str = "") -> str:
        """What somebody is answered, alone with the bot unless it is in ``room``."""
        return str((await self.hear(self.line(who, text, room=room))).get("body", ""))

    async def go(self) -> None:
        """One round, in which everything can be done."""
        assert await self.house.rounds.go()

    async def later(self, **time: float) -> None:
        await self.house.clock.advance(timedelta(**time).total_seconds())
        await self.go()

    async def granted(self, typed: str = "quartz", *, who: str = "ines") -> None:
        """Somebody asks, and Omar agrees."""
        await self.tell(who, f'!glass "{typed}" fraud is suspected')
        await self.go()
        await self.hear(self.answer("omar"))
        await self.go()

    def said_in(self, room_id: str) -> list[str]:
        return [str(content["body"]) for place, content in self.messenger.sent if place == room_id]

    @property
    def inside(self) -> list[str]:
        """What was said in the room of the hidden group."""
        return self.said_in(self.house.room("quartz"))

    async def log(self, compartment: str) -> list[AuditEntry]:
        """What the audit log of a compartment holds of broken glass, oldest first."""
        async with self.house.store.view() as view:
            page = await view.audit.search(compartments=frozenset({compartment}), limit=500, oldest_first=True)
        return [one for one in page.entries if one.kind.startswith("glass")]
