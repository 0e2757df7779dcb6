"""The audit log as chains of hashes: what a link says, how hashes, commitments and signed heads are made.

The store appends links with these functions, ``rules/chain`` checks them. There is one chain for each compartment, and
nothing in a link is personal: of values that name people it holds a salted hash, their *commitment*.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from hashlib import sha256
from struct import pack
from typing import Any, Final, NamedTuple, TypeAlias

SALT_BYTES: Final = 16
"""Without the salt, whoever guesses a name could try it against the commitment that stays when the value is erased."""
BEGINNING: Final = bytes(32)
"""What the first link of a chain follows."""
BROKEN_OFF: Final = b"\xff" * 32
"""What a link follows when the head before it is not signed with our key: the place stays visible for ever."""
STATEMENT: Final = b"parvis audit head 1\n"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAY: Final = 86_400_000
Words: TypeAlias = tuple[str | None, ...]
NAMES: Final = frozenset({"user", "approved", "added", "removed", "before", "after"})
"""Keys of a record's detail under which people stand, by user id or by the directory's id."""
LONGEST_NAME: Final = 255
ERASED: Final = "erased"
"""Stands in a record where somebody stood who was taken out of it."""


class Part(IntEnum):
    """What a link tells of a record."""

    RECORD = 0
    """It was written: an intention, or a fact."""
    OUTCOME = 1
    """What became of it."""
    ERASURE = 2
    """Personal values in it were replaced: from here on it holds what this link commits to."""


class Link(NamedTuple):
    """A link as stored, beside its record as that is now. A tuple, because a million of them are checked in a minute.

    ``entry`` numbers records inside the store, times are milliseconds since 1970. ``record`` and what follows are of
    the record, all None when it is gone; ``opened`` is the commitment that its values have now, None when they do not
    open.
    """

    position: int
    part: int
    entry: int
    at: int
    commitment: bytes
    hash: bytes
    signature: bytes | None
    record: str | None
    record_at: int | None
    kind: str | None
    run: str | None
    outcome: str | None
    outcome_at: int | None
    opened: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a chain as it was when it had ``length`` links, signed; ``at`` is the last link's (milliseconds)."""

    chain: bytes
    length: int
    hash: bytes
    at: int
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which records: those about one of each set of subjects (``person``, ``group``, ``partner`` make them), written
    from ``since`` on and before ``until``."""

    about: tuple[frozenset[str], ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def wants(self, at: datetime, subjects: frozenset[str]) -> bool:
        """Whether a record is among them."""
        in_time = (self.since is None or self.since <= at) and (self.until is None or at < self.until)
        return in_time and all(subjects & wanted for wanted in self.about)


EVERYTHING: Final = AuditFilter()


def moment(milliseconds: int) -> datetime:
    """A link's time, in UTC."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def commitment(values: bytes, beside: str = "") -> bytes:
    """The commitment to values (a salt, then JSON, which holds no zero byte) and to a text beside them."""
    return sha256(values + b"\0" + beside.encode()).digest()


def link_hash(
    previous: bytes, chain: bytes, *, position: int, part: int, at: int, words: Words, committed: bytes
) -> bytes:
    """The hash of a link: over the hash before it and everything it says. ``words`` are ``words_of`` its record."""
    text = "".join([f"{len(word)}:{word}" for word in words if word is not None])
    return sha256(previous + chain + pack(">QBq", position, part, at) + committed + text.encode()).digest()


def words_of(
    part: int, record: str | None, *, kind: str | None = None, run: str | None = None, outcome: str | None = None
) -> Words:
    """What a link's hash covers of its record beside the commitment and the time."""
    if part == Part.RECORD:
        return record, kind, run
    return (record, outcome) if part == Part.OUTCOME else (record,)


def statement(chain: bytes, length: int, last: bytes, at: int) -> bytes:
    """What a head's signature is made over."""
    return STATEMENT + chain + pack(">Qq", length, at) + last


def said_by(head: Head) -> bytes:
    """The statement of a head."""
    return statement(head.chain, head.length, head.hash, head.at)


def person(name: str) -> str:
    """A person as the subject of records, by user id or by the directory's id."""
    return f"person/{name}"


def group(group_id: str) -> str:
    """A group as the subject of records."""
    return f"group/{group_id}"


def partner(partner_id: str) -> str:
    """A partner as the subject of records."""
    return f"partner/{partner_id}"


def subjects(actor: str, compartment: str, detail: Mapping[str, Any]) -> frozenset[str]:
    """Whom and what a record is about: who acted, people and partners that it names, groups."""
    found = {person(name) for name in (actor, *_people(detail)) if 0 < len(name) <= LONGEST_NAME}
    found.update(group(one) for one in groups(compartment, detail))
    found.update(f"partner/{id_}" for kind, id_ in _rooms(detail) if kind == "partner")
    if isinstance(named := detail.get("partner"), str):
        found.add(partner(named))
    if detail.get("field") == "partners":
        found.update(partner(name) for name in _people(detail))
    return frozenset(found)


def groups(compartment: str, detail: Mapping[str, Any]) -> frozenset[str]:
    """The ids of all groups that a record names, in whatever place."""
    found = {id_ for kind, id_ in _rooms(detail) if kind in {"group", "subspace"}}
    found.update(one for one in (compartment, detail.get("group")) if one)
    named = list(_people(detail))
    found.update(name.removeprefix("group:") for name in named if name.startswith("group:"))
    if detail.get("field") == "parent":
        found.update(filter(None, named))
    return frozenset(found)


def _rooms(detail: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Kind and id of the rooms that a record is about, as ``RoomRef`` writes them."""
    check = detail.get("check")
    for place in (detail, check) if isinstance(check, Mapping) else (detail,):
        for room in (place.get("room", ""), *_several(place.get("rooms"))):
            kind, _, id_ = str(room).partition("/")
            yield kind, id_


def _several(rooms: Any) -> Iterable[Any]:
    """What a record holds by room."""
    return rooms if isinstance(rooms, Mapping) else ()


def _people(detail: Mapping[str, Any]) -> Iterator[str]:
    """Words under the keys where people stand, however deep."""
    for key, value in detail.items():
        if key in NAMES:
            yield from _words(value)
        elif isinstance(value, Mapping):
            yield from _people(value)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _words(one)
