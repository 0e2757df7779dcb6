"""The digest's ranking: the threads of a week in the order in which one reader would want them, each with its reason.

Called by the digest bot, and by the bench. The same memory and candidates give the same list, in whatever order they
come.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
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
    """A candidate and its score; ``known``: the reader has written in it. ``values`` are its signals if it is new."""

    id: str
    thread: Thread
    known: bool
    score: float
    values: Signals = ()


class Measured(NamedTuple):
    """Signals, and what they come to."""

    values: Signals
    worth: float


class Common(NamedTuple):
    """What is the same of a thread of this week for every reader to whom it is new."""

    thread: Thread
    values: Signals
    worth: float


class Ranking:
    """The ranking of one week, for one reader after the other. ``memory`` must not change any more."""

    def __init__(self, memory: Memory, weights: Weights) -> None:
        self._memory = memory
        self._weights = weights
        self._common: dict[str, Common | None] = {}
        """By thread; None where nobody wrote this week."""

    def reader(self, user: str, groups: Collection[str]) -> Reader:
        """What ranking knows of ``user``, who is a member of ``groups``."""
        return Reader(self._memory, user, groups)

    def pick(self, reader: Reader, candidates: Iterable[str], count: int) -> tuple[Pick, ...]:
        """The best ``count`` of the candidates, best first, each with its reason; fewer when there are not as many.

        ``candidates`` are ids of threads that the reader may read. Those of groups that the reader is not in, and those
        in which nobody wrote this week, are passed over.
        """
        return tuple(self.picks(reader, candidates, count))

    def picks(self, reader: Reader, candidates: Iterable[str], count: int) -> Iterator[Pick]:
        """The same, one by one: what nobody asks for any more is not explained."""
        judged = self._judge(reader, candidates)
        means = Means([one.values for one in judged[:RIVALS] if not one.known])
        for one in spread(judged, self._weights, count)[:count]:
            yield self._explain(reader, one, means)

    def appeal(self, thread_id: str) -> float:
        """The part of a thread's score that is the same for everybody to whom it is new; nothing for one in which
        nobody wrote this week."""
        common = self._of_all(thread_id)
        return common.worth if common else float("-inf")

    def concerned(self, thread_id: str) -> frozenset[str]:
        """Who has written in a thread, or is mentioned or answered there this week."""
        thread = self._memory.threads.get(thread_id)
        return frozenset((*thread.people, *thread.called, *thread.answered)) if thread else frozenset()

    def order(self, reader: Reader, candidates: Iterable[str], count: int) -> list[str]:
        """All candidates that count, best first; the first ``count`` are those that ``pick`` gives."""
        return [one.id for one in spread(self._judge(reader, candidates), self._weights, count)]

    def _judge(self, reader: Reader, candidates: Iterable[str]) -> list[Judged]:
        """Every candidate that counts, once, by score; equals by time, the latest first, then by id."""
        judged, judge = [], Judging(self._memory, self._weights, reader)
        for thread_id in set(candidates):
            common = self._of_all(thread_id)
            if common is not None and common.thread.group in reader.groups:
                judged.append(judge.judged(thread_id, common))
        judged.sort(key=lambda one: (-one.score, -one.thread.last, one.id))
        return judged

    def _of_all(self, thread_id: str) -> Common | None:
        try:
            return self._common[thread_id]
        except KeyError:
            thread = self._memory.threads.get(thread_id)
            common = None
            if thread is not None and thread.written:
                values = signals.of_thread(self._memory, thread)
                common = Common(thread, values, worth(self._weights.of_thread, values))
            self._common[thread_id] = common
            return common

    def _explain(self, reader: Reader, one: Judged, means: Means) -> Pick:
        contributions = None if one.known else means.contributions(self._weights.new, one.values)
        why = reason(reader, one.thread, contributions)
        return Pick(thread=one.id, group=one.thread.group, score=one.score, known=one.known, reason=why)


class Judging:
    """For one reader. What is the same for a whole group, or for all threads of strangers, is measured once."""

    def __init__(self, memory: Memory, weights: Weights, reader: Reader) -> None:
        self._memory = memory
        self._weights = weights
        self._reader = reader
        self._groups: dict[str, Measured] = {}
        self._strangers = [self._near(signals.among_strangers(reader, company=company)) for company in (False, True)]

    def judged(self, thread_id: str, common: Common) -> Judged:
        """One candidate."""
        thread, reader = common.thread, self._reader
        trace = thread.people.get(reader.user)
        if trace is not None:
            values = signals.known(self._memory, reader, thread, trace)
            return Judged(
                thread_id, thread, known=True, score=worth(self._weights.known, values) + self._weights.written
            )
        group = self._groups.get(thread.group) or self._measure(thread.group)
        if reader.user in thread.called or reader.user in thread.answered or reader.has_met(thread.people):
            near = self._near(signals.of_reader(reader, thread))
        else:
            near = self._strangers[len(thread.people) > 2]
        score = common.worth + group.worth + near.worth
        return Judged(thread_id, thread, known=False, score=score, values=common.values + group.values + near.values)

    def _measure(self, group: str) -> Measured:
        values = signals.of_group(self._memory, self._reader, group)
        measured = self._groups[group] = Measured(values, worth(self._weights.of_group, values))
        return measured

    def _near(self, values: Signals) -> Measured:
        return Measured(values, worth(self._weights.of_reader, values))


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
