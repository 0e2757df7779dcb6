"""The digest bot's part of the configuration, checked. For ``bot``, and through it for ``parvis check``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from bridge.domain.digest import LENGTH
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.files.spelling import closest
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


def settings_of(config: Mapping[str, Any]) -> Settings:
    """The settings. Raises ``InputError`` with what is wrong; whether ``when`` is a schedule, its own port says."""
    for key in config:
        if key not in KEYS:
            near = closest(key, KEYS) or ", ".join(KEYS)
            raise InputError(say("The digest bot has no setting {key}; it may be {near}.", key=key, near=near))
    readers = config.get("readers", EVERYONE)
    if readers not in (EVERYONE, ASKED):
        raise InputError(say("The digest bot writes to {choices}.", choices=(EVERYONE, ASKED)))
    report = str(config.get("report", "true")).lower()
    if report not in ("true", "false"):
        raise InputError(say("The setting report of the digest bot is true or false."))
    timing = Timing(
        when=_when(config.get("when", WHEN)),
        window=_time(config, "window", WINDOW),
        limit=_time(config, "late", LATE),
    )
    return Settings(
        timing=timing,
        everyone=readers == EVERYONE,
        length=length_in(str(config.get("length", LENGTH))),
        report=report == "true",
        marks=_marks(config.get("marks", MARKS)),
    )


def length_in(text: str) -> int:
    """How many threads a digest has at most. Raises ``InputError``."""
    if not text.isdecimal() or not SHORTEST <= int(text) <= LONGEST:
        raise InputError(
            say("A digest has {shortest} to {longest} conversations.", shortest=SHORTEST, longest=LONGEST), detail=text
        )
    return int(text)


def _when(written: Any) -> str:
    if not isinstance(written, str) or len(written.split()) != FIELDS:
        raise InputError(say("The setting when of the digest bot is a schedule as cron writes it: 0 8 * * MON."))
    return written


def _time(config: Mapping[str, Any], key: str, usual: timedelta) -> timedelta:
    written = config.get(key)
    if written is None:
        return usual
    found = re.fullmatch(r"(\d{1,4})([mhd])", str(written))
    if not found:
        raise InputError(say("The setting {key} of the digest bot is a time such as 30m, 6h or 2d.", key=key))
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _marks(written: Any) -> tuple[str, ...]:
    marks = [written] if isinstance(written, str) else written
    if not isinstance(marks, list | tuple) or not all(isinstance(one, str) and one.strip() for one in marks):
        raise InputError(say("The setting marks of the digest bot is an emoji, or a list of some."))
    return tuple(str(one).strip() for one in marks)
