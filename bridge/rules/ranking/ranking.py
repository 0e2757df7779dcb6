"""The digest's ranking: the threads of a week in the order in which one reader would want them, each with its reason.

Called by the digest bot, and by the bench. The same memory and candidates give the same list, in whatever order they
come.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from operator import mul
from typing import Final, NamedTuple

from bridge.domain.activity import Pick
from bridge.rules.ranking import signals
from bridge.rules.ranking.memory import Memory
from bridge.rules.ranking.reader import Reader
from bridge.rules.ranking.reasons import Means, reason
from bridge.rules.ranking.signals import Signals
from bridge.rules.ranking.threads import Thread
from bridge.rules.ranking.weights import Weights

RIVALS: Final = 30
"""A reason says what a thread has above so many of the best: what is far below was never in question."""


class Judged(NamedTuple):
    """A candidate and its score; ``known``: the reader has written in it."""

    id: str
    thread: Thread
    known: bool
    score: float


class Ranking:
    """The ranking of one week, for one reader after the other. ``memory`` must not change any more."""

    def __init__(self, memory: Memory, weights: Weights) -> None:
        self._memory = memory
        self._weights = weights
        self._bases: dict[str, float] = {}
        """By thread: the part of the score that is the same for every reader to whom it is new."""

    def reader(self, user: str, groups: Collection[str]) -> Reader:
        """What ranking knows of ``user``, who is a member of ``groups``."""
        return Reader(self._memory, user, groups)

    def pick(self, reader: Reader, candidates: Iterable[str], count: int) -> tuple[Pick, ...]:
        """The best ``count`` of the candidates, best first, each with its reason; fewer when there are not as many.

        ``candidates`` are ids of threads that the reader may read. Those of groups that the reader is not in, and those
        in which nobody wrote this week, are passed over.
        """
        judged = self._judge(reader, candidates)
        new = [signals.new(self._memory, reader, one.thread) for one in judged[:RIVALS] if not one.known]
        means = Means(new)
        return tuple(self._explain(reader, one, means) for one in spread(judged, self._weights, count)[:count])

    def appeal(self, thread_id: str) -> float:
        """The part of a thread's score that is the same for everybody to whom it is new; nothing for one in which
        nobody wrote this week."""
        thread = self._memory.threads.get(thread_id)
        return self._base(thread_id, thread) if thread and thread.written else float("-inf")

    def concerned(self, thread_id: str) -> frozenset[str]:
        """Who has written in a thread, or is mentioned or answered there this week."""
        thread = self._memory.threads.get(thread_id)
        return frozenset((*thread.people, *thread.called, *thread.answered)) if thread else frozenset()

    def order(self, reader: Reader, candidates: Iterable[str], count: int) -> list[str]:
        """All candidates that count, best first; the first ``count`` are those that ``pick`` gives."""
        return [one.id for one in spread(self._judge(reader, candidates), self._weights, count)]

    def _judge(self, reader: Reader, candidates: Iterable[str]) -> list[Judged]:
        """Every candidate that counts, once, by score; equals by time, the latest first, then by id."""
        judged = []
        threads, user, groups = self._memory.threads, reader.user, reader.groups
        places: dict[str, float] = {}
        for thread_id in set(candidates):
            thread = threads.get(thread_id)
            if thread is None or not thread.written or thread.group not in groups:
                continue
            trace = thread.people.get(user)
            if trace is not None:
                values = signals.known(self._memory, reader, thread, trace)
                score = worth(self._weights.known, values) + self._weights.written
            else:
                base, place = self._base(thread_id, thread), places.get(thread.group)
                if place is None:
                    place = worth(self._weights.of_group, signals.of_group(self._memory, reader, thread.group))
                    places[thread.group] = place
                score = base + place + worth(self._weights.of_reader, signals.of_reader(reader, thread))
            judged.append(Judged(thread_id, thread, trace is not None, score))
        judged.sort(key=lambda one: (-one.score, -one.thread.last, one.id))
        return judged

    def _base(self, thread_id: str, thread: Thread) -> float:
        base = self._bases.get(thread_id)
        if base is None:
            base = self._bases[thread_id] = worth(self._weights.of_thread, signals.of_thread(self._memory, thread))
        return base

    def _explain(self, reader: Reader, one: Judged, means: Means) -> Pick:
        contributions = None
        if not one.known:
            contributions = means.contributions(self._weights.new, signals.new(self._memory, reader, one.thread))
        why = reason(reader, one.thread, contributions)
        return Pick(thread=one.id, group=one.thread.group, score=one.score, known=one.known, reason=why)


def worth(weights: Signals, values: Signals) -> float:
    """What signals come to."""
    total: float = sum(map(mul, weights, values))
    return total


def spread(judged: Sequence[Judged], weights: Weights, count: int) -> list[Judged]:
    """Another order: the first ``count`` are picked one by one, and what is like those before comes later."""
    rest = list(judged)
    first: list[Judged] = []
    groups: Counter[str] = Counter()
    known = 0
    while rest and len(first) < count:
        place, highest = 0, float("-inf")
        for at, one in enumerate(rest):
            if one.score <= highest:
                break
            score = one.score - weights.same_group * groups[one.thread.group] - weights.again * known * one.known
            if score > highest:
                place, highest = at, score
        best = rest.pop(place)
        first.append(best)
        groups[best.thread.group] += 1
        known += best.known
    return first + rest
