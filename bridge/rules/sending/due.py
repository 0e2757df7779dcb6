"""When a reader's weekly digest is due, and whether it is too late for it. Pure; called by the digest bot.

When a schedule fires is told by ``ports.schedule``, which knows time zones and the days when clocks change.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from bridge.domain.sending import Choices

FIELDS: Final = 5
"""Of a schedule: minute, hour, day of the month, month, day of the week."""


class Turn(StrEnum):
    """What is to be done about a reader now."""

    WAIT = "wait"
    SEND = "send"
    SKIP = "skip"
    """It was due so long ago that it is old news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """``when``: the schedule as cron writes it. Readers get theirs within ``window`` after it, each always at the same
    place in it; what is more than ``limit`` late is skipped."""

    when: str
    window: timedelta
    limit: timedelta


def schedule_of(when: str, choices: Choices | None) -> str:
    """The schedule of a reader: that of the company, with the day and the hour which they chose."""
    if choices is None or (choices.weekday is None and choices.hour is None):
        return when
    minute, hour, day, month, weekday = when.split()
    if choices.hour is not None:
        hour = str(choices.hour)
    if choices.weekday is not None:
        day, month, weekday = "*", "*", str((choices.weekday + 1) % 7)
    return f"{minute} {hour} {day} {month} {weekday}"


def place_in(window: timedelta, reader: str) -> timedelta:
    """How long after the schedule a reader's turn is, in whole seconds: spread evenly, and the same every week."""
    seconds = int(window.total_seconds())
    if seconds <= 0:
        return timedelta()
    number = int.from_bytes(sha256(reader.encode()).digest()[:8])
    return timedelta(seconds=number % seconds)


def turn_of(timing: Timing, fired: datetime, reader: str, *, since: datetime, now: datetime) -> Turn:
    """What is to be done about a digest that the schedule asked for at ``fired``, unless it is there already.

    Nothing before ``since`` counts: when the bot began, or when the reader last chose.
    """
    due = fired + place_in(timing.window, reader)
    if fired < since or now < due:
        return Turn.WAIT
    return Turn.SEND if now - due <= timing.limit else Turn.SKIP
