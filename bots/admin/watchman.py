"""Tells the members of a hidden group, in their room, what somebody did to it by hand: who was let in, who was invited,
that it was opened, published or given an address. Called by the rounds.

Told once it is undone, and while nobody is in who does not belong there; nowhere else, and the log does not count it.
Everything may be repeated after a crash: messages are claimed.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.document import Block, Document, Strong, paragraph
from bridge.domain.errors import HomeserverError
from bridge.domain.messages import Message, say
from bridge.domain.rooms import RoomRef
from bridge.planning.finding import address_stays
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.services import breaches, stuck
from bridge.services.breaches import Breach, What
from bridge.services.society import Society
from bridge.services.world import World

BY_HAND: Final = say(
    "By hand only somebody can do this who administers the homeserver, or who knows the token of the application"
    " service."
)
SEEN: Final = {
    What.ENTERED: say("They may have read what was written meanwhile, and the name of the group, and may keep it."),
    What.INVITED: say("They may have seen the cover name of the room, and nothing of what is said here."),
    What.ENTRANCE: say("Whoever came in is named by themselves."),
    What.HISTORY: say("Until then what is said here may have been read."),
    What.PUBLISHED: say("Until then everybody could see that there is such a room, and its cover name."),
    What.ADDRESS: say("Until then whoever guessed it could see that the room is there."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchman:
    """One bot, as who tells it."""

    speaker: Speaker
    society: Society

    async def tell(self) -> None:
        """Tell what may be told by now. What cannot be told waits without a word: the log would say that there is such
        a group. The homeserver is asked about a room, once for all, where nobody is in any more as far as we know."""
        world, now = self.society.world(), self.speaker.clock.now()
        if world is None:
            return
        async with self.society.store.view() as view:
            found = await breaches.untold(view)
            rooms = await view.rooms.actual({one.ref for one in found}) if found else {}
            kept = stuck.by_room(await view.pending.open(stuck.STUCK), by=world.desired.service_user, now=now)
        due: dict[RoomRef, list[tuple[Breach, str]]] = defaultdict(list)
        for one in found:
            room = rooms.get(one.ref)
            outcome = breaches.outcome_of(one, room, kept.get(one.ref, frozenset()))
            if breaches.is_void(one, world, now):
                await self._close(one, breaches.VOID)
            elif outcome and (room is None or breaches.may_be_told(one.ref, world, breaches.as_seen(room), self._ours)):
                due[one.ref].append((one, outcome))
        for ref, several in due.items():
            await self._tell(ref, several, world)

    async def _tell(self, ref: RoomRef, several: list[tuple[Breach, str]], world: World) -> None:
        speaker, group = self.speaker, world.facts.directory.groups[ref.id]
        try:
            around = await speaker.messenger.surroundings(world.room_ids()[ref])
            if not breaches.may_be_told(ref, world, around, self._ours):
                return
            for one, outcome in several:
                words = word_of(one, world.facts, ours=self._ours, stays=outcome == breaches.STAYS)
                [page, *_] = speaker.renderer.pages(words, group.language or self.society.default_language)
                claim = speaker.claim("breach", one.key)
                await speaker.messenger.send(one.room_id, message_content(page, "m.text"), claim=claim)
                await self._close(one, outcome)
        except HomeserverError:
            return  # refused, too: the bot may be out of the room, and then nobody knows who is in

    @property
    def _ours(self) -> frozenset[str]:
        return self.society.service_users()

    async def _close(self, one: Breach, outcome: str) -> None:
        async with self.society.store.work() as work:
            await breaches.told(work, one, self.speaker.clock.now(), outcome=outcome)


def word_of(one: Breach, facts: Facts, *, ours: frozenset[str], stays: bool) -> Document:
    """What was done, what may have been seen, and who can do such a thing."""
    if stays:
        told = say("This room has an address that somebody gave it.")
        return Document((paragraph(Strong(told), " ", address_stays(one.ref, one.subject, None).text),))
    blocks: list[Block] = [paragraph(Strong(_done(one, facts, ours)), " ", SEEN[one.what])]
    if one.what is not What.ADDRESS:  # where the homeserver's rules allow it, members give these
        blocks.append(paragraph(BY_HAND))
    return Document(tuple(blocks))


def _done(one: Breach, facts: Facts, ours: frozenset[str]) -> Message:
    user, time = called(facts, one.subject), one.at
    who = say("Somebody in my name") if one.by in ours else called(facts, one.by)
    match one.what:
        case What.ENTERED:
            return say("{user} was in this room without belonging to its group ({time}), and is out again.",
                       user=user, time=time)  # fmt: skip
        case What.INVITED:
            return say("{user} was invited to this room without belonging to its group ({time}); I withdrew it.",
                       user=user, time=time)  # fmt: skip
        case What.ENTRANCE:
            return say("{user} opened this room to people who are not invited ({time}); I closed it again.",
                       user=who, time=time)  # fmt: skip
        case What.HISTORY:
            return say("{user} opened what is said in this room to others ({time}); I closed it again.",
                       user=who, time=time)  # fmt: skip
        case What.PUBLISHED:
            return say("This room stood in the room directory ({time}); I took it out.", time=time)
        case What.ADDRESS:
            return say("This room had the address {alias} ({time}); I took it away.",
                       alias=one.subject, time=time)  # fmt: skip
