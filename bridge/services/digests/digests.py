"""Makes digests: what each reader would not have wanted to miss. Called by the digest bot and by ``parvis digest``."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bridge.domain.digest import NO_TASTE, Digest, Taste, Week
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.ports.clock import Clock
from bridge.rules.calling import called
from bridge.rules.digest.choosing import MARKS
from bridge.services.digests.asking import Asking
from bridge.services.digests.composing import Composer, shown_as
from bridge.services.digests.gathering import Gathered, Gatherer
from bridge.services.digests.places import Places, places_in
from bridge.services.digests.sections import Sections
from bridge.services.society import Society

FRESH: Final = 1800.0
"""Seconds for which what was gathered of a week counts: gathering reads half a year."""
PATIENCE: Final = 20.0
"""Of a week that still goes on it counts for so many times as long as gathering took: whoever asks in a small company
hears of what was said just now, and nobody keeps a large one busy by asking again."""
WEEKS: Final = 2
"""Weeks kept at once: while some have theirs on Sunday evening, it is Monday for others."""
NOTHING_SHOWN: Final[Mapping[str, datetime]] = MappingProxyType({})


@dataclass(slots=True, kw_only=True)
class Digests:
    """One for the whole bridge: what one reader makes it read, the next one finds. ``marks`` are the emojis by which
    owners and moderators put a message into the digest of their group; the bot sets them before anything is read."""

    society: Society
    gatherer: Gatherer
    asking: Asking
    clock: Clock
    marks: Collection[str] = MARKS
    _gathered: dict[Week, Gathered] = field(default_factory=dict, init=False)
    _places: Places | None = field(default=None, init=False)
    _composers: dict[Week, Composer] = field(default_factory=dict, init=False)
    _took: float = field(default=0.0, init=False)
    """Seconds that gathering took last."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def of(
        self,
        reader: str,
        week: Week,
        *,
        taste: Taste = NO_TASTE,
        shown: Mapping[str, datetime] = NOTHING_SHOWN,
        secrets: bool = True,
    ) -> Digest | None:
        """The digest of a week for somebody (a user id); None when there is nothing worth sending.

        ``shown`` says until when they were told of what in earlier digests, by ``Item.thread``: it comes again only if
        it went on since. ``secrets=False`` gives what it would be if no group were hidden, for ways that others may
        read. It is to be sent now and not kept: it holds the words of others.

        Raises ``StoreError``, ``HomeserverError``, and ``ParvisError`` (temporary) before the directory was read.
        """
        composer = await self._composer(week)
        return await composer.of_person(reader, taste, shown, secrets=secrets)

    async def of_room(
        self, group: str, week: Week, *, taste: Taste = NO_TASTE, shown: Mapping[str, datetime] = NOTHING_SHOWN
    ) -> Digest | None:
        """What of a group's week may be posted in its room, for everybody who is in it now; None when it is nothing.
        Raises the same."""
        composer = await self._composer(week)
        return await composer.of_room(group, taste, shown)

    def readers(self) -> list[str]:
        """Everybody who may get a digest: employees (user ids), who may hear at least of groups that are new, and
        people of partners who are in the room of a group of which it may tell; sorted. Nobody before the directory was
        read.

        Employees in no such group are among them: else it would show, in counts, who is in a hidden one alone.
        """
        places = self._where()
        if places is None:
            return []
        return sorted((places.groups.keys() | places.access.insiders) - self.society.service_users())

    async def called(self, user: str, group: str) -> str:
        """What a digest calls somebody whom it mentions in a group. Raises ``HomeserverError``."""
        places = self._where()
        if places is None:
            return user
        name, room = called(places.access.facts, user), places.rooms.get(group)
        return name if name != user or room is None else shown_as(user, await self.asking.named(room, user))

    def forget(self) -> None:
        """Read all of it again: somebody was erased."""
        self._gathered.clear()
        self._composers.clear()

    async def _composer(self, week: Week) -> Composer:
        places = self._where()
        if places is None:
            raise ParvisError(say("The directory has not been read yet."), kind=ErrorKind.TEMPORARY)
        async with self._turn:
            gathered = await self._gather(week, places)
        composer = self._composers.get(week)
        if composer is None or composer.sections.gathered is not gathered or composer.sections.places is not places:
            sections = Sections(
                gathered=gathered, places=places, asking=self.asking, machines=self.society.service_users()
            )
            composer = self._composers[week] = Composer(store=self.society.store, sections=sections, marks=self.marks)
        return composer

    def _where(self) -> Places | None:
        world, access = self.society.world(), self.society.access()
        if world is None or access is None:
            return None
        if self._places is None or self._places.world is not world:
            self._places = places_in(world, access)
        return self._places

    async def _gather(self, week: Week, places: Places) -> Gathered:
        now = self.clock.monotonic()
        found, lasts = self._gathered.get(week), FRESH
        if week.end > self.clock.now():
            lasts = min(FRESH, PATIENCE * self._took)
        if found is None or now - found.at > lasts:
            machines = self.society.service_users()
            found = await self.gatherer.gather(week, machines=machines, secret=places.secret, marks=self.marks, at=now)
            self._gathered[week], self._took = found, self.clock.monotonic() - now
            self._let_go(week)
        return found

    def _let_go(self, latest: Week) -> None:
        """Keep few weeks; a week that still goes on is let go of before one of which everybody gets theirs."""
        now = self.clock.now()

        def worth(week: Week) -> tuple[bool, float]:
            return week == latest or week.end <= now, self._gathered[week].at

        for old in sorted(self._gathered, key=worth)[:-WEEKS]:
            del self._gathered[old]
            self._composers.pop(old, None)
