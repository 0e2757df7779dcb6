"""The digest's ranking: the threads of a week in the order in which one reader would want them, each with its reason.

Called by the digest bot, and by the bench. Pure: the same memory and candidates give the same list, in whatever order
they come.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import mul
from typing import NamedTuple

from bridge.domain.activity import Pick
from bridge.rules.ranking import signals
from bridge.rules.ranking.memory import Memory, Thread
from bridge.rules.ranking.reader import Reader
from bridge.rules.ranking.reasons import Means, reason
from bridge.rules.ranking.signals import Signals
from bridge.rules.ranking.weights import Weights


class Judged(NamedTuple):
    """A candidate with its signals and what they come to; ``known``: the reader has written in it."""

    id: str
    thread: Thread
    known: bool
    signals: Signals
    score: float


def pick(memory: Memory, weights: Weights, reader: Reader, candidates: Iterable[str], count: int) -> tuple[Pick, ...]:
    """The best ``count`` of the candidates, best first, each with its reason; fewer when there are not as many.

    ``candidates`` are ids of threads that the reader may read. Those of groups that the reader is not in, and those in
    which nobody wrote this week, are passed over.
    """
    judged = judge(memory, weights, reader, candidates)
    means = Means([one.signals for one in judged if not one.known])
    return tuple(
        Pick(
            thread=one.id,
            group=one.thread.group,
            score=one.score,
            known=one.known,
            reason=reason(reader, one.thread, None if one.known else means.contributions(weights.new, one.signals)),
        )
        for one in spread(judged, weights, count)[:count]
    )


def order(memory: Memory, weights: Weights, reader: Reader, candidates: Iterable[str], count: int) -> list[str]:
    """All candidates that count, best first; the first ``count`` are those that ``pick`` gives."""
    return [one.id for one in spread(judge(memory, weights, reader, candidates), weights, count)]


def judge(memory: Memory, weights: Weights, reader: Reader, candidates: Iterable[str]) -> list[Judged]:
    """Every candidate that counts, once, by score; equals by time, the latest first, then by id."""
    judged = []
    for thread_id in set(candidates):
        thread = memory.threads.get(thread_id)
        if thread is None or not thread.written or thread.group not in reader.groups:
            continue
        trace = thread.people.get(reader.user)
        if trace is None:
            values = signals.new(memory, reader, thread)
            score = sum(map(mul, weights.new, values))
        else:
            values = signals.known(memory, reader, thread, trace)
            score = sum(map(mul, weights.known, values)) + weights.written
        judged.append(Judged(thread_id, thread, trace is not None, values, score))
    judged.sort(key=lambda one: (-one.score, -one.thread.last, one.id))
    return judged


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
