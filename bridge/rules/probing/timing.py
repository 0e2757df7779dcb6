"""What is timed, about the hidden group and about nothing in turns, and what the times prove: pure. For
``services.probing``.

A difference is told only with what would have been noticed beside it: times that lie too far apart prove nothing.
"""

from collections.abc import Sequence
from statistics import median
from typing import Final

from bridge.domain.messages import Message, say
from bridge.domain.secrecy import SAY, Asker, Outcome, Probed, Question
from bridge.rules.probing.judging import VERDICTS
from bridge.rules.probing.ranking import chance_of_such_ranks, least_noticed
from bridge.rules.probing.shape import ANYBODY, OURS, Channel

CHANCE: Final = 0.0001
"""That a line is an alarm although nothing is wrong."""
ENOUGH: Final = 20
"""Answers about each: with fewer, the ranks' chance is no good."""
SHARE: Final = 0.5
"""Of the time of an answer: a difference as large as that has to be noticed."""


def _line(name: str, title: Message, line: str) -> Channel:
    return Channel(name=f"time-{name}", title=title, question=Question(method=SAY, path=line), askers=OURS)


TIMED: Final = (
    _line("show", say("time of an answer: a group by its name"), "group show {name}"),
    _line("find", say("time of an answer: search"), "find {name}"),
    _line("why", say("time of an answer: reasons"), "why {name}"),
    Channel(
        name="time-queries",
        title=say("time of an answer: addresses"),
        question=Question(method="GET", path="/_matrix/app/v1/rooms/{alias}", bridge=True),
        askers=(ANYBODY,),
    ),
)


def suffices(about: Sequence[float], nothing: Sequence[float]) -> bool:
    """Whether these times, in seconds, would show a difference that is worth being told."""
    if min(len(about), len(nothing)) < ENOUGH:
        return False
    return least_noticed(about, nothing, CHANCE) <= SHARE * median((*about, *nothing))


def judge_times(channel: Channel, asker: Asker, about: Sequence[float], nothing: Sequence[float]) -> Probed:
    """The line about these times; none where no answer came."""
    outcome = _outcome(about, nothing)
    seen = f"{_ms(median(about))} / {_ms(median(nothing))} ms" if about and nothing else ""
    if min(len(about), len(nothing)) >= ENOUGH:
        seen += f" ± {_ms(least_noticed(about, nothing, CHANCE))} ms"
    return Probed(channel=channel.name, asker=asker, outcome=outcome, verdict=VERDICTS[outcome], seen=seen)


def _outcome(about: Sequence[float], nothing: Sequence[float]) -> Outcome:
    if not about or not nothing:
        return Outcome.UNANSWERED
    if min(len(about), len(nothing)) >= ENOUGH and chance_of_such_ranks(about, nothing) < CHANCE:
        return Outcome.LONGER
    return Outcome.AS_LONG if suffices(about, nothing) else Outcome.COARSE


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"
