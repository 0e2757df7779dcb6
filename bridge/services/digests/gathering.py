"""Everything that the digests of one week are made of, in a few bulk reads of the store. Called by ``digests``.

It belongs to nobody: what a reader gets of it passes the gate reader by reader (``composing``).
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.activity import WEEK, Happening, Post, Reacted, minute_of
from bridge.domain.digest import Week
from bridge.domain.viewers import OPEN, Compartment
from bridge.ports.store import AuditEntry, Store
from bridge.rules.digest.figures import days_of
from bridge.rules.digest.talks import COLOURED, Talk, Talks
from bridge.rules.ranking.memory import Memory
from bridge.rules.ranking.ranking import Ranking
from bridge.rules.ranking.weights import Weights
from bridge.rules.reverting import PastDecision
from bridge.services.recalling import decision_in

REMEMBERED: Final = timedelta(weeks=26)
"""How far back ranking looks."""
A_DAY: Final = timedelta(days=1)
"""What is read in one go."""
BEST: Final = 100
"""Conversations of a group that are ranked for those whom they do not concern."""
DECISIONS: Final = 5_000
"""The latest that are looked through: a week has fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """One week. ``talks`` are its conversations by thread, ``groups`` the same by group; ``best`` those of them that
    may be worth somebody's while to whom they are new, the most appealing first; ``personal`` those that concern
    somebody, by user id. ``before`` says who wrote in a group in the week before, ``days`` counts messages by day and
    group. ``reactions`` are those that may mark something, ``reacted`` to what, by event. ``decisions`` come by group,
    with the compartments in which they were written down, latest first."""

    week: Week
    at: float
    ranking: Ranking
    talks: Mapping[str, Talk] = field(default_factory=dict)
    groups: Mapping[str, Sequence[Talk]] = field(default_factory=dict)
    best: Mapping[str, Sequence[Talk]] = field(default_factory=dict)
    personal: Mapping[str, Sequence[Talk]] = field(default_factory=dict)
    before: Mapping[str, Collection[str]] = field(default_factory=dict)
    days: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    reactions: Sequence[Reacted] = ()
    reacted: Mapping[str, Happening] = field(default_factory=dict)
    decisions: Mapping[str, Sequence[tuple[Compartment, PastDecision]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherer:
    """Reads."""

    store: Store
    weights: Weights

    async def gather(
        self, week: Week, *, machines: Collection[str], secret: Collection[str], marks: Collection[str], at: float = 0.0
    ) -> Gathered:
        """Read all of a week. ``machines`` are accounts that are no people, ``secret`` the ids of hidden groups,
        ``marks`` the emojis by which editors mark messages; ``at`` is kept for whoever asks how old this is.

        Raises ``StoreError``."""
        heap = _Heap(week, machines)
        # One view, so that everybody's name is unsealed once and not for every day again.
        async with self.store.view() as view:
            for day in _days(week.end - REMEMBERED, week.end):
                posts = await view.activity.posts(day, day + A_DAY)
                # Beside the loop: bots go on answering.
                await asyncio.to_thread(heap.remember, posts)
            for day in _days(week.start, week.end):
                await asyncio.to_thread(heap.add, await view.activity.between(day, day + A_DAY))
            reactions = await view.activity.reactions(week.start, week.end, keys=_keys(marks)) if marks else ()
            reacted = await view.activity.get({one.to for one in reactions})
            # Read apart: decisions about hidden groups must not crowd out others.
            entries = [
                entry
                for compartments in (frozenset({OPEN}), frozenset(secret))
                for entry in await view.audit.recent(compartments=compartments, limit=DECISIONS, run="")
            ]
        gathered = await asyncio.to_thread(heap.gathered, Ranking(heap.memory, self.weights), at)
        decisions = _decisions(entry for entry in entries if week.start <= entry.at < week.end)
        return replace(gathered, reactions=reactions, reacted=reacted, decisions=decisions)


class _Heap:
    """What was read of a week so far; never all of it at once, for that is hundreds of megabytes."""

    def __init__(self, week: Week, machines: Collection[str]) -> None:
        self.memory = Memory(minute_of(week.end))
        self._week = week
        self._machines = machines
        self._talks = Talks(machines)
        self._before: dict[str, set[str]] = defaultdict(set)
        self._days: list[Counter[str]] = []

    def remember(self, posts: Sequence[Post]) -> None:
        """One day of half a year."""
        people = [post for post in posts if post.sender not in self._machines]
        self.memory.remember(people)
        if people and 0 < minute_of(self._week.start) - people[0].minute <= WEEK:
            for post in people:
                self._before[post.group].add(post.sender)

    def add(self, happenings: Sequence[Happening]) -> None:
        """The next day of the week."""
        self._talks.add(happenings)
        self._days.append(Counter(one.group for one in happenings if one.sender not in self._machines))

    def gathered(self, ranking: Ranking, at: float) -> Gathered:
        """All of it."""
        talks = self._talks.by_thread
        groups = _by_group(talks)
        return Gathered(
            week=self._week,
            at=at,
            ranking=ranking,
            talks=talks,
            groups=groups,
            best={group: best_of(some, ranking) for group, some in groups.items()},
            personal=_by_person(talks, ranking),
            before=self._before,
            days=days_of(self._days),
        )


def _days(start: datetime, end: datetime) -> Iterator[datetime]:
    return (start + number * A_DAY for number in range((end - start) // A_DAY))


def _keys(marks: Collection[str]) -> frozenset[str]:
    plain = {mark.rstrip(COLOURED) for mark in marks}
    return frozenset({*plain, *(f"{mark}{COLOURED}" for mark in plain)})


def _by_group(talks: Mapping[str, Talk]) -> dict[str, list[Talk]]:
    found: dict[str, list[Talk]] = defaultdict(list)
    for talk in talks.values():
        found[talk.group].append(talk)
    return dict(found)


def best_of(talks: Sequence[Talk], ranking: Ranking) -> list[Talk]:
    """What may be shown of a group to those whom it does not concern, the most appealing first."""
    found = sorted((talk for talk in talks if talk.is_worth("")), key=lambda talk: talk.thread)
    found.sort(key=lambda talk: ranking.appeal(talk.thread), reverse=True)
    return found[:BEST]


def _by_person(talks: Mapping[str, Talk], ranking: Ranking) -> dict[str, list[Talk]]:
    found: dict[str, list[Talk]] = defaultdict(list)
    for talk in talks.values():
        for person in ranking.concerned(talk.thread):
            found[person].append(talk)
    return dict(found)


def _decisions(entries: Iterable[AuditEntry]) -> dict[str, list[tuple[Compartment, PastDecision]]]:
    found: dict[str, list[tuple[Compartment, PastDecision]]] = defaultdict(list)
    for entry in entries:
        if decision := decision_in(entry):
            found[decision.group].append((entry.compartment, decision))
    return dict(found)
