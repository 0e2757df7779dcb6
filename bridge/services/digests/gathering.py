"""Everything that the digests of one week are made of, in a few bulk reads of the store. Called by ``digests``.

It belongs to nobody: what a reader gets of it passes the gate reader by reader (``composing``).
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.activity import Happening, Reacted, minute_of
from bridge.domain.digest import Week
from bridge.domain.viewers import OPEN, Compartment
from bridge.ports.store import Store
from bridge.rules.digest.figures import days_of
from bridge.rules.digest.talks import COLOURED, Talk, talks_of
from bridge.rules.ranking.memory import Memory
from bridge.rules.ranking.ranking import Ranking
from bridge.rules.ranking.weights import Weights
from bridge.rules.reverting import PastDecision
from bridge.services.recalling import decision_in

REMEMBERED: Final = timedelta(weeks=26)
"""How far back ranking looks."""
A_DAY: Final = timedelta(days=1)
"""What is read in one go; between two, others have their turn."""
BEST: Final = 100
"""Conversations of a group that are ranked for those whom they do not concern."""
DECISIONS: Final = 5_000
"""The latest that are looked through: a week has fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """One week. ``talks`` are its conversations by thread, ``groups`` the same by group; ``best`` those of them that
    may be worth somebody's while to whom they are new, the most appealing first; ``personal`` those that concern
    somebody, by user id. ``before`` are those of the week before. ``days`` counts messages by day and group.
    ``reactions`` are those that may mark something, ``reacted`` to what, by event. ``decisions`` come with the
    compartments in which they were written down, latest first."""

    week: Week
    at: float
    ranking: Ranking
    talks: Mapping[str, Talk] = field(default_factory=dict)
    groups: Mapping[str, Sequence[Talk]] = field(default_factory=dict)
    best: Mapping[str, Sequence[Talk]] = field(default_factory=dict)
    personal: Mapping[str, Sequence[Talk]] = field(default_factory=dict)
    before: Mapping[str, Sequence[Talk]] = field(default_factory=dict)
    days: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    reactions: Sequence[Reacted] = ()
    reacted: Mapping[str, Happening] = field(default_factory=dict)
    decisions: Sequence[tuple[Compartment, PastDecision]] = ()


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
        memory = await self._memory(week, machines)
        async with self.store.view() as view:
            happenings = await view.activity.between(week.start, week.end)
            earlier = await view.activity.between(week.start - (week.end - week.start), week.start)
            reactions = await view.activity.reactions(week.start, week.end, keys=_keys(marks)) if marks else ()
            reacted = await view.activity.get({one.to for one in reactions})
            # Read apart: decisions about hidden groups must not crowd out others.
            entries = [
                entry
                for compartments in (frozenset({OPEN}), frozenset(secret))
                for entry in await view.audit.recent(compartments=compartments, limit=DECISIONS, run="")
            ]
        found = [(entry.compartment, decision_in(entry)) for entry in entries if _is_in(entry.at, week)]
        gathered = Gathered(
            week=week,
            at=at,
            ranking=Ranking(memory, self.weights),
            reactions=reactions,
            reacted=reacted,
            decisions=[(compartment, decision) for compartment, decision in found if decision],
        )
        # Beside the loop: in a large company this takes seconds, in which bots go on answering.
        return await asyncio.to_thread(_with_talks, gathered, happenings, earlier, machines)

    async def _memory(self, week: Week, machines: Collection[str]) -> Memory:
        memory, day = Memory(minute_of(week.end)), week.end - REMEMBERED
        while day < week.end:
            async with self.store.view() as view:
                posts = await view.activity.posts(day, day + A_DAY)
            await asyncio.to_thread(memory.remember, (post for post in posts if post.sender not in machines))
            day += A_DAY
        return memory


def _with_talks(
    gathered: Gathered, happenings: Sequence[Happening], earlier: Sequence[Happening], machines: Collection[str]
) -> Gathered:
    """With the conversations of the week and of the week before."""
    talks, ranking = talks_of(happenings, machines=machines), gathered.ranking
    groups, of_group = _by_group(talks), defaultdict[str, list[Happening]](list)
    for happening in happenings:
        if happening.sender not in machines:
            of_group[happening.group].append(happening)
    return replace(
        gathered,
        talks=talks,
        groups=groups,
        best={group: best_of(some, ranking) for group, some in groups.items()},
        personal=_by_person(talks, ranking),
        before=_by_group(talks_of(earlier, machines=machines)),
        days={group: days_of(some, gathered.week) for group, some in of_group.items()},
    )


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


def _is_in(moment: datetime, week: Week) -> bool:
    return week.start <= moment < week.end
