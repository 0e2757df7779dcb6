"""Hears what readers think of a digest: 👍 or 👎 under it, then the number of an item. A dialogue of the bot.

What is heard is kept without a word of the digest, and used by ``rules.sending.favours``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bots.kit.dialogue import Turn
from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.document import document, paragraph
from bridge.domain.events import Event
from bridge.domain.messages import say
from bridge.domain.sending import Delivery, Opinion
from bridge.ports.store import Store

REDACTION: Final = "m.room.redaction"
PLAIN: Final = dict.fromkeys([0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)])
"""Variation selectors and skin tones, which change nothing in what is meant."""
UP: Final = "👍"
DOWN: Final = "👎"
NUMBERS: Final = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟")
BACK: Final = 8
"""Digests of a reader among which the one with the thumb is looked for."""


@dataclass(frozen=True, slots=True)
class Thumbs:
    """One bot's. Everything may be heard again after a crash: the latest word about an item counts, once."""

    store: Store
    speaker: Speaker

    async def heard(self, turn: Turn) -> bool:
        """Whether this was a thumb, or a number, under one of the reader's digests. Any other reaction to one tells
        that it was seen."""
        delivery = await self._about(turn.person, turn.target) if turn.emoji else None
        if delivery is None:
            return False
        emoji = turn.emoji.translate(PLAIN)
        numbers = [one.translate(PLAIN) for one in NUMBERS]
        if emoji in (UP, DOWN):
            await self._whole(delivery, turn.event, liked=emoji == UP)
        elif emoji in numbers:
            await self._one(delivery, turn.event, numbers.index(emoji) + 1)
        else:
            await self._seen(delivery)
        if emoji == DOWN and len(delivery.items) > 1:
            await self._ask(turn, delivery)
        return True

    async def taken_back(self, event: Event) -> None:
        """A reaction is redacted: what it said does not count any more. Anything else changes nothing."""
        async with self.store.view() as view:
            found = (await view.digests.opinions([event.sender])).get(event.sender, ())
        gone = [one for one in found if one.event == event.redacts]
        if gone:
            async with self.store.work() as work:
                for one in gone:
                    await work.digests.take_back(one.reader, one.week, one.number)

    async def _about(self, reader: str, target: str) -> Delivery | None:
        async with self.store.view() as view:
            known = await view.digests.of_reader(reader, BACK)
        return next((one for one in known if target in one.events), None)

    async def _whole(self, delivery: Delivery, event: Event, *, liked: bool) -> None:
        """Of each item of which nothing was said by its number."""
        precise = {one.number for one in await self._said(delivery) if not one.whole}
        rest = [item.number for item in delivery.items if item.number not in precise]
        await self._keep(delivery, [self._opinion(delivery, event, number, liked=liked, whole=True) for number in rest])

    async def _one(self, delivery: Delivery, event: Event, number: int) -> None:
        """A number says which item the thumb meant; without a thumb, that one liked it."""
        if number > len(delivery.items):
            await self._seen(delivery)
            return
        disliked = any(one.whole and not one.liked for one in await self._said(delivery))
        await self._keep(delivery, [self._opinion(delivery, event, number, liked=not disliked, whole=False)])

    async def _said(self, delivery: Delivery) -> Sequence[Opinion]:
        async with self.store.view() as view:
            said = (await view.digests.opinions([delivery.reader])).get(delivery.reader, ())
        return [one for one in said if one.week == delivery.week]

    async def _keep(self, delivery: Delivery, opinions: Sequence[Opinion]) -> None:
        async with self.store.work() as work:
            for one in opinions:
                await work.digests.put_opinion(one)
            await work.digests.put(replace(delivery, heard=True))

    async def _seen(self, delivery: Delivery) -> None:
        await self._keep(delivery, ())

    async def _ask(self, turn: Turn, delivery: Delivery) -> None:
        """Which one was meant, by one more tap; asked once for each digest."""
        speaker, room, about = self.speaker, turn.event.room_id, turn.target
        words = document(paragraph(say("The next ones hold less of this. If you mean one item, tap its number.")))
        [page] = speaker.renderer.pages(words, turn.language)
        claim = speaker.claim("thumb", f"{delivery.reader}:{delivery.week}")
        content = {**message_content(page), "m.relates_to": {"m.in_reply_to": {"event_id": about}}}
        await speaker.messenger.send(room, content, claim=claim)
        for emoji in NUMBERS[: len(delivery.items)]:
            await speaker.mark(room, about, emoji)

    def _opinion(self, delivery: Delivery, event: Event, number: int, *, liked: bool, whole: bool) -> Opinion:
        item = next(one for one in delivery.items if one.number == number)
        return Opinion(
            reader=delivery.reader,
            week=delivery.week,
            number=number,
            liked=liked,
            kind=item.kind,
            group=item.group,
            at=self.speaker.clock.now(),
            whole=whole,
            event=event.id,
        )
