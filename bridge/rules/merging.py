"""Several sources become one directory: what an earlier one says counts, a later one adds what is not said before it.

Whoever has the same id or the same account in two sources is one person, and off when any of them says so. A group of
the same id is one group, field by field. What sources contradict each other about is told. Pure; called by
``services.several``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Final

from bridge.domain.contradictions import contradictions
from bridge.domain.directory import Directory, Group, Person, Visibility
from bridge.domain.findings import Finding
from bridge.domain.messages import Message, Text, say, say_n
from bridge.domain.partners import Partner
from bridge.rules.decisions import LABELS, VISIBILITIES
from bridge.rules.resolving import Resolver

CONFLICT: Final = "source-conflict"
HIDDEN_ONCE: Final = "source-conflict-hidden"
"""What a source says of a group that is hidden there, and by an earlier one is not: for the terminal alone."""
NAMED: Final = 3
"""People of whom sources say different things are named up to this number, then counted."""
OWN: Final = frozenset({"id", "user", "active", "manager", "off_in"})
OF_PEOPLE: Final = tuple(one.name for one in fields(Person) if one.name not in OWN)
PEOPLES_LABELS: Final[Mapping[str, Message]] = {
    "name": say("name"),
    "email": say("e-mail address"),
    "language": say("language"),
    "timezone": say("time zone"),
    "department": say("department"),
    "title": say("function"),
    "login": say("login"),
    "given": say("given name"),
}
"""What people call the fields of somebody."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one source says. Ids of its people are its own until they are put together."""

    source: str
    directory: Directory


@dataclass(frozen=True, slots=True)
class Together:
    """The directory of all sources, and what they contradict each other about."""

    directory: Directory
    findings: tuple[Finding, ...]


def together(told: Sequence[Told]) -> Together:
    """All sources as one, from the one that counts most to the one that counts least."""
    people = _People()
    for one in told:
        people.add(one)
    own = {one.source: people.own.get(one.source, {}) for one in told}
    group_ids = frozenset().union(*(one.directory.groups.keys() for one in told))
    partner_ids = frozenset().union(*(one.directory.partners.keys() for one in told))
    resolvers = {
        one.source: Resolver(one.source, people.merged, group_ids, partner_ids, own[one.source]) for one in told
    }
    merged = _with_managers(people, resolvers)
    groups, partners = _Groups(merged), dict[str, Partner]()
    findings = list(people.findings())
    for one in told:
        resolver = resolvers[one.source]
        for group in one.directory.groups.values():
            groups.add(one.source, _from(one.source, resolver.group(group)))
        for partner in one.directory.partners.values():
            found = resolver.partner(partner)
            first = partners.setdefault(partner.id, found)
            if first != found:
                text = say("{source} describes the partner {partner} otherwise than an earlier source, which counts."
                           " If that one is wrong, correct it there; else in {source}.",
                           source=one.source, partner=partner.name)  # fmt: skip
                findings.append(Finding(CONFLICT, partner.id, text))
        findings += (
            _for_whom(finding, one.directory.groups[finding.subject], groups.merged[finding.subject])
            for finding in resolver.findings()
        )
    findings += groups.findings
    return Together(Directory(merged, groups.merged, partners), tuple(dict.fromkeys(findings)))


def _for_whom(finding: Finding, said: Group, merged: Group) -> Finding:
    """Whoever may know a group by what an earlier source says of it may not know what a later one keeps hidden."""
    return (
        replace(finding, kind=HIDDEN_ONCE) if _hides(said) and merged.visibility is not Visibility.HIDDEN else finding
    )


def _hides(group: Group) -> bool:
    """Whether a source says so itself; what it leaves to ``directory.visibility`` is no contradiction."""
    return "visibility" in group.declared and group.visibility is Visibility.HIDDEN


def _may_hide(group: Group) -> bool:
    return "visibility" not in group.declared or group.visibility is Visibility.HIDDEN


def _from(source: str, group: Group) -> Group:
    return group if group.origin.source else replace(group, origin=replace(group.origin, source=source))


def _with_managers(people: "_People", resolvers: Mapping[str, Resolver]) -> dict[str, Person]:
    """Managers are named as their source names people: by ids of its own."""
    changed = {}
    for id_, person in people.merged.items():
        if person.manager:
            manager = resolvers[people.source[id_]].person(person.manager) or ""
            if manager != person.manager:
                changed[id_] = replace(person, manager=manager)
    people.merged.update(changed)
    return people.merged


@dataclass(slots=True)
class _People:
    """Everybody, each once. ``own`` are ids of a source that mean somebody under another id, or nobody."""

    merged: dict[str, Person] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)
    own: dict[str, dict[str, str]] = field(default_factory=dict)
    _by_user: dict[str, str] = field(default_factory=dict)
    _otherwise: dict[str, list[Message]] = field(default_factory=dict)
    _off: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    _strangers: dict[str, list[Message]] = field(default_factory=dict)

    def add(self, told: Told) -> None:
        """The people of the next source."""
        first = not self.merged
        for id_, said in told.directory.people.items():
            person = said if said.active else replace(said, off_in=(told.source,))
            known = None if first else self._known(person)
            if known is None:
                self.merged[id_] = person
                self.source[id_] = told.source
                if person.user:
                    self._by_user[person.user] = id_
            elif known.user != person.user and known.user and person.user:
                # Two systems number their people by themselves: this is somebody else, whom nobody could tell apart.
                self.own.setdefault(told.source, {})[id_] = ""
                called = say("{name}, {id}", name=person.name, id=id_) if person.name else id_
                accounts = _beside(called, (_not_that(known.user, person.user),))
                self._strangers.setdefault(told.source, []).append(accounts)
            else:
                self._join(told.source, known, person)

    def findings(self) -> Iterator[Finding]:
        """What was said twice, and otherwise."""
        for source, people in self._otherwise.items():
            yield Finding(CONFLICT, source, _otherwise(source, people))
        for sources, names in self._off.items():
            yield Finding(CONFLICT, sources[0], _off(sources, names))
        for source, accounts in self._strangers.items():
            yield Finding(CONFLICT, source, _strangers(source, accounts))

    def _known(self, person: Person) -> Person | None:
        return self.merged.get(person.id) or self.merged.get(self._by_user.get(person.user, ""))

    def _join(self, source: str, known: Person, person: Person) -> None:
        if known.id != person.id:
            self.own.setdefault(source, {})[person.id] = known.id
        called = known.name or known.id
        if differing := _differing_values(known, person):
            self._otherwise.setdefault(source, []).append(_beside(called, tuple(differing)))
        if known.active != person.active:
            self._off.setdefault(person.off_in or known.off_in, []).append(called)
        added = {name: getattr(person, name) for name in OF_PEOPLE if not getattr(known, name)}
        user = known.user or person.user
        off_in = (*known.off_in, *person.off_in)
        joined = replace(known, **added, user=user, active=known.active and person.active, off_in=off_in)
        self.merged[known.id] = joined
        if user:
            self._by_user[user] = known.id


@dataclass(slots=True)
class _Groups:
    """Every group once; ``findings`` are of those that two sources describe otherwise."""

    people: Mapping[str, Person]
    merged: dict[str, Group] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, source: str, group: Group) -> None:
        """The next group, which may be there already."""
        known = self.merged.get(group.id)
        if known is None:
            self.merged[group.id] = group
            return
        both = known.declared & group.declared
        # Of a group that is hidden there and not here nothing is taken: it may be another one, of the same id.
        new = [] if _hides(group) and not _may_hide(known) else sorted(group.declared - known.declared)
        added = {name: getattr(group, name) for name in new}
        joined = replace(known, **added, declared=known.declared.union(new))
        if any(True for _ in contradictions(joined)) and not any(True for _ in contradictions(known)):
            self._tell(source, group, [LABELS[name] for name in added])
            return
        self.merged[group.id] = joined
        if differing := [name for name in sorted(both) if not _agree(getattr(known, name), getattr(group, name))]:
            self._tell(source, group, [self._field(name, known, group) for name in differing])

    def _field(self, name: str, known: Group, group: Group) -> Message:
        """A field with both values, where these are words; of people, with those who are left out."""
        label, first, second = LABELS[name], getattr(known, name), getattr(group, name)
        if name == "visibility":
            return _beside(label, (_not_that(VISIBILITIES[first], VISIBILITIES[second]),))
        if isinstance(first, str | Text) and isinstance(second, str | Text):
            return _beside(label, (_not_that(first, second),))
        if (
            isinstance(first, tuple)
            and isinstance(second, tuple)
            and (out := [one for one in second if one not in first])
        ):
            return _beside(label, (say("left out: {names}", names=_shown([self._called(one) for one in out])),))
        return label

    def _called(self, member: str) -> str:
        person = self.people.get(member)
        return person.name or member if person else member

    def _tell(self, source: str, group: Group, fields_: Iterable[Message]) -> None:
        merged = self.merged[group.id]
        text = say("{source} describes {group} otherwise than an earlier source, which counts: {fields}."
                   " If that one is wrong, correct it there; else in {source}.",
                   source=source, group=merged.name, fields=tuple(fields_))  # fmt: skip
        self.findings.append(_for_whom(Finding(CONFLICT, group.id, text, group.id), group, merged))


def _agree(first: object, second: object) -> bool:
    """Whether two values are the same, whatever the order of names."""
    if isinstance(first, tuple) and isinstance(second, tuple):
        return frozenset(first) == frozenset(second)
    return first == second


def _differing_values(known: Person, person: Person) -> list[Message]:
    """What one source says of somebody and what the other, where both say something."""
    both = ((label, getattr(known, name), getattr(person, name)) for name, label in PEOPLES_LABELS.items())
    return [
        say("{field}: {value}", field=label, value=_not_that(first, second))
        for label, first, second in both
        if first and second and first != second
    ]


def _not_that(first: str | Text | Message, second: str | Text | Message) -> Message:
    return say("{first}, not {second}", first=first, second=second)


def _beside(what: str | Message, values: tuple[str | Text | Message, ...]) -> Message:
    return say("{what} ({values})", what=what, values=values)


def _shown(names: Sequence[str | Message]) -> tuple[str | Message, ...]:
    return (*names[:NAMED], *(["…"] if len(names) > NAMED else []))


def _otherwise(source: str, people: Sequence[Message]) -> Message:
    return say_n(
        "{source} describes {count} person otherwise than an earlier source, which counts: {people}."
        " If that one is wrong, correct it there; else in {source}.",
        "{source} describes {count} people otherwise than an earlier source, which counts: {people}."
        " If that one is wrong, correct it there; else in {source}.",
        len(people),
        source=source,
        people=_shown(people),
    )


def _off(sources: tuple[str, ...], names: Sequence[str]) -> Message:
    return say_n(
        "{count} person is switched off in {sources} and active in another source, and so is off: {people}."
        " Who is still with the company has to be active in every source.",
        "{count} people are switched off in {sources} and active in another source, and so are off: {people}."
        " Who is still with the company has to be active in every source.",
        len(names),
        sources=sources,
        people=_shown(names),
    )


def _strangers(source: str, names: Sequence[Message]) -> Message:
    return say_n(
        "{source} has {count} person under an id that is another account in an earlier source; they are left out:"
        " {people}. Give them an id of their own in {source}, or, if it is the same person, the same account.",
        "{source} has {count} people under ids that are other accounts in an earlier source; they are left out:"
        " {people}. Give them ids of their own in {source}, or, where it is the same person, the same account.",
        len(names),
        source=source,
        people=_shown(names),
    )
