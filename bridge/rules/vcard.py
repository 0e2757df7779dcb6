"""A profile card as a vCard 4 (RFC 6350), so that it can go into any address book. Pure; for ``services/cards``.

No library that is kept writes version 4: vobject knows 2.1 and 3.0 alone.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from bridge.domain.cards import Field
from bridge.domain.ids import localpart_of

LINE: Final = 75
"""Bytes after which a line is folded (section 3.2)."""
CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
ESCAPED: Final = {"\\": r"\\", ",": r"\,", ";": r"\;", "\n": r"\n"}
PRODUCT: Final = "-//Parvis//Profile card//EN"


def vcard(
    user: str, values: Mapping[Field, Sequence[str]], *, photo: bytes | None = None, at: datetime | None = None
) -> str:
    """The card of ``user`` with these values; ``photo`` is a JPEG, ``at`` when the card changed last."""
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"PRODID:{PRODUCT}", "KIND:individual", *_said(user, values)]
    if photo is not None:
        lines.append(f"PHOTO:data:image/jpeg;base64,{b64encode(photo).decode()}")
    if at is not None:
        lines.append(f"REV:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    lines.append("END:VCARD")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _said(user: str, values: Mapping[Field, Sequence[str]]) -> Iterator[str]:
    names = values.get(Field.NAME) or (localpart_of(user),)
    yield f"FN:{_text(names[0])}"
    for name, begin, end in PROPERTIES:
        for number, value in enumerate(values.get(name, ()), start=1):
            yield begin.format(number=number) + _value(name, value) + end
    yield f"IMPP:{matrix_uri(user)}"


PROPERTIES: Final = (
    (Field.PRONOUNCED, "X-PRONOUNCED:", ""),
    (Field.TITLE, "TITLE:", ""),
    (Field.ORGANISATION, "ORG:", ""),
    (Field.PHONE, "TEL;VALUE=uri;PREF={number}:tel:", ""),
    (Field.EMAIL, "EMAIL;PREF={number}:", ""),
    (Field.LANGUAGES, "LANG;PREF={number}:", ""),
    (Field.TIMEZONE, "TZ:", ""),
    # The town is the one part of an address that everybody writes and every address book shows.
    (Field.PLACE, "ADR:;;;", ";;;"),
    (Field.TOPICS, "EXPERTISE:", ""),  # RFC 6715
    (Field.LINKS, "URL:", ""),
)
"""Field, what stands before its value, what after it; in the order of the file."""


def matrix_uri(user: str) -> str:
    """The ``matrix:`` URI of a user (specification, appendix 4.6)."""
    return "matrix:u/" + "".join(_percent(letter) for letter in user.removeprefix("@"))


def _percent(letter: str) -> str:
    return letter if (letter.isalnum() and letter.isascii()) or letter in "-._~:=+[]" else f"%{ord(letter):02X}"


def _value(name: Field, value: str) -> str:
    if name is Field.PHONE:
        return re.sub(r"[^+0-9;=a-z-]", "", value.replace(" ", ""))
    return CONTROLS.sub("", value).replace("\n", "") if name is Field.LINKS else _text(value)


def _text(value: str) -> str:
    """Escaped (section 3.4)."""
    clean = CONTROLS.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(ESCAPED.get(letter, letter) for letter in clean)


def _folded(line: str) -> str:
    """In pieces of at most 75 bytes, none of which ends within a character."""
    pieces, piece, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LINE:
            pieces.append(piece)
            piece, size = "", 1  # the space that continues a line counts
        piece += letter
        size += width
    return "\r\n ".join([*pieces, piece])
