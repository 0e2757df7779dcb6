"""The conversations that one reader is shown: ranked, asked for, and left out where the reader may not read them.
Called by ``composing``.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Final
from urllib.parse import quote

from bridge.domain.activity import Reason, Why
from bridge.domain.digest import Item, Kind, Taste
from bridge.domain.ids import server_of
from bridge.ports.conversations import Opening
from bridge.rules.digest.choosing import (
    MARKED,
    QUESTIONS,
    SPARE,
    Chosen,
    by_taste,
    candidates,
    chosen_thread,
    questions,
)
from bridge.rules.digest.reading import may_read
from bridge.rules.digest.talks import Talk, marked
from bridge.rules.digest.titles import title_of
from bridge.rules.ranking.reader import Reader
from bridge.services.digests.asking import Asking
from bridge.services.digests.gathering import Gathered
from bridge.services.digests.places import Places

RANKED: Final = 60
"""About so many conversations are ranked for a reader besides those that concern them, so that a digest takes the same
time in a company of any size."""
AT_LEAST: Final = 4
"""Of each group."""
NAMED: Final = 3
"""People of a conversation that are told; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """For one reader (a user id, or nothing where all who sit in a room read): conversations of ``groups``, which
    passed the gate. ``readers`` are all who must be able to read what is shown. ``shown`` says until when they were
    told of what, by event."""

    gathered: Gathered
    places: Places
    asking: Asking
    reader: str
    readers: Collection[str]
    groups: Collection[str]
    taste: Taste
    shown: Mapping[str, datetime] = field(default_factory=dict)
    marks: Collection[str] = ()

    async def items(self) -> list[Item]:
        """What is shown, without numbers: marked messages, then threads, then questions, each the best first."""
        found: list[Item] = []
        seen: set[str] = set()
        reader = self.gathered.ranking.reader(self.reader, self.groups)
        talks = self._talks()
        kinds = (
            (self._marked(), MARKED),
            (self._threads(reader, talks), self.taste.length),
            (self._asked(reader, talks), QUESTIONS),
        )
        for chosen, most in kinds:
            async for item, thread in self._readable(chosen, seen, most):
                seen.update((item.thread, thread))
                found.append(item)
        return found

    def _talks(self) -> Collection[Talk]:
        """What concerns the reader, and the best of each group; all of it where that is little. In the rooms that serve
        the groups now: nobody can open a room that was replaced."""
        rooms, gathered = self.places.rooms, self.gathered
        mine = (talk for talk in gathered.personal.get(self.reader, ()) if talk.group in self.groups)
        some = max(RANKED // max(len(self.groups), 1), AT_LEAST)
        best = (talk for one in self.groups for talk in gathered.best.get(one, ())[:some])
        return {talk.thread: talk for talk in chain(mine, best) if talk.room == rooms.get(talk.group)}.values()

    def _threads(self, reader: Reader, talks: Iterable[Talk]) -> Iterator[Chosen]:
        ranking, known = self.gathered.ranking, self.gathered.talks
        wanted = candidates(talks, self.reader, self.shown)
        for one in by_taste(ranking.picks(reader, wanted, self.taste.length * SPARE), known, self.taste):
            yield chosen_thread(one, known[one.thread], moved=one.thread in self.shown)

    def _asked(self, reader: Reader, talks: Iterable[Talk]) -> Sequence[Chosen]:
        waiting = (talk for talk in talks if talk.thread not in self.shown)
        return questions(waiting, self.reader, until=self.gathered.week.end, homes=reader.homes)

    def _marked(self) -> Iterator[Chosen]:
        gathered = self.gathered
        leading = {one: self.places.leading.get(one, frozenset()) for one in self.groups}
        for event, people in marked(gathered.reactions, self.marks, leading).items():
            happening = gathered.reacted.get(event)
            if happening is None or event in self.shown or happening.sender == self.reader:
                continue
            if happening.group in self.groups and happening.room == self.places.rooms.get(happening.group):
                yield Chosen(
                    kind=Kind.MARKED,
                    event=event,
                    group=happening.group,
                    room=happening.room,
                    reason=Reason(Why.RECENT),
                    talk=gathered.talks.get(happening.thread),
                    marked_by=people,
                )

    async def _readable(
        self, chosen: Iterable[Chosen], seen: Collection[str], most: int
    ) -> AsyncIterator[tuple[Item, str]]:
        """So many of these, with their threads, as everybody may read who is to."""
        told = 0
        for one in chosen:
            if told == most:
                return
            if one.event in seen:
                continue
            opening = await self.asking.opening(one.room, one.event)
            if opening is not None and self._may_read(opening):
                told += 1
                yield self._item(one, opening), one.talk.thread if one.talk else one.event

    def _may_read(self, opening: Opening) -> bool:
        there = opening.there
        return all(
            may_read(opening.history, there.get(reader) if there else None, inside=True) for reader in self.readers
        )

    def _item(self, one: Chosen, opening: Opening) -> Item:
        talk = one.talk
        others = [person for person in talk.lasts if person != self.reader] if talk else []
        return Item(
            number=0,
            kind=one.kind,
            thread=one.event,
            group=one.group,
            url=link_to(one.room, one.event, self.places.world.facts.server_name, self.reader),
            reason=one.reason,
            title=title_of(opening.said),
            by=opening.sender,
            people=tuple(others[:NAMED]),
            writers=len(others),
            posts=talk.posts if talk else 0,
            marked_by=one.marked_by,
            moved=one.moved,
            last=talk.last if talk else self.gathered.week.start,
            score=one.score,
        )


def link_to(room_id: str, event_id: str, server_name: str, reader: str) -> str:
    """Opens a message in any client; by way of our server, and of the reader's own, which is in the room."""
    event = f"/{quote(event_id, safe='$')}" if event_id else ""
    return f"https://matrix.to/#/{quote(room_id, safe='!:')}{event}?{_by_way_of(server_name, server_of(reader))}"


@lru_cache(maxsize=1024)
def _by_way_of(ours: str, theirs: str) -> str:
    return "&".join(f"via={quote(server, safe=':')}" for server in dict.fromkeys((ours, theirs)) if server)
