"""A world as pieces, in the child: rows of its sections, so many at a time that taking one over takes little time."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Any, Final

from bridge.app.apart.crossing import SETS, Crowd, Packer, Piece, Row, Section, Whole, worth_sharing
from bridge.domain.desired import DesiredRoom
from bridge.domain.directory import Directory, Group
from bridge.planning.actions import AddMembers, RemoveMembers
from bridge.services.world import World

FULL: Final = 5000
"""The weight of a piece: about two milliseconds of work for the other side."""
ROW: Final = 20
"""What a row weighs; each user in it weighs one."""
SLICE: Final = FULL - ROW


def pieces_of(world: World, *, known: bool) -> Iterator[bytes]:
    """What goes through the pipe; without facts and wishes when the other side knows them."""
    packer = Packer()
    for section, rows in chain(() if known else _lasting(world), _passing(world)):
        for piece in _cut(section, rows):
            yield packer.pack(piece)
            packer.share(worth_sharing(*piece))


def _lasting(world: World) -> Iterator[tuple[Section, Iterable[Row]]]:
    """What is the same until the directory changes."""
    facts, desired = world.facts, world.desired
    yield Section.PEOPLE, facts.directory.people.items()
    yield Section.GROUPS, facts.directory.groups.items()
    yield Section.PARTNERS, facts.directory.partners.items()
    yield Section.ACCOUNTS, ((None, person) for person in facts.accounts.values())
    yield Section.EMPLOYEES, [(None, facts.employees)]
    yield Section.MEMBERS, facts.members.items()
    yield Section.OWNERS, facts.owners.items()
    yield Section.FACT_FINDINGS, enumerate(facts.findings)
    known = facts.directory
    told = Directory(guests=known.guests, terms=known.terms, graced=known.graced)
    rest = replace(facts, directory=told, accounts={}, employees=frozenset(), members={}, owners={}, findings=())
    yield Section.FACTS, [(None, rest)]
    yield Section.NAMES, world.names.items()
    yield Section.SEATED, _seated(world)
    yield Section.ROOMS, desired.rooms.items()
    wishes = replace(desired, rooms={}, employees=frozenset(), inactive=frozenset(), partner_of={}, findings=())
    yield Section.DESIRED, [(None, wishes)]


def _seated(world: World) -> Iterator[Row]:
    """Members of rooms that are not just the members of a group, or all employees."""
    facts = world.facts
    for ref, room in world.desired.rooms.items():
        if room.members is not facts.employees and room.members is not facts.members.get(ref.id):
            yield ref, room.members


def _passing(world: World) -> Iterator[tuple[Section, Iterable[Row]]]:
    """What may be another one every time."""
    parts = world.plan.parts
    yield Section.BINDINGS, world.bindings.items()
    yield Section.JOINED, world.joined.items()
    yield Section.ACTIONS, ((number, action) for number, part in enumerate(parts) for action in part.actions)
    yield Section.PLAN_FINDINGS, ((number, finding) for number, part in enumerate(parts) for finding in part.findings)
    yield Section.PARTS, enumerate(replace(part, actions=(), findings=()) for part in parts)
    whole = (world.plan.fingerprint, world.findings, world.edition, world.forgotten, world.unmet, world.agreed,
             world.sameness, world.until)  # fmt: skip
    yield Section.WORLD, [(None, whole)]


def _cut(section: Section, rows: Iterable[Row]) -> Iterator[Piece]:
    """At least one piece, also of nothing."""
    piece: list[Row] = []
    weight = 0
    for row in chain.from_iterable(map(_sliced, rows)) if section in SETS else rows:
        more = ROW + _users_in(row[1])
        if piece and weight + more > FULL:
            yield section, piece
            piece, weight = [], 0
        piece.append(row)
        weight += more
    yield section, piece


def _sliced(row: Row) -> Iterator[Row]:
    """A set that is too large for one piece, in slices."""
    key, users = row
    if len(users) <= SLICE:
        yield row
        return
    left = iter(users)
    while some := tuple(islice(left, SLICE)):
        yield key, Crowd(some)
    yield key, Whole(users)


def _users_in(value: Any) -> int:
    match value:
        case frozenset():
            return len(value)
        case Crowd():
            return len(value.users)
        case Group() | DesiredRoom():
            return len(value.members)
        case AddMembers() | RemoveMembers():
            return len(value.users)
    return 0
