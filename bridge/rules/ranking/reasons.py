"""Why a thread was picked: what raised its score most among what the reader could have got. Called by ``ranking``."""

from collections.abc import Mapping, Sequence
from operator import mul, sub
from typing import Final

from bridge.domain.activity import Reason, Why
from bridge.rules.ranking.reader import Reader
from bridge.rules.ranking.signals import NEW, Signals
from bridge.rules.ranking.threads import Thread

NAMED: Final = 3
"""People in a reason at most."""
SEVERAL: Final = 3
"""From so many writers on, a thread is lively."""
SPEAKS_FOR: Final[Mapping[Why, tuple[str, ...]]] = {
    Why.PEOPLE: ("acquaintances", "starter", "last"),
    Why.GROUP: ("joining", "joined", "busy", "home"),
    Why.UNANSWERED: ("unanswered", "question"),
    Why.LIVELY: ("people", "steady", "company"),
}
"""The signals behind each reason, for threads that are new to the reader; the first reason wins among equals."""
PLACES: Final = {why: tuple(map(NEW.index, names)) for why, names in SPEAKS_FOR.items()}
"""Where they stand in ``NEW``."""


class Means:
    """What the signals of the best new threads are on average: only what is above it speaks for one of them."""

    def __init__(self, rivals: Sequence[Signals]) -> None:
        self._means = tuple(sum(column) / len(rivals) for column in zip(*rivals, strict=True)) or (0.0,) * len(NEW)

    def contributions(self, weights: Signals, signals: Signals) -> Signals:
        """How much each signal raises the score above that of the average candidate."""
        return tuple(map(mul, weights, map(sub, signals, self._means)))


def reason(reader: Reader, thread: Thread, contributions: Signals | None) -> Reason:
    """The reason for a thread; ``contributions`` are None where the reader has written in it.

    To be called or answered goes before everything. A reason is given only where it is true.
    """
    if callers := thread.called.get(reader.user):
        return Reason(Why.CALLED, _first(callers))
    if answerers := thread.answered.get(reader.user):
        return Reason(Why.ANSWERED, _first(answerers))
    if contributions is None:
        return Reason(Why.YOURS)
    strengths = {why: sum([contributions[place] for place in places]) for why, places in PLACES.items()}
    why = max((why for why in PLACES if _holds(why, reader, thread)), key=strengths.__getitem__, default=Why.RECENT)
    if why is Why.RECENT or strengths[why] <= 0:
        return Reason(Why.RECENT)
    return Reason(why, acquainted(reader, thread) if why is Why.PEOPLE else ())


def acquainted(reader: Reader, thread: Thread) -> tuple[str, ...]:
    """Who wrote in the thread this week and is near to the reader, the nearest first."""
    near = [person for person in thread.writers if reader.nearness[person] > 0]
    return tuple(sorted(near, key=lambda person: (-reader.nearness[person], person))[:NAMED])


def _first(people: Mapping[str, None]) -> tuple[str, ...]:
    return tuple(people)[:NAMED]


def _holds(why: Why, reader: Reader, thread: Thread) -> bool:
    match why:
        case Why.PEOPLE:
            return bool(acquainted(reader, thread))
        case Why.GROUP:
            return thread.group in reader.joined
        case Why.UNANSWERED:
            return len(thread.people) == 1
        case _:
            return len(thread.writers) >= SEVERAL
