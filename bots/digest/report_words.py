"""The administrators' report in words. Pure; for ``reporting``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from bridge.domain.digest import Week
from bridge.domain.document import Document, Inline, Items, Strong, document, paragraph
from bridge.domain.mail import MailOutcome
from bridge.domain.messages import Message, say, say_n
from bridge.domain.sending import Because, Sending

TOLD: Final = (MailOutcome.SENT, MailOutcome.REFUSED, MailOutcome.MISSED, MailOutcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one week. ``none`` are employees who got no digest, and ``because`` says why those of them of whom that is
    known; the others want none. ``rooms`` counts what became of those for the rooms of groups."""

    week: str
    sent: int = 0
    failed: int = 0
    heard: int = 0
    none: int = 0
    because: Mapping[Because, int] = field(default_factory=dict)
    rooms: Mapping[Sending | Because, int] = field(default_factory=dict)
    letters: Mapping[MailOutcome, int] = field(default_factory=dict)


def report_document(figures: Figures) -> Document:
    """The report in words."""
    rows: list[tuple[Inline, ...]] = [
        (say_n("{count} digest was sent.", "{count} digests were sent.", figures.sent),),
        (say_n("{count} person said by a reaction that they saw theirs.",
               "{count} people said by a reaction that they saw theirs.", figures.heard),),
        (_none(figures),),
        (say_n("{count} could not be delivered.", "{count} could not be delivered.", figures.failed),),
    ]  # fmt: skip
    if figures.rooms:
        rows.append((_in_rooms(figures.rooms),))
    if sum(figures.letters.get(one, 0) for one in TOLD):
        rows.append((_letters(figures.letters),))
    return document(
        paragraph(Strong(say("Weekly digests of {week}, until {day}", week=figures.week, day=_last_day(figures.week)))),
        Items(tuple(rows)),
    )


def _none(figures: Figures) -> Message:
    none, because = figures.none, figures.because
    nothing, late = because.get(Because.NOTHING, 0), because.get(Because.LATE, 0)
    away = because.get(Because.LEFT, 0) + because.get(Because.UNANSWERED, 0)
    return say_n(
        "{count} employee got none: nothing was worth it {nothing}, it was too late {late}, not in the conversation"
        " with me {away}, not wanted {unwanted}.",
        "{count} employees got none: nothing was worth it {nothing}, it was too late {late}, not in the conversation"
        " with me {away}, not wanted {unwanted}.",
        none,
        nothing=nothing,
        late=late,
        away=away,
        unwanted=none - nothing - late - away,
    )


def _in_rooms(counts: Mapping[Sending | Because, int]) -> Message:
    return say(
        "In rooms of groups: posted {sent}, nothing was worth it {nothing}, it was too late {late}, encrypted"
        " {encrypted}, failed {failed}.",
        sent=counts.get(Sending.SENT, 0),
        nothing=counts.get(Because.NOTHING, 0),
        late=counts.get(Because.LATE, 0),
        encrypted=counts.get(Because.ENCRYPTED, 0),
        failed=counts.get(Sending.FAILED, 0) + counts.get(Because.REFUSED, 0),
    )


def _letters(counts: Mapping[MailOutcome, int]) -> Message:
    sent, refused, missed, unknown = (counts.get(one, 0) for one in TOLD)
    return say(
        "By e-mail: sent {sent}, refused {refused}, given up {missed}, of unknown fate {unknown}.",
        sent=sent,
        refused=refused,
        missed=missed,
        unknown=unknown,
    )


def _last_day(week: str) -> date:
    return Week.parse(week).until - timedelta(days=1)
