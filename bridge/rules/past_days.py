"""Days that have been, as people say them in English or French, and where a text begins with one. Pure.

Names of months are passed in. Used by ``bots/cards/history``.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from bridge.domain.errors import InputError
from bridge.domain.messages import Text, say
from bridge.rules.naming import folded

MonthOf: TypeAlias = Callable[[str], int | None]
"""The number of a month by its name; None where it is none."""

EARLIEST: Final = date(1900, 1, 1)
NUMERIC: Final = re.compile(r"(\d{1,2})([./ -])(\d{1,2})\2(\d{4}|\d{2})")
ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
DAY: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er)?")
YEAR: Final = re.compile(r"\d{4}")
AGO: Final = re.compile(r"(\d{1,3}) (day|week)s? ago|il y a (\d{1,3}) (jour|semaine)s?")
BEFORE: Final = {
    "today": 0, "aujourd'hui": 0, "ce jour": 0, "this morning": 0, "ce matin": 0, "yesterday": 1, "hier": 1,
    "day before yesterday": 2, "the day before yesterday": 2, "avant-hier": 2, "avant hier": 2,
}  # fmt: skip
"""How many days ago."""
LONGEST: Final = 5
"""Words of a day: ``le 3 mars de 2024``, ``il y a 3 jours``."""
SMALL: Final = frozenset({"the", "of", "on", "in", "le", "du", "de", "en", "au", "depuis"})


class Doubt(StrEnum):
    """Why somebody may have meant another day."""

    ORDER = "order"
    """01/02/2024: in English, some put the month first."""
    MONTH = "month"
    """They named none of the month's days, and its first is taken."""


@dataclass(frozen=True, slots=True)
class SaidDay:
    """A day that somebody means, and what is doubtful about it."""

    day: date
    doubt: Doubt | None = None


def leading_day(words: Sequence[str], *, today: date, month_of: MonthOf) -> tuple[SaidDay, int]:
    """The day with which these words begin, and how many they are: the most that say one. Raises ``InputError``."""
    for count in range(min(LONGEST, len(words)), 0, -1):
        if found := _read(" ".join(words[:count]), today, month_of):
            return _past(found, today), count
    number = words[0][:1].isdigit() if words else False
    raise _no_day(" ".join(words[: 3 if number else 1]))


def _read(text: str, today: date, month_of: MonthOf) -> SaidDay | None:
    plain = folded(text).strip(" ,.")
    if plain in BEFORE:
        return SaidDay(today - timedelta(days=BEFORE[plain]))
    if ago := AGO.fullmatch(plain):
        each = 7 if ago[2] == "week" or ago[4] == "semaine" else 1
        return SaidDay(today - timedelta(days=each * int(ago[1] or ago[3])))
    if iso := ISO.fullmatch(plain):
        return _of(int(iso[1]), int(iso[2]), int(iso[3]), text)
    if numeric := NUMERIC.fullmatch(plain):
        return _numeric(int(numeric[1]), int(numeric[3]), _year(numeric[4]), text)
    return _in_words([word.strip(",.") for word in plain.split() if word not in SMALL], text, today, month_of)


def _numeric(first: int, second: int, year: int, text: str) -> SaidDay:
    """The day first, as in Europe, unless it can only be the second number."""
    day, month = (second, first) if second > 12 >= first else (first, second)
    either = first != second and first <= 12 and second <= 12 and "." not in text  # dots are never American
    return _of(year, month, day, text, doubt=Doubt.ORDER if either else None)


def _in_words(words: Sequence[str], text: str, today: date, month_of: MonthOf) -> SaidDay | None:
    """``3 March 2024``, ``March 3rd, 2024``, ``3 mars`` (the last one), ``March 2024`` (its first day)."""
    months = [number for word in words if (number := month_of(word))]
    days = [int(found[1]) for word in words if (found := DAY.fullmatch(word))]
    years = [int(word) for word in words if YEAR.fullmatch(word)]
    if len(months) != 1 or len(days) > 1 or len(years) > 1 or len(words) != 1 + len(days) + len(years):
        return None
    if not days:
        return _of(years[0], months[0], 1, text, doubt=Doubt.MONTH) if years else None
    if years:
        return _of(years[0], months[0], days[0], text)
    this = _of(today.year, months[0], days[0], text)
    return this if this.day <= today else _of(today.year - 1, months[0], days[0], text)


def _of(year: int, month: int, day: int, text: str, *, doubt: Doubt | None = None) -> SaidDay:
    try:
        return SaidDay(date(year, month, day), doubt)
    except ValueError:
        raise _no_day(text) from None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _past(found: SaidDay, today: date) -> SaidDay:
    if not EARLIEST <= found.day <= today:
        raise InputError(say("{day} is not in the past.", day=found.day) if found.day > today
                         else say("{day} is too long ago.", day=found.day))  # fmt: skip
    return found


def _no_day(text: str) -> InputError:
    shown = "".join(letter for letter in text.strip() if letter.isprintable())
    return InputError(
        say("This is no day: {text}. Write it like {iso}, {european} or {words}.",
            text=shown if len(shown) <= 60 else shown[:59] + "…", iso="2026-03-02", european="02/03/2026",
            words=Text(en="2 March 2026", fr="2 mars 2026"))
    )  # fmt: skip
