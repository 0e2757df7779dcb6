"""Suggests groups to one person, each with the reason, as far as the gate lets them know. Called by onboarding.

A company of any size is gone through in short turns, so that others are answered meanwhile.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import islice
from typing import Final

from bridge.domain.directory import Person
from bridge.domain.messages import Message
from bridge.domain.viewers import Viewer
from bridge.rules.facts import Facts
from bridge.rules.suggesting import Company, Newcomer, Suggestion, judge, newcomer
from bridge.services.groups import Groups, GroupView
from bridge.services.society import Society

WANTED: Final = 3
AT_ONCE: Final = 200
"""Groups judged, or people read, in one turn: some milliseconds, also where they are large."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A group as the person may see it, and why they may like it."""

    group: GroupView
    reason: Message


@dataclass(slots=True)
class Suggesting:
    """Keeps who is of which department, for the directory as it was last read."""

    society: Society
    groups: Groups
    _kept: tuple[Mapping[str, Person], Company] | None = field(default=None, init=False)

    async def suggest(self, viewer: Viewer, *, at_most: int = WANTED) -> Sequence[Suggested]:
        """The best for the asker, at most so many; none while the directory is unknown. What is told must be fit for
        everybody who reads along: the viewer decides."""
        access = self.society.access()
        if access is None:
            return ()
        facts = access.facts
        company, own = await self._company(facts), await _own(facts, viewer.asker)
        somebody = newcomer(access, viewer, company, own)
        best: list[Suggestion] = []
        groups = iter(facts.directory.groups)
        while some := list(islice(groups, AT_ONCE)):
            found = [
                one for one in judge(access, somebody, some) if not self.society.sits_in(viewer.asker, one.group_id)
            ]
            best = nsmallest(at_most, [*best, *found]) if found else best
            await asyncio.sleep(0)
        return self._shown(facts, somebody, best)

    def _shown(self, facts: Facts, somebody: Newcomer, best: Sequence[Suggestion]) -> Sequence[Suggested]:
        groups = facts.directory.groups
        views = ((self.groups.seen(groups[one.group_id], somebody.viewer), one) for one in best)
        return tuple(Suggested(view, one.reason(somebody.department)) for view, one in views if view is not None)

    async def _company(self, facts: Facts) -> Company:
        if self._kept is None or self._kept[0] is not facts.accounts:
            company = Company()
            people = iter(facts.accounts.values())
            while some := list(islice(people, AT_ONCE)):
                company.take(some)
                await asyncio.sleep(0)
            self._kept = (facts.accounts, company)
        return self._kept[1]


async def _own(facts: Facts, user: str) -> list[str]:
    """Ids of the groups in which somebody sits."""
    found: list[str] = []
    groups = iter(facts.directory.groups)
    while some := list(islice(groups, AT_ONCE)):
        found += [group_id for group_id in some if user in facts.people_of(group_id)]
        await asyncio.sleep(0)
    return found
