"""Signed heads of audit chains as lines of text, which witnesses keep: for chat and files, read by ``verify``."""

import base64
import binascii
from collections.abc import Iterable
from typing import Final

from bridge.domain.audit import Head
from bridge.domain.errors import InputError
from bridge.domain.messages import say

MARK: Final = "parvis-audit-1"
HASH_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64


def written(head: Head) -> str:
    """One line: mark, chain, length, time, last hash, signature."""
    fields = (_text(head.chain), str(head.length), str(head.at), _text(head.hash), _text(head.signature))
    return " ".join((MARK, *fields))


def read(lines: Iterable[str]) -> list[Head]:
    """The heads among these lines, wherever in a line they stand. Raises ``InputError`` for one that is damaged."""
    return [_head(line[line.index(MARK) :].split()[1:6]) for line in lines if MARK in line]


def _head(fields: list[str]) -> Head:
    try:
        chain, length, at, last, signature = fields
        head = Head(chain=_bytes(chain), length=int(length), at=int(at), hash=_bytes(last), signature=_bytes(signature))
    except (ValueError, binascii.Error) as error:
        raise _damaged() from error
    lengths = (len(head.chain), len(head.hash), len(head.signature))
    if lengths != (HASH_BYTES, HASH_BYTES, SIGNATURE_BYTES) or not (0 < head.length < 2**63 and abs(head.at) < 2**63):
        raise _damaged()
    return head


def _damaged() -> InputError:
    return InputError(say("A line that begins with {mark} is damaged: copy it whole.", mark=MARK))


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
