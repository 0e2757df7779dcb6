"""Goes through a card with people, in a conversation of the two: for the bot that welcomes them.

``begin`` is the command ``!profile fill``; ``heard`` takes each further line there that is no command, ``pictured``
each picture once it is on the card. Heard again after a crash, a line is answered as before and changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bots.cards.asking import BACK, Sheet, Turn
from bots.cards.dialogue import Dialogue
from bots.cards.showing import topics_words
from bots.kit.commands import Call, Reply
from bridge.domain.cards import Card, Field, Point
from bridge.domain.document import Strong, document, paragraph
from bridge.domain.messages import Message, say, shown
from bridge.rules.cards import pins
from bridge.services.cards.desk import CardDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """``photos`` says that pictures can be taken."""

    desk: CardDesk
    photos: bool = True

    async def begin(self, call: Call) -> Reply:
        """Begin where something is missing."""
        turn = await self.desk.fillings.begin(
            call.sender, call.room_id, call.event_id, lambda card: self._dialogue(card).begin()
        )
        return Reply(turn.said)

    async def heard(self, call: Call, line: str) -> Reply | None:
        """The answer to a line; None where this person is not filling in their card here."""
        return await self._taken(call, lambda dialogue, point: dialogue.hear(point, line))

    async def pictured(self, call: Call) -> Reply | None:
        """The answer to a picture that was put on the card; None as above."""
        return await self._taken(call, Dialogue.pictured)

    async def repeated(self, call: Call) -> Reply | None:
        """The open question once more; None as above."""
        return await self._taken(call, Dialogue.repeat)

    async def edited(self, call: Call) -> Reply | None:
        """What to say to somebody who changes what they wrote; None as above."""
        if await self.desk.fillings.under_way(call.sender, call.room_id, call.event_id) is None:
            return None
        told = say("I had already gone by what you wrote first. To change it:")
        return Reply(document(paragraph(told, " ", Strong(BACK))))

    async def _taken(self, call: Call, step: Callable[[Dialogue, Point], Turn]) -> Reply | None:
        filling = await self.desk.fillings.under_way(call.sender, call.room_id, call.event_id)
        if filling is None:
            return None
        turn = await self.desk.fillings.take(
            filling, call.event_id, lambda card, point: step(self._dialogue(card), point)
        )
        return Reply(turn.said)

    def _dialogue(self, card: Card) -> Dialogue:
        keeper = self.desk.keeper
        declared = pins(keeper.access().facts, card.user)
        partner = keeper.is_partner(card.user)
        sheet = Sheet(card=card, pins=declared, told=self._told, partner=partner, photos=self.photos)
        return Dialogue(sheet, lambda name, text: keeper.read(card, name, text))

    def _told(self, name: Field, values: tuple[str, ...]) -> Message:
        if name is Field.LANGUAGES:
            return shown(tuple(self.desk.formats.language_name(code) for code in values))
        return shown(topics_words(values) if name is Field.TOPICS else values)
