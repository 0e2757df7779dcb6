"""One audit key takes the place of another: the statement that both sign, kept in the store. For ``services/keyring``.

It says how far the old key counts in each chain. Where the old key was lost the new one states alone, and what was
signed with the old one can no longer be checked: the hashes can, and the new key vouches for where they had come to.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import pack
from typing import Any, Final

MARK: Final = b"parvis audit handover 1\n"
LOST: Final = b""
"""In place of an old key that nobody has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWord:
    """How far the old key counts in a chain: ``length`` links, the last of which has the ``hash``. ``breaks`` are links
    that follow nothing, because the bridge had begun to write with the new key before."""

    chain: bytes
    length: int
    hash: bytes
    at: int
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """``old`` and ``new`` are public keys, ``at`` milliseconds; of a lost key there is no signature."""

    old: bytes
    new: bytes
    at: int
    ends: tuple[LastWord, ...]
    old_signature: bytes = b""
    new_signature: bytes = b""

    @property
    def lost(self) -> bool:
        """Whether the new key stated it alone."""
        return self.old == LOST

    def length(self, chain: bytes) -> int:
        """How many links of the chain the old key may have signed."""
        return next((end.length for end in self.ends if end.chain == chain), 0)


def stated(handover: Handover) -> bytes:
    """What the signatures are made over."""
    said = [MARK, pack(">BB", len(handover.old), len(handover.new)), handover.old, handover.new]
    said.append(pack(">qQ", handover.at, len(handover.ends)))
    for end in handover.ends:
        said += [end.chain, pack(">Qq", end.length, end.at), end.hash, pack(">Q", len(end.breaks))]
        said += [pack(">Q", position) for position in end.breaks]
    return b"".join(said)


def stored(handovers: Iterable[Handover]) -> bytes:
    """As the store keeps them, oldest first."""
    return json.dumps([_plain(one) for one in handovers]).encode()


def restored(data: bytes) -> Sequence[Handover]:
    """The inverse of ``stored``."""
    return [_read(one) for one in json.loads(data)]


def _plain(one: Handover) -> dict[str, Any]:
    keys = {name: _text(getattr(one, name)) for name in ("old", "new", "old_signature", "new_signature")}
    ends = [[_text(end.chain), end.length, _text(end.hash), end.at, list(end.breaks)] for end in one.ends]
    return {**keys, "at": one.at, "ends": ends}


def _read(plain: dict[str, Any]) -> Handover:
    keys = {name: b64decode(plain[name]) for name in ("old", "new", "old_signature", "new_signature")}
    ends = tuple(
        LastWord(chain=b64decode(chain), length=length, hash=b64decode(last), at=at, breaks=tuple(breaks))
        for chain, length, last, at, breaks in plain["ends"]
    )
    return Handover(**keys, at=plain["at"], ends=ends)


def _text(value: bytes) -> str:
    return b64encode(value).decode()
