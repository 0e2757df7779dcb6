"""One reader as ranking sees them: where they write, what they join, whom they meet. Made once per digest by
``ranking``.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from math import exp, log2
from typing import Final

from bridge.domain.activity import WEEK
from bridge.rules.ranking.memory import ACQUAINTANCE, ATTENTION, Memory

HOME: Final = 12 * WEEK
"""After this time a message says about a third as much about where somebody is at home (a factor of e)."""
NOWADAYS: Final = 2 * WEEK
"""The same for where somebody writes nowadays."""
CLOSE: Final = 3 * WEEK
"""The same for whom somebody talks to."""
LATELY: Final = 10 * WEEK
"""Ties older than this are none."""
DOUBT: Final = 8
"""Threads that must be added to what somebody wrote in before their share is believed."""
CROWD: Final = 2
"""So many people in a thread, before the reader came, are company."""
AT_MOST: Final = 300
"""Threads that are looked at, the last ones that the reader came into: an end for those who write everywhere."""


class Nearness(dict[str, float]):
    """In what share of somebody's threads the reader writes as well, doubted while there are few; 0 to 1, by person.

    A dictionary that fills itself: of thousands whom the reader has met, a digest asks about some.
    """

    def __init__(self, shared: Mapping[str, int], written: Sequence[Mapping[str, int]]) -> None:
        self._shared = shared
        self._written = written

    def __missing__(self, person: str) -> float:
        shared = self._shared.get(person)
        near = shared / (sum(threads.get(person, 0) for threads in self._written) + DOUBT) if shared else 0.0
        self[person] = near
        return near


class Reader:
    """What ``user`` did in ``groups``, those whose members they are: nothing that was done elsewhere counts."""

    def __init__(self, memory: Memory, user: str, groups: Collection[str]) -> None:
        self.user = user
        self.groups = groups
        self._until = memory.until
        self.homes: dict[str, float] = {}
        """By group: the share of what the reader writes."""
        self.nowadays: dict[str, float] = {}
        """The same, of the last weeks; 0 to 1, and less in total for who was silent."""
        self.joined: dict[str, int] = {}
        """By group: how many threads that others began the reader came into, lately."""
        self._visits = list(memory.threads.visits(user, memory.joined.get(user, ())[-AT_MOST:], groups))
        self._place()
        self.crowds = self._habits()
        self._shared = self._meetings()
        self.nearness = Nearness(self._shared, [memory.met[group] for group in self.homes if group in memory.met])

    def has_met(self, people: Iterable[str]) -> bool:
        """Whether the reader has written where one of these did, within the time of acquaintance."""
        return not self._shared.keys().isdisjoint(people)

    @cached_property
    def ties(self) -> Mapping[str, float]:
        """By person: how much the reader wrote lately where this one writes, small threads counting more."""
        ties: dict[str, float] = {}
        for visit in self._visits:
            age = self._until - visit.last
            if age < LATELY:
                weight = exp(-age / CLOSE) / log2(1 + len(visit.people))
                for person in visit.people:
                    ties[person] = ties.get(person, 0.0) + weight
        ties.pop(self.user, None)
        return ties

    def _place(self) -> None:
        homes, nowadays = self.homes, self.nowadays
        for visit in self._visits:
            age = self._until - visit.last
            homes[visit.group] = homes.get(visit.group, 0.0) + exp(-age / HOME)
            nowadays[visit.group] = nowadays.get(visit.group, 0.0) + exp(-age / NOWADAYS)
        for shares, doubt in ((homes, 0.0), (nowadays, 0.1)):
            total = sum(shares.values()) + doubt
            for group in shares:
                shares[group] /= total

    def _habits(self) -> float:
        """Counts what the reader joins; gives the share of it that had company, some made up while there is little."""
        came = crowds = 0
        since = self._until - ATTENTION
        for visit in self._visits:
            if visit.first > since:
                came += 1
                crowds += visit.before >= CROWD
                if not visit.began:
                    self.joined[visit.group] = self.joined.get(visit.group, 0) + 1
        return (crowds + 2) / (came + 5)

    def _meetings(self) -> Counter[str]:
        """In how many threads somebody was met."""
        since = self._until - ACQUAINTANCE
        shared = Counter(chain.from_iterable(visit.people for visit in self._visits if visit.last > since))
        del shared[self.user]
        return shared
