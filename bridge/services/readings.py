"""Readings of the directory as bytes, for the store. Called by ``truth`` alone.

What is large, and needed only to compare with another reading, is kept apart from what little amends a reading that is
known already.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from bridge.domain.directory import Directory, Group, declare
from bridge.rules.continuity import Accepted, Vanished
from bridge.rules.doubting import Oddities


@dataclass(frozen=True, slots=True)
class Amendments:
    """What is added to the reading of this ``stamp`` (empty when no reading is known as it is): groups that vanished,
    the order of members, and who was replaced."""

    stamp: str = ""
    vanished: Mapping[str, Vanished] = field(default_factory=dict)
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()


class _Kept(msgspec.Struct, frozen=True):
    directory: Directory
    missing: frozenset[str]
    odd: Oddities = field(default_factory=Oddities)


# Made here, before there are threads: msgspec dies where a second one decodes a class that a first one has it learn.
_kept: Final = msgspec.msgpack.Decoder(_Kept).decode
_amendments: Final = msgspec.msgpack.Decoder(Amendments).decode


def pack(accepted: Accepted) -> bytes:
    """The large part of an accepted reading as bytes, for ``unpack``."""
    return _packed(_Kept(accepted.directory, accepted.missing, accepted.odd))


def unpack(data: bytes, amendments: Amendments) -> Accepted:
    """An accepted reading from both its parts."""
    kept = _kept(zlib.decompress(data))
    groups = kept.directory.groups.values()
    declare(groups, [group.declared for group in groups])
    return Accepted(
        kept.directory,
        kept.missing,
        amendments.vanished,
        amendments.order,
        odd=kept.odd,
        replaced=amendments.replaced,
    )


def pack_amendments(accepted: Accepted, stamp: str) -> bytes:
    """The small part, for ``unpack_amendments``."""
    return _packed(amendments_of(accepted, stamp))


def amendments_of(accepted: Accepted, stamp: str) -> Amendments:
    """The small part, as it is kept in memory."""
    return Amendments(stamp, accepted.vanished, accepted.order, accepted.replaced)


def unpack_amendments(data: bytes) -> Amendments:
    """The inverse of ``pack_amendments``."""
    return _amendments(zlib.decompress(data))


def changed_amendments(data: bytes, change: Callable[[Group], Group]) -> bytes | None:
    """The same with the groups that vanished changed; None when that changes nothing."""
    amendments = unpack_amendments(data)
    vanished = {id_: replace(was, group=change(was.group)) for id_, was in amendments.vanished.items()}
    if vanished == amendments.vanished:
        return None
    return _packed(replace(amendments, vanished=vanished))


def _packed(value: object) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(value), level=1)
