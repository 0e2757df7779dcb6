"""A bot that talks about cards and nothing else, over a household; Bob of a partner and Claire, who answers for him."""

from dataclasses import dataclass, field
from typing import Any

from bots.cards.guide import Guide
from bots.cards.parts import CardParts
from bots.kit.people import People
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bots.kit.table import CommandTable
from bots.kit.talk import Talk
from bridge.domain.cards import Card
from bridge.domain.document import document, paragraph
from bridge.domain.events import Event
from bridge.domain.messages import say
from bridge.domain.relations import reaction_to
from bridge.services.cards.files import Files
from tests.fakes.messenger import FakeMessenger
from tests.services.household import Household, household
from tests.services.talking import bot_api
from tests.world import directory, group, partner, user

BOB, CLAIRE = "@bob:acme.example", user("claire")
PICTURE = "mxc://acme.example/beach"


@dataclass
class Counter:
    """Everybody has a conversation with the bot: ``!bob``, ``!claire``."""

    house: Household
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    happened: int = 0

    @classmethod
    async def open(cls) -> "Counter":
        house = household(
            directory(
                group("deal").owners("claire").members("claire", "bob:acme.example").admits("acme"),
                partners=[partner("acme", servers=["acme.example"], sponsor="claire")],
            )
        )
        await house.settle()
        house.media.elsewhere[PICTURE] = b"picture of a beach"
        counter = cls(house)
        for room, *people in (("!bob", BOB), ("!claire", CLAIRE), ("!both", BOB, CLAIRE)):
            counter.messenger.room(room, *people)
        counter.start()
        return counter

    def start(self) -> None:
        """A new process."""
        api = bot_api(self.house, self.messenger)
        society = api.society
        people = People(
            viewer_of=society.viewer_of,
            roles_of=society.roles_of,
            language_of=society.language_of,
            admits=society.admits,
            is_own=society.is_own,
        )
        speaker = Speaker(
            messenger=api.messenger, renderer=Renderer(api.translator), store=society.store, clock=api.clock
        )
        parts = CardParts.of(api, people, speaker, Guide(desk=api.cards))
        self.talk = Talk(
            name="cards",
            messenger=api.messenger,
            store=society.store,
            table=CommandTable(parts.commands),
            people=people,
            translator=api.translator,
            clock=api.clock,
            hello=document(paragraph(say("Hello."))),
            refuse=api.refusals.note,
            questions=parts.questions,
            dialogues=parts.dialogues,
        )

    def event(self, who: str, content: dict[str, Any], *, room: str = "", kind: str = "m.room.message") -> Event:
        """Something that somebody does now."""
        self.happened += 1
        place = room or f"!{who[1:].partition(':')[0]}"
        return Event(id=f"$did{self.happened}", room_id=place, sender=who, type=kind, content=content,
                     sent_at=self.house.clock.now())  # fmt: skip

    async def hear(self, event: Event) -> list[dict[str, Any]]:
        """What the bot says about it."""
        before = len(self.messenger.sent)
        if self.talk.wants(event):
            await self.talk.handle(event)
        return [content for _, content in self.messenger.sent[before:]]

    async def line(self, text: str, who: str = BOB, *, room: str = "") -> list[dict[str, Any]]:
        """The same about a line."""
        return await self.hear(self.event(who, {"msgtype": "m.text", "body": text}, room=room))

    def image(self, uri: str = PICTURE, who: str = BOB, **info: Any) -> Event:
        """A picture that somebody sends."""
        return self.event(who, {"msgtype": "m.image", "body": "beach.png", "url": uri, "info": info})

    async def agree(self, who: str = BOB, emoji: str = "✅") -> list[dict[str, Any]]:
        """A tap under what the bot said last."""
        last = list(self.messenger.events)[-1]
        return await self.hear(self.event(who, dict(reaction_to(last, emoji)), kind="m.reaction"))

    async def card(self, who: str = BOB) -> Card | None:
        async with self.house.store.view() as view:
            return await view.cards.card(who)

    async def a_day_passes(self) -> None:
        """With its rounds."""
        await self.house.clock.advance(90_000)
        files = Files(store=self.house.store, media=self.house.media, clock=self.house.clock)
        await files.go()
