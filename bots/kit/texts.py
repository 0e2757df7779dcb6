"""Making text of others harmless before it stands beside ours: directions, control characters, line breaks.

Called by ``rendering`` for every leaf of a document and for every place of a sentence.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bridge.domain.messages import Message, Place, Text

INVISIBLE: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
"""Marks that steer direction or hide, soft hyphens too.

Joiners U+200C and U+200D stay: whole scripts and emoji need them."""

UNPRINTABLE: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters, and halves of characters that no server stores."""

BREAKS: Final = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
FIRST_STRONG_ISOLATE: Final = "\u2068"
POP_ISOLATE: Final = "\u2069"


def clean(text: str) -> str:
    """``text`` without marks of direction and control characters, on one line."""
    if text.isascii() and text.isprintable():
        return text
    return BREAKS.sub(" ", clean_lines(text))


def clean_lines(text: str) -> str:
    """As ``clean``, keeping the line breaks and tabs of text to copy."""
    lines = "\n".join(INVISIBLE.sub("", text).splitlines())
    return UNPRINTABLE.sub("\ufffd", lines)


def isolated(text: str) -> str:
    """``text`` cleaned; when it holds letters written from right to left, shut in so that it moves nothing around it
    (Unicode Standard Annex 9, isolates)."""
    cleaned = clean(text)
    if not cleaned.isascii() and any(unicodedata.bidirectional(letter) in {"R", "AL", "AN"} for letter in cleaned):
        return f"{FIRST_STRONG_ISOLATE}{cleaned}{POP_ISOLATE}"
    return cleaned


def shielded(message: Message) -> Message:
    """The message with every text in its places isolated; the sentence itself is ours."""
    return replace(message, places=shielded_places(message.places)) if message.places else message


def shielded_places(places: Mapping[str, Place]) -> dict[str, Place]:
    """Each place made harmless."""
    return {name: _shielded_place(value) for name, value in places.items()}


def _shielded_place(value: Place) -> Place:
    if isinstance(value, Message):
        return shielded(value)
    if isinstance(value, Text):
        return _shielded_item(value)
    if isinstance(value, tuple):
        return tuple(map(_shielded_item, value))
    return isolated(value) if isinstance(value, str) else value


def _shielded_item(value: str | Text | Message) -> str | Text | Message:
    if isinstance(value, Message):
        return shielded(value)
    return Text(en=isolated(value.en), fr=isolated(value.fr)) if isinstance(value, Text) else isolated(value)
