"""The digest bot's part of the configuration, checked. For ``bot``, and through it for ``parvis check``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from bots.kit.settings import SettingsReader
from bridge.domain.digest import LENGTH
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, say
from bridge.files.spelling import closest, shown
from bridge.ports.schedule import Schedule
from bridge.rules.digest.choosing import MARKS
from bridge.rules.sending.due import FIELDS, Timing

KEYS: Final = ("when", "window", "late", "readers", "length", "report", "marks")
WHEN: Final = "0 8 * * MON"
WINDOW: Final = timedelta(minutes=30)
LATE: Final = timedelta(days=2)
EVERYONE: Final = "everyone"
ASKED: Final = "asked"
SHORTEST: Final = 1
LONGEST: Final = 10
UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``everyone``: also whoever never said that they want one. ``length``: threads, where a reader chose nothing.
    ``report``: whether administrators are told each week how many were sent."""

    timing: Timing
    everyone: bool = True
    length: int = LENGTH
    report: bool = True
    marks: tuple[str, ...] = MARKS


def settings_of(config: Mapping[str, Any], schedule: Schedule) -> Settings:
    """The settings, ``when`` judged by ``schedule``. Raises ``WrongSettings`` with everything that is wrong."""
    reader = SettingsReader(config)
    reader.only(KEYS, _unknown)
    timing = Timing(
        when=reader.read("when", partial(_when, schedule=schedule), WHEN),
        window=reader.read("window", partial(_time, key="window"), WINDOW),
        limit=reader.read("late", partial(_time, key="late"), LATE),
    )
    settings = Settings(
        timing=timing,
        everyone=reader.read("readers", _everyone, usual=True),
        length=reader.read("length", lambda written: length_in(str(written)), LENGTH),
        report=reader.read("report", _report, usual=True),
        marks=reader.read("marks", _marks, MARKS),
    )
    reader.refuse()
    return settings


def length_in(text: str) -> int:
    """How many threads a digest has at most. Raises ``InputError``."""
    if not text.isdecimal() or not SHORTEST <= int(text) <= LONGEST:
        raise InputError(
            say("A digest has {shortest} to {longest} conversations.", shortest=SHORTEST, longest=LONGEST), detail=text
        )
    return int(text)


def _unknown(key: str) -> Message:
    near = closest(key, KEYS) or ", ".join(KEYS)
    return say("The digest bot has no setting {key}; it may be {near}.", key=shown(key), near=near)


def _when(written: Any, *, schedule: Schedule) -> str:
    if not isinstance(written, str) or len(written.split()) != FIELDS:
        raise InputError(say("The setting when of the digest bot is a schedule as cron writes it: 0 8 * * MON."))
    schedule.check(written)
    return written


def _everyone(written: Any) -> bool:
    if written not in (EVERYONE, ASKED):
        raise InputError(say("The digest bot writes to {choices}.", choices=(EVERYONE, ASKED)))
    return bool(written == EVERYONE)


def _report(written: Any) -> bool:
    report = str(written).lower()
    if report not in ("true", "false"):
        raise InputError(say("The setting report of the digest bot is true or false."))
    return report == "true"


def _time(written: Any, *, key: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,4})([mhd])", str(written))
    if not found:
        raise InputError(say("The setting {key} of the digest bot is a time such as 30m, 6h or 2d.", key=key))
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _marks(written: Any) -> tuple[str, ...]:
    marks = [written] if isinstance(written, str) else written
    if not isinstance(marks, list | tuple) or not all(isinstance(one, str) and one.strip() for one in marks):
        raise InputError(say("The setting marks of the digest bot is an emoji, or a list of some."))
    return tuple(str(one).strip() for one in marks)
