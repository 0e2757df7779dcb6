"""What happened in the rooms of groups, without a word of it. One repository of store.py.

``services/activity`` writes; digests and reports read. Everything can be done again: an event counts once, and what was
taken back stays so, in whatever order its events come.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bridge.domain.activity import Edit, Happening, Post, Reacted, WeekSum


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """How far the past of a room was read: up to the homeserver's position ``token``, ``count`` messages by now.

    ``asker`` is to hear when it is over. ``reached`` is when the earliest of them was sent. ``over`` says why nothing
    more is read, once that is so.
    """

    room: str
    group: str
    begun: datetime
    asker: str = ""
    token: str = ""
    count: int = 0
    reached: datetime | None = None
    over: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of one person in a group: how many messages and reactions of theirs, how often others mention them,
    and when the first and the last of all these were."""

    group: str
    messages: int = 0
    reactions: int = 0
    mentions: int = 0
    first: datetime
    last: datetime


class Activity(Protocol):
    """Rooms, groups and people are sealed; times are from ``start`` on and before ``end``."""

    async def add(self, happenings: Sequence[Happening], reactions: Sequence[Reacted] = ()) -> int:
        """Store what is new, in any order of time: a count. What is known or was redacted is passed over.

        ``thread`` may name an event that itself answers another one: the thread is then that one's, also when it comes
        later. ``answered`` is not stored but found.
        """

    async def revise(self, edits: Sequence[Edit]) -> None:
        """Somebody edited what they had written. The last edit counts; that of another person and of what is not known
        does not."""

    async def redact(self, events: Collection[str], at: datetime) -> None:
        """These messages and reactions are gone, and are not stored should they come later."""

    async def between(
        self, start: datetime, end: datetime, *, groups: Collection[str] | None = None
    ) -> Sequence[Happening]:
        """What happened, in order of time: in these groups, or in all. For a week; a year is for ``posts``."""

    async def get(self, events: Collection[str]) -> Mapping[str, Happening]:
        """Those of these events that are known, by event."""

    async def threads(self, roots: Collection[str]) -> Mapping[str, Sequence[Happening]]:
        """All that is known of these threads, each in order of time; by root."""

    async def reactions(
        self,
        start: datetime,
        end: datetime,
        *,
        groups: Collection[str] | None = None,
        keys: Collection[str] | None = None,
    ) -> Sequence[Reacted]:
        """Who reacted, in order of time: in these groups or all, with these keys or any."""

    async def posts(self, start: datetime, end: datetime) -> Sequence[Post]:
        """What people wrote, for ranking, in order of time and without what machines write. Ask day by day: of a large
        company there are millions."""

    async def of_user(self, user: str) -> Sequence[Kept]:
        """What is kept of somebody, by group."""

    async def forget(self, user: str) -> int:
        """Nothing is known any more of what somebody wrote, nor that anybody mentioned them: of how many messages and
        reactions."""

    async def drop_before(self, moment: datetime, *, limit: int) -> int:
        """Of messages before then, at most ``limit``, only sums per week, group and kind stay; nothing of reactions. A
        count: less than ``limit`` when nothing older is left."""

    async def sums(self, first: int, last: int, *, groups: Collection[str] | None = None) -> Sequence[WeekSum]:
        """What stayed of these weeks (numbers as in ``WeekSum``), both included."""

    async def backfill(self, room: str) -> Backfill | None:
        """How far a room's past was read; None where it was not begun."""

    async def backfills(self) -> Sequence[Backfill]:
        """Of all rooms, in the order in which they were begun."""

    async def put_backfill(self, backfill: Backfill) -> None:
        """Store how far it is, together with what was read."""
