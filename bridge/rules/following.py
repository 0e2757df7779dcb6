"""When somebody who stopped on the way is reminded, and when whoever looks after them gets a hint. Pure; called by
the bots that follow up.

At most as many reminders as the schedule names, for a whole path: who goes on after one and stops again is not
reminded of the same again.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from itertools import pairwise

from bridge.rules.working import WorkingTime


class Nudge(StrEnum):
    """What somebody is due."""

    REMINDER = "reminder"
    HINT = "hint"
    """A word to their manager or sponsor, who may help in person."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """``reminders``: working days without an answer after which each is due. ``hint``: the same for the hint, which is
    given once, after all of them; None for never."""

    reminders: tuple[int, ...] = (2, 7)
    hint: int | None = 9

    def __post_init__(self) -> None:
        steps = (0, *self.reminders, *([] if self.hint is None else [self.hint]))
        if any(later <= sooner for sooner, later in pairwise(steps)):
            raise ValueError("each reminder is later than the one before, and the hint than all of them")

    def after(self, told: int) -> tuple[Nudge, int] | None:
        """What comes when ``told`` nudges have been given, and after how many working days."""
        if told < len(self.reminders):
            return Nudge.REMINDER, self.reminders[told]
        return (Nudge.HINT, self.hint) if told == len(self.reminders) and self.hint is not None else None


DEFAULT = Schedule()


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Somebody who has not answered: ``since`` they were last spoken with, ``told`` nudges so far, the latest
    ``told_at``. ``not_before`` is what they asked for themselves by "later"."""

    since: datetime
    told: int = 0
    told_at: datetime | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """What is due, and when."""

    nudge: Nudge
    at: datetime


def next_due(silence: Silence, schedule: Schedule, hours: WorkingTime, zone: tzinfo) -> Due | None:
    """What comes next, always within the hours in which they work; None when they are left alone.

    After a nudge that came late (the bridge was off) the next one keeps its distance, so that two never come together.
    """
    coming = schedule.after(silence.told)
    if coming is None:
        return None
    nudge, days = coming
    at = hours.later(silence.since, days, zone)
    if silence.told_at is not None:
        _, before = schedule.after(silence.told - 1) or (nudge, 0)
        at = max(at, hours.later(silence.told_at, days - before, zone))
    if silence.not_before is not None:
        at = max(at, hours.next_open(silence.not_before, zone))
    return Due(nudge, at)


def is_due(due: Due | None, now: datetime, hours: WorkingTime, zone: tzinfo) -> bool:
    """Whether to do it now: its time has come, and they are at work. What became due while the bridge was off waits
    for their morning."""
    return due is not None and due.at <= now and hours.is_open(now, zone)
