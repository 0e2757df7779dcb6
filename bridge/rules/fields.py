"""Fields that somebody may decide, of groups and partners: how each value is read from a plain one and written again.

Used by ``policy`` and ``partner_fields``, which name the fields.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, TypeVar

from bridge.domain.directory import Visibility
from bridge.domain.errors import InputError
from bridge.domain.ids import MAX_ID_BYTES
from bridge.domain.lifetimes import days_in, no_lifetime
from bridge.domain.messages import LANGUAGES, Text, say
from bridge.domain.policy import Value
from bridge.domain.words import FLAGS, VISIBILITIES, folded

E = TypeVar("E", bound=StrEnum)

BY_VISIBILITY: Final = "default"
"""Written where the visibility is to decide."""
MAX_NAME: Final = 100
"""Characters of a group's name: rooms show no more in a list."""
MAX_TEXT: Final = 2000
SHOWN: Final = 60
DAY_FIRST: Final = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})")
YEAR_FIRST: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadValue(InputError):
    """A value that its field cannot have."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: ``read`` makes its value of a plain one (raises ``BadValue``), ``write`` goes back."""

    name: str
    read: Callable[[Value], Any]
    write: Callable[[Any], Value]


def read_text(value: Value) -> str:
    """One text, without spaces around it."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    raise BadValue(say("One value is expected here, not several."))


def read_flag(value: Value) -> bool:
    """Yes or no, in either language."""
    if isinstance(value, bool):
        return value
    word = read_text(value)
    if word.casefold() not in FLAGS:
        raise BadValue(say("{word} is neither true nor false.", word=shown(word)))
    return FLAGS[word.casefold()]


def read_flag_or_default(value: Value) -> bool | None:
    """The same, and nothing where the visibility is to decide."""
    return None if value is None or value == BY_VISIBILITY else read_flag(value)


def read_word(words: type[E]) -> Callable[[Value], E]:
    """A reader of one of these words."""

    def read(value: Value) -> E:
        return words(among(read_text(value), [word.value for word in words]))

    return read


def read_visibility(value: Value) -> Visibility:
    """Who may see a group, in either language."""
    word = read_text(value)
    return Visibility(among(VISIBILITIES.get(folded(word), word), [one.value for one in Visibility]))


def read_word_or_default(words: type[E]) -> Callable[[Value], E | None]:
    """As ``read_word``, and nothing where the visibility is to decide."""

    def read(value: Value) -> E | None:
        word = among(read_text(value) or BY_VISIBILITY, [BY_VISIBILITY, *(one.value for one in words)])
        return None if word == BY_VISIBILITY else words(word)

    return read


def read_days(value: Value) -> int:
    """A lifetime in days, 0 for none."""
    text = read_text(value)
    days = days_in(text)
    if days is None:
        raise BadValue(no_lifetime(shown(text)))
    return days


def read_day(value: Value) -> date | None:
    """A day as 2027-06-30 or, as it is written in Europe, 30/06/2027; or nothing."""
    text = read_text(value)
    if not text:
        return None
    found = DAY_FIRST.fullmatch(text)
    plain = f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else text
    try:
        return date.fromisoformat(plain)
    except ValueError:
        if found or YEAR_FIRST.fullmatch(text):
            raise BadValue(say("The calendar has no day {word}.", word=text)) from None
        raise BadValue(say("{word} is not a date such as 2027-06-30.", word=shown(text))) from None


def read_language(value: Value) -> str:
    """One of our languages, or nothing."""
    word = read_text(value)
    return among(word, list(LANGUAGES)) if word else ""


def read_ids(value: Value) -> tuple[str, ...]:
    """Each once, in order; one text holds one id, for ids may hold commas and spaces."""
    if isinstance(value, str):
        value = [value]
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise BadValue(say("A list is expected here."))
    if any(len(one.encode()) > MAX_ID_BYTES for one in value):
        raise BadValue(say("An id has at most 255 characters, none of them invisible."))
    return tuple(dict.fromkeys(one.strip() for one in value))


def read_texts(limit: int, *, needed: bool = False) -> Callable[[Value], Text]:
    """A reader of a text of at most ``limit`` characters, for both languages or for each; ``needed`` ones are names."""

    def read(value: Value) -> Text:
        if isinstance(value, dict):
            unknown = next((key for key in value if key not in LANGUAGES), None)
            if unknown is not None:
                raise BadValue(
                    say("{word} is not one of our languages: {known}.", word=shown(unknown), known=LANGUAGES)
                )
            text = Text(en=read_text(value.get("en")), fr=read_text(value.get("fr")))
        else:
            text = Text.same(read_text(value))
        if needed:  # a name stands in one line
            text = Text(en=" ".join(text.en.split()), fr=" ".join(text.fr.split()))
        if needed and not text:
            raise BadValue(say("A name is needed here."))
        if max(len(text.en), len(text.fr)) > limit:
            raise BadValue(say("This is too long: at most {limit} characters.", limit=limit))
        return text

    return read


def plain_text(text: Text) -> Value:
    """A text as it is stored."""
    if text.en == text.fr:
        return text.en
    return {language: words for language, words in (("en", text.en), ("fr", text.fr)) if words}


def plain_word(word: StrEnum | None) -> Value:
    """A word as it is stored."""
    return None if word is None else word.value


def plain_days(days: int) -> Value:
    """A lifetime as it is stored."""
    return str(days) if days else None


def same(value: Value) -> Value:
    """What is stored as it is."""
    return value


def among(word: str, known: list[str]) -> str:
    """The one of the ``known`` words that is meant, whatever its capitals."""
    folded = word.casefold().replace("_", "-").replace(" ", "-")
    if folded in known:
        return folded
    near = get_close_matches(folded[: SHOWN * 2], known, n=1, cutoff=0.7)
    if near:
        raise BadValue(say("{word} is not known here; did you mean {guess}?", word=shown(word), guess=near[0]))
    raise BadValue(say("{word} is not known here; it may be one of: {known}.", word=shown(word), known=tuple(known)))


def shown(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
