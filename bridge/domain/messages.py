"""Sentences for people, before they have a language.

A message is an English sentence with named places; it is translated where it is shown (gettext, Babel).
Write ``say("The file {path} does not exist.", path=path)``: Babel collects the calls of ``say`` and ``say_n``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeAlias

Language: TypeAlias = str
"""``en`` or ``fr``."""

LANGUAGES: Final[tuple[Language, ...]] = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Text:
    """Text that somebody else wrote, in one or both languages: the name of a group, a purpose."""

    en: str = ""
    fr: str = ""

    @classmethod
    def same(cls, text: str) -> "Text":
        """The same words whatever the reader's language."""
        return cls(en=text, fr=text)

    def in_language(self, language: Language) -> str:
        """The text in ``language``, or else in the other one; empty when there is none."""
        wanted, other = (self.fr, self.en) if language == "fr" else (self.en, self.fr)
        return wanted or other

    def __bool__(self) -> bool:
        return bool(self.en or self.fr)


NOTHING: Final = Text()
"""No text at all."""


@dataclass(frozen=True, slots=True)
class DayOf:
    """The day of a moment, which is another one where the clock says so: found where the sentence is read."""

    moment: datetime


Place: TypeAlias = "str | int | float | date | DayOf | Text | Message | tuple[str | Text | Message, ...]"
"""What a place in a sentence may hold; a tuple is shown as a list with commas, moments in the configured zone."""


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence; ``plural`` and ``count`` when it depends on a number."""

    text: str
    places: Mapping[str, Place] = field(default_factory=dict, hash=False)
    plural: str | None = None
    count: int | None = None

    def __str__(self) -> str:
        """In English, for logs and tests."""
        text = self.text if self.count is None or self.count == 1 or self.plural is None else self.plural
        return text.format_map({name: in_english(value) for name, value in self.places.items()})


def say(text: str, /, **places: Place) -> Message:
    """A sentence with its named places filled."""
    return Message(text, places)


def say_n(singular: str, plural: str, count: int, /, **places: Place) -> Message:
    """A sentence that depends on ``count``, itself available as the place ``{count}``."""
    return Message(singular, {"count": count, **places}, plural, count)


def shown(value: Place) -> Message:
    """A value by itself, as the reader's language writes it: a day, a moment, a list."""
    return Message("{value}", {"value": value})


def in_english(value: Place) -> str:
    """What stands in a place, in English."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M %Z}".rstrip()
    if isinstance(value, DayOf):
        return value.moment.date().isoformat()
    if isinstance(value, Text):
        return value.in_language("en")
    if isinstance(value, tuple):
        return ", ".join(map(in_english, value))
    return str(value)
