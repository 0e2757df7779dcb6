"""What a message is, as the columns of ``activity`` hold it; used by the three modules that read and write them."""

from array import array
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from functools import cache
from math import log2
from typing import Final

from bridge.domain.activity import Form, Kind

GONE: Final = -1
"""Of what was taken back or erased: nothing but the id is known, and nothing more is stored."""
NAMED: Final = 0
"""Of what is only named by another event so far."""
KIND_OF: Final = {
    1: Kind.TEXT,
    2: Kind.NOTICE,
    3: Kind.IMAGE,
    4: Kind.VIDEO,
    5: Kind.AUDIO,
    6: Kind.FILE,
    7: Kind.PLACE,
    8: Kind.STICKER,
    9: Kind.POLL,
    10: Kind.SEALED,
    11: Kind.OTHER,
}
"""Numbers that stand in databases: new ones are added, none is used again."""
KINDS: Final = {kind: number for number, kind in KIND_OF.items()}

QUESTION: Final = 1
LINK: Final = 2
CODE: Final = 4
CALLS_ALL: Final = 8

HASH_BYTES: Final = 32
STEPS: Final = 4
"""Classes of length between a number and its double: rounding is within a tenth."""


def packed(event: str) -> bytes:
    """An event id in bytes. Since room version 4 it is a hash, in 43 letters; others stay as they are, one byte longer
    where they would have the length of a hash."""
    if len(event) == 44 and event[0] == "$":
        try:
            plain = urlsafe_b64decode(f"{event[1:]}=")
        except ValueError:
            plain = b""
        if len(plain) == HASH_BYTES and unpacked(plain) == event:
            return plain
    text = event.encode()
    return text + b"\0" if len(text) == HASH_BYTES else text


def unpacked(event: bytes) -> str:
    """The event id."""
    if len(event) == HASH_BYTES:
        return f"${urlsafe_b64encode(event)[:-1].decode()}"
    return event.rstrip(b"\0").decode()


def classed(length: int) -> int:
    """The class of a length; 0 for nothing, and for what cannot be read."""
    return 0 if length <= 0 else 1 + round(STEPS * log2(min(length, 2**20)))


def length_of(number: int) -> int:
    """The typical length of a class."""
    return _LENGTHS[number]


_LENGTHS: Final = (0, *(round(2 ** (step / STEPS)) for step in range(STEPS * 20 + 1)))


def flags_of(form: Form) -> int:
    """What a form says yes to."""
    return QUESTION * form.question + LINK * form.link + CODE * form.code + CALLS_ALL * form.calls_all


def numbers(column: bytes | None) -> Iterable[int]:
    """Numbers of people, out of a column."""
    if not column:
        return ()
    found = array("i")
    found.frombytes(column)
    return found


def in_column(people: Iterable[int]) -> bytes | None:
    """Numbers of people for a column; None where there are none."""
    return array("i", people).tobytes() or None


@cache
def form_of(length: int, flags: int) -> Form:
    """The form that a class of length and flags stand for; some hundred are all there are."""
    return Form(
        length=length_of(length),
        question=bool(flags & QUESTION),
        link=bool(flags & LINK),
        code=bool(flags & CODE),
        calls_all=bool(flags & CALLS_ALL),
    )


class Ids(dict[bytes, str]):
    """Event ids by what is packed, each one object: a thread's stands in all its messages."""

    def __missing__(self, event: bytes) -> str:
        text = self[event] = unpacked(event)
        return text
