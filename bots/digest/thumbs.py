"""Hears what readers think of a digest: 👍 or 👎 under it, then the number of an item. A dialogue of the bot, and what
it hears in the rooms of groups.

What is heard is kept without a word of the digest, and used by ``rules.sending.favours``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bots.kit.dialogue import Turn
from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.document import document, paragraph
from bridge.domain.events import Event
from bridge.domain.messages import Message, say
from bridge.domain.sending import Delivery, Opinion, beside, room_reader
from bridge.ports.store import Store

REDACTION: Final = "m.room.redaction"
PLAIN: Final = dict.fromkeys([0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)])
"""Variation selectors and skin tones, which change nothing in what is meant."""
UP: Final = "👍"
DOWN: Final = "👎"
NUMBERS: Final = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟")
TELLING: Final = frozenset({UP, DOWN, *(number.translate(PLAIN) for number in NUMBERS)})
"""Reactions that change anything, as ``_plain`` gives them."""
MORE: Final = say("The next ones hold more of this.")
LESS: Final = say("The next ones hold less of this.")
BACK: Final = 8
"""Digests of a reader among which the one with the thumb is looked for."""


@dataclass(frozen=True, slots=True)
class Read:
    """A digest under which somebody reacted; what they think of it is kept as ``reader``'s, under the name ``week``."""

    delivery: Delivery
    reader: str
    week: str


@dataclass(frozen=True, slots=True)
class Thumbs:
    """One bot's. Everything may be heard again after a crash: the latest word about an item counts, once. ``group_at``
    gives the group of a room id, or nothing."""

    store: Store
    speaker: Speaker
    group_at: Callable[[str], str]

    async def heard(self, turn: Turn) -> bool:
        """Whether this was a thumb, or a number, under one of the reader's digests. Any other reaction to one tells
        that it was seen."""
        read = await self._own(turn.person, turn.target) if turn.emoji else None
        if read is None:
            return False
        await self._hear(read, turn.event, turn.emoji)
        if _plain(turn.emoji) == DOWN and len(read.delivery.items) > 1:
            await self._ask(turn, read.delivery)
        elif noted := await self._noted(read, _plain(turn.emoji)):
            await self._say(turn, noted, key=f"{read.week}:{_plain(turn.emoji)}")
        return True

    async def in_room(self, event: Event) -> None:
        """A reaction in the room of a group. Under a digest there it counts for that of whoever reacted, like one under
        their own; nobody is asked anything where others read along."""
        relation, group = event.relation(), self.group_at(event.room_id)
        emoji = relation.get("key")
        if not group or not isinstance(emoji, str) or _plain(emoji) not in TELLING:
            return
        async with self.store.view() as view:
            known = await view.digests.of_reader(room_reader(group), BACK)
        delivery = next((one for one in known if relation.get("event_id") in one.events), None)
        if delivery is not None:
            week = beside(delivery.week, delivery.reader)
            await self._hear(Read(delivery, event.sender, week), event, emoji)

    async def taken_back(self, event: Event) -> None:
        """A reaction is redacted: what it said does not count any more. Anything else changes nothing."""
        async with self.store.view() as view:
            found = (await view.digests.opinions([event.sender])).get(event.sender, ())
        gone = [one for one in found if one.event == event.redacts]
        if gone:
            async with self.store.work() as work:
                for one in gone:
                    await work.digests.take_back(one.reader, one.week, one.number)

    async def _own(self, reader: str, target: str) -> Read | None:
        async with self.store.view() as view:
            known = (*await view.digests.of_reader(reader, BACK), *await view.digests.asked_for(reader))
        return next((Read(one, reader, one.week) for one in known if target in one.events), None)

    async def _hear(self, read: Read, event: Event, emoji: str) -> None:
        said, numbers = _plain(emoji), [_plain(one) for one in NUMBERS]
        if said in (UP, DOWN):
            await self._whole(read, event, liked=said == UP)
        elif said in numbers:
            await self._one(read, event, numbers.index(said) + 1)
        else:
            await self._keep(read, ())

    async def _whole(self, read: Read, event: Event, *, liked: bool) -> None:
        """Of each item of which nothing was said by its number."""
        precise = {one.number for one in await self._said(read) if not one.whole}
        rest = [item.number for item in read.delivery.items if item.number not in precise]
        await self._keep(read, [self._opinion(read, event, number, liked=liked, whole=True) for number in rest])

    async def _one(self, read: Read, event: Event, number: int) -> None:
        """A number says which item the thumb meant; without a thumb, that one liked it."""
        if number > len(read.delivery.items):
            await self._keep(read, ())
            return
        disliked = any(one.whole and not one.liked for one in await self._said(read))
        await self._keep(read, [self._opinion(read, event, number, liked=not disliked, whole=False)])

    async def _said(self, read: Read) -> Sequence[Opinion]:
        async with self.store.view() as view:
            said = (await view.digests.opinions([read.reader])).get(read.reader, ())
        return [one for one in said if one.week == read.week]

    async def _keep(self, read: Read, opinions: Sequence[Opinion]) -> None:
        async with self.store.work() as work:
            for one in opinions:
                await work.digests.put_opinion(one)
            await work.digests.put(replace(read.delivery, heard=True))

    async def _ask(self, turn: Turn, delivery: Delivery) -> None:
        """Which one was meant, by one more tap; asked once for each digest."""
        words = say("The next ones hold less of this. If you mean one item, tap its number.")
        await self._say(turn, words, key=delivery.week)
        for emoji in NUMBERS[: len(delivery.items)]:
            await self.speaker.mark(turn.event.room_id, turn.target, emoji)

    async def _noted(self, read: Read, emoji: str) -> Message | None:
        """What a thumb or a number will change, told once; nothing about any other reaction."""
        if emoji in (UP, DOWN):
            return MORE if emoji == UP else LESS
        numbers = {_plain(one): number for number, one in enumerate(NUMBERS, start=1)}
        said = next((one for one in await self._said(read) if one.number == numbers.get(emoji)), None)
        if said is None:
            return None
        more = say("Item {number}: the next ones hold more of its kind and of its group.", number=said.number)
        less = say("Item {number}: the next ones hold less of its kind and of its group.", number=said.number)
        return more if said.liked else less

    async def _say(self, turn: Turn, words: Message, *, key: str) -> None:
        speaker = self.speaker
        [page] = speaker.renderer.pages(document(paragraph(words)), turn.language)
        content = {**message_content(page), "m.relates_to": {"m.in_reply_to": {"event_id": turn.target}}}
        await speaker.messenger.send(turn.event.room_id, content, claim=speaker.claim("thumb", f"{turn.person}:{key}"))

    def _opinion(self, read: Read, event: Event, number: int, *, liked: bool, whole: bool) -> Opinion:
        item = next(one for one in read.delivery.items if one.number == number)
        return Opinion(
            reader=read.reader,
            week=read.week,
            number=number,
            liked=liked,
            kind=item.kind,
            group=item.group,
            at=self.speaker.clock.now(),
            whole=whole,
            event=event.id,
        )


def _plain(emoji: str) -> str:
    return emoji.translate(PLAIN)
