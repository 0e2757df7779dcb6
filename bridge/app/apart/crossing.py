"""What goes through the pipe when a world is looked at elsewhere: rows in sections, and how values are shared.

Each piece is a pickle of its own. Values that went before are named by their number, and many users at once by an
array of numbers, so that nothing crosses, or lies in memory, twice.
"""

import pickle
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from enum import Enum, auto
from functools import partial
from io import BytesIO
from typing import Any, Final

from bridge.domain.desired import DesiredRoom, RoomSettings
from bridge.domain.directory import Group, Person
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Message
from bridge.domain.problems import InvalidInput, Problem
from bridge.domain.rooms import RoomRef
from bridge.planning.actions import AddMembers, RemoveMembers


class Section(Enum):
    """The parts of a world, in the order of crossing. Those up to ``DESIRED`` stay at home when they are known."""

    PEOPLE = auto()
    GROUPS = auto()
    PARTNERS = auto()
    ACCOUNTS = auto()
    EMPLOYEES = auto()
    MEMBERS = auto()
    OWNERS = auto()
    FACT_FINDINGS = auto()
    FACTS = auto()
    NAMES = auto()
    SEATED = auto()
    ROOMS = auto()
    DESIRED = auto()
    BINDINGS = auto()
    JOINED = auto()
    ACTIONS = auto()
    PLAN_FINDINGS = auto()
    PARTS = auto()
    WORLD = auto()


SETS: Final = (Section.EMPLOYEES, Section.MEMBERS, Section.SEATED)
"""Sections whose values are sets of users. One too large for a piece comes in slices."""

Row = tuple[Any, Any]
"""A key and its value; of sections that are one value, the key is None."""

Piece = tuple[Section, Sequence[Row]]

CROWDED: Final[dict[type, str]] = {
    Group: "members",
    DesiredRoom: "members",
    AddMembers: "users",
    RemoveMembers: "users",
}
"""Values that hold many users or people, and where."""

FIELDS: Final = {kind: tuple(one.name for one in fields(kind)) for kind in CROWDED}

SHARED: Final = frozenset({Person, RoomRef, RoomSettings})
"""Values that may have a number."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Many users or people, as a set or in order, on their way."""

    users: frozenset[str] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """Comes after the slices of a large set, which the other side knows by then."""

    users: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A ``ParvisError`` that crosses in place of a world."""

    message: Message
    detail: str
    kind: ErrorKind
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, error: ParvisError) -> "Failure":
        """What is to be told of an error."""
        problems = tuple(error.problems) if isinstance(error, InvalidInput) else ()
        return cls(message=error.message, detail=error.detail, kind=error.kind, problems=problems)

    def error(self) -> ParvisError:
        """The error again."""
        if self.problems:
            return InvalidInput(self.problems)
        return ParvisError(self.message, detail=self.detail, kind=self.kind)


def worth_sharing(section: Section, rows: Iterable[Row]) -> Iterable[Any]:
    """Values of a piece that later ones will name by their number: the same, in the same order, on both sides."""
    for _, value in rows:
        match value:
            case Person():
                yield from (value.id, value.user, value)
            case Group():
                yield value.id
            case DesiredRoom():
                yield from (value.ref, value.settings, value.members)
            case Whole():
                yield value.users
            case frozenset() if section in SETS:
                yield value


class Packer:
    """Values into bytes, in the child."""

    def __init__(self) -> None:
        self._texts: dict[str, int] = {}
        self._others: dict[int, int] = {}
        self._count = 0

    def share(self, values: Iterable[Any]) -> None:
        """These went through and have numbers from now on. They must live as long as this packer."""
        for value in values:
            if type(value) is str:
                self._texts[value] = self._count
            else:
                self._others[id(value)] = self._count
            self._count += 1

    def pack(self, piece: Piece) -> bytes:
        """One piece."""
        section, rows = piece
        out = BytesIO()
        _Pickler(out, self).dump((section, [(key, Crowd(row) if type(row) is frozenset else row) for key, row in rows]))
        return out.getvalue()

    def reduced(self, value: Any) -> Any:
        """How an object is written, for the pickler."""
        kind = type(value)
        if kind in SHARED and (number := self._others.get(id(value))) is not None:
            return shared, (number,)
        if kind is Whole:
            return Whole, ()
        if kind is Crowd:
            return self._crowd(value.users)
        if place := CROWDED.get(kind):
            values = {name: getattr(value, name) for name in FIELDS[kind]}
            return made, (kind, *(values | {place: Crowd(values[place])}).values())
        return NotImplemented

    def _crowd(self, users: frozenset[str] | tuple[str, ...]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        kind = type(users)
        if kind is frozenset and (number := self._others.get(id(users))) is not None:
            return shared, (number,)
        try:
            return many, (kind, array("I", map(self._texts.__getitem__, users)).tobytes())
        except KeyError:  # users that the directory does not declare, as partners' are
            return kind, (list(users),)


class _Pickler(pickle.Pickler):
    """Asks the packer for every object; unlike a persistent id, it is not asked for each of millions of texts."""

    def __init__(self, out: BytesIO, packer: Packer) -> None:
        super().__init__(out, protocol=5)
        self._packer = packer

    def reducer_override(self, value: Any, /) -> Any:
        return self._packer.reduced(value)


class Unpacker:
    """The inverse, in the parent."""

    def __init__(self) -> None:
        self._shared: list[Any] = []

    def share(self, values: Iterable[Any]) -> None:
        """What the other side shares at the same moment."""
        self._shared.extend(values)

    def unpack(self, piece: bytes) -> Any:
        """One piece."""
        return _Unpickler(BytesIO(piece), self._shared).load()


class _Unpickler(pickle.Unpickler):
    """Puts the numbers' values in place."""

    def __init__(self, piece: BytesIO, known: Sequence[Any]) -> None:
        super().__init__(piece)
        self._known = known

    def find_class(self, module: str, name: str, /) -> Any:
        found = super().find_class(module, name)
        return partial(found, self._known) if found is shared or found is many else found


def shared(known: Sequence[Any], number: int) -> Any:
    """The value with this number."""
    return known[number]


def many(known: Sequence[Any], kind: type, numbers: bytes) -> Any:
    """A set or tuple of the values with these numbers."""
    return kind(map(known.__getitem__, array("I", numbers)))


def made(kind: type, *values: Any) -> Any:
    """A value of a data class from its fields, in their order."""
    return kind(**dict(zip(FIELDS[kind], values, strict=True)))
