"""Pieces into a world again, in the parent, next to an event loop that must not wait.

What is as it was in the world before stays the very same object: two worlds take little more memory than one, and
dropping the older one gives back little. To free a whole company at once would stop everything for a tenth of a second.
"""

from collections import defaultdict
from collections.abc import AsyncIterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bridge.adapters.apart import uncollected
from bridge.app.apart.crossing import SETS, Failure, Row, Section, Unpacker, Whole, worth_sharing
from bridge.domain.desired import Desired
from bridge.planning.actions import Action
from bridge.planning.plan import Plan, PlanPart
from bridge.rules.facts import Facts
from bridge.services.world import World

Table = dict[Any, Any]

NEAR: Final = 4
"""So many actions of an earlier plan may be missing at once before what follows counts as new."""


async def received(pieces: AsyncIterable[bytes], last: World | None) -> World:
    """The world that the pieces tell; ``last`` is the one before, whose values are kept where nothing changed.

    Raises the ``ParvisError`` that came in its place.
    """
    unpacker, tables = Unpacker(), Tables(_kept(last) if last else {}, Earlier(last.plan.parts if last else ()))
    with ExitStack() as stack:
        async for piece in pieces:
            content: Failure | tuple[Section, list[Row]] = unpacker.unpack(piece)
            if isinstance(content, Failure):
                raise content.error()
            section, rows = content
            if section is Section.PEOPLE and section not in tables:
                stack.enter_context(uncollected())  # the directory is new, so there is much that will stay
            unpacker.share(worth_sharing(section, tables.add(section, rows)))
    return _world(tables, last)


def _kept(last: World) -> dict[Section, Mapping[Any, Any]]:
    facts = last.facts
    return {
        Section.PEOPLE: facts.directory.people,
        Section.GROUPS: facts.directory.groups,
        Section.PARTNERS: facts.directory.partners,
        Section.EMPLOYEES: {None: facts.employees},
        Section.MEMBERS: facts.members,
        Section.OWNERS: facts.owners,
        Section.NAMES: last.names,
        Section.ROOMS: last.desired.rooms,
        Section.BINDINGS: last.bindings,
        Section.JOINED: last.joined,
    }


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows as they came in, by section; ``before`` are those of the world before."""

    before: Mapping[Section, Mapping[Any, Any]]
    plans: "Earlier"
    _tables: dict[Section, Table] = field(default_factory=dict)
    _slices: dict[Any, set[str]] = field(default_factory=dict)
    _lists: dict[Section, dict[int, list[Any]]] = field(default_factory=dict)

    def add(self, section: Section, rows: list[Row]) -> list[Row]:
        """Take in some rows; gives them with what was there before in place of its equal."""
        if section in (Section.ACTIONS, Section.PLAN_FINDINGS):
            lists = self._lists.setdefault(section, defaultdict(list))
            for number, value in rows:
                lists[number].append(self.plans.like(number, value) if section is Section.ACTIONS else value)
            return rows
        if section is Section.ACCOUNTS:
            rows = [(person.user, person) for _, person in rows]
        if section in SETS:
            rows = list(self._joined(rows))
        if before := self.before.get(section):
            rows = [(key, old if (old := before.get(key)) == value else value) for key, value in rows]
        self._tables.setdefault(section, {}).update(rows)
        return rows

    def _joined(self, rows: list[Row]) -> Iterator[Row]:
        """The sets that are whole by now."""
        for key, value in rows:
            if isinstance(value, tuple):
                self._slices.setdefault(key, set()).update(value)
            else:
                yield key, frozenset(self._slices.pop(key)) if isinstance(value, Whole) else value

    def __contains__(self, section: Section) -> bool:
        return section in self._tables

    def __getitem__(self, section: Section) -> Table:
        return self._tables[section]

    def of_part(self, section: Section, number: int) -> tuple[Any, ...]:
        """The values that belong to one part of the plan."""
        return tuple(self._lists.get(section, {}).get(number, ()))


@dataclass(slots=True)
class Earlier:
    """The actions of the plan before, part by part, gone through in step with those that come in."""

    parts: Sequence[PlanPart] = ()
    _places: dict[int, int] = field(default_factory=dict)

    def like(self, number: int, action: Action) -> Action:
        """The earlier action, if there was the same one about here."""
        actions = self.parts[number].actions if number < len(self.parts) else ()
        place = self._places.get(number, 0)
        for at in range(place, min(place + NEAR, len(actions))):
            if actions[at] == action:
                self._places[number] = at + 1
                return actions[at]
        return action


def _world(tables: Tables, last: World | None) -> World:
    if Section.PEOPLE in tables or last is None:
        facts = _facts(tables)
        desired = _desired(tables, facts)
        names: Mapping[str, Sequence[str]] = tables[Section.NAMES]
    else:
        facts, desired, names = last.facts, last.desired, last.names
    fingerprint, findings, edition, forgotten, unmet, agreed, sameness, until = tables[Section.WORLD][None]
    parts = tuple(
        replace(
            part,
            actions=tables.of_part(Section.ACTIONS, number),
            findings=tables.of_part(Section.PLAN_FINDINGS, number),
        )
        for number, part in tables[Section.PARTS].items()
    )
    return World(
        facts=facts,
        names=names,
        desired=desired,
        bindings=tables[Section.BINDINGS],
        joined=tables[Section.JOINED],
        plan=Plan(parts=parts, fingerprint=fingerprint),
        forgotten=forgotten,
        findings=findings,
        unmet=unmet,
        edition=edition,
        agreed=agreed,
        sameness=sameness,
        until=until,
    )


def _facts(tables: Tables) -> Facts:
    rest: Facts = tables[Section.FACTS][None]
    return replace(
        rest,
        directory=replace(
            rest.directory,
            people=tables[Section.PEOPLE],
            groups=tables[Section.GROUPS],
            partners=tables[Section.PARTNERS],
        ),
        accounts=tables[Section.ACCOUNTS],
        employees=tables[Section.EMPLOYEES][None],
        members=tables[Section.MEMBERS],
        owners=tables[Section.OWNERS],
        findings=tuple(tables[Section.FACT_FINDINGS].values()),
    )


def _desired(tables: Tables, facts: Facts) -> Desired:
    rest: Desired = tables[Section.DESIRED][None]
    return replace(
        rest,
        rooms=tables[Section.ROOMS],
        employees=facts.employees,
        inactive=frozenset(facts.inactive),
        partner_of=facts.belongs,
        findings=facts.findings,
    )
