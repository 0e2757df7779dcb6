"""Who decides what about a group, laid one over the other: defaults and templates, commands, the policy file, the
directory. Called once per look, before facts are gathered.

What has become impossible, because the directory changed, is a finding and is ignored. Groups of which nothing is said
but in the directory pass through untouched.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bridge.domain.directory import GROUP_REFERENCE, Directory, Group, MembershipMode
from bridge.domain.findings import Finding
from bridge.domain.ids import is_user_id, server_of
from bridge.domain.messages import Message, Text, say, say_n
from bridge.domain.policy import FilePolicy, GroupPolicy, Value
from bridge.rules.decisions import LABELS
from bridge.rules.fields import BadValue
from bridge.rules.policy import read_value
from bridge.rules.sound import sound

NOTHING: Final[Mapping[str, Value]] = {}
PEOPLE: Final = ("owners", "moderators", "delegates")
"""Fields that name employees alone."""


@dataclass(frozen=True, slots=True)
class Governed:
    """The directory with all that is decided, and what could not be followed. The findings of a group carry its id."""

    directory: Directory
    findings: tuple[Finding, ...] = ()


def overlay(directory: Directory, policies: Mapping[str, GroupPolicy], rules: FilePolicy) -> Governed:
    """Everything decided about groups, from weakest to strongest: defaults and the template that the group names,
    commands, the policy file, the directory. Pure."""
    created = {id_ for id_, policy in policies.items() if policy.created and id_ not in directory.groups}
    concerned = _concerned(directory, policies, rules) | created
    strangers = tuple(map(_stranger, sorted(rules.groups.keys() - directory.groups.keys() - created)))
    if not concerned:
        return Governed(directory, strangers)
    groups = {**directory.groups, **{id_: _created(id_) for id_ in sorted(created)}}
    references = _References(replace(directory, groups=groups))
    findings: list[Finding] = []
    for id_ in sorted(concerned):
        layers = _Layers(groups[id_], policies.get(id_), rules, references, by_command=id_ in created)
        groups[id_] = layers.settled()
        findings += layers.findings
    settled, ignored = sound(groups, directory.groups, concerned)
    found = (*strangers, *findings, *(not_followed(id_, reason) for id_, reason in ignored))
    return Governed(replace(directory, groups=settled), tuple(dict.fromkeys(found)))


def not_followed(group_id: str, reason: Message) -> Finding:
    """A decision about a group that is ignored."""
    text = say("Something decided about {group} is not followed: {reason}", group=group_id, reason=reason)
    return Finding("policy-ignored", group_id, text, group_id)


def _stranger(group_id: str) -> Finding:
    """Of no group's compartment, since there is none: for those who run the bridge."""
    text = say("The policy file names the group {group}, which the directory does not have.", group=group_id)
    return Finding("policy-warning", group_id, text)


def _created(group_id: str) -> Group:
    """A group of which the directory knows nothing: its owners say who belongs to it."""
    return Group(id=group_id, name=Text.same(group_id), membership=MembershipMode.OWNERS)


def _concerned(directory: Directory, policies: Mapping[str, GroupPolicy], rules: FilePolicy) -> set[str]:
    """The groups about which anything is said outside the directory."""
    groups = directory.groups
    if rules.defaults:
        return set(groups)
    named = {id_ for decided in (policies, rules.groups) for id_ in decided if id_ in groups}
    odd = {id_ for id_, group in groups.items() if group.template or group.membership is not MembershipMode.DIRECTORY}
    return named | odd


@dataclass(slots=True)
class _References:
    """What ids lead to, and which employee a user id is."""

    directory: Directory
    _people: dict[str, str] | None = None

    def person(self, text: str) -> str | None:
        """A person's id, given that or a user id."""
        if text in self.directory.people:
            return text
        if not text.startswith("@"):
            return None
        if self._people is None:
            self._people = {person.user: person.id for person in self.directory.people.values()}
        return self._people.get(text)

    def member(self, text: str) -> str | None:
        """A person's id, a nested group, or a partner's user."""
        if text.startswith(GROUP_REFERENCE):
            return text if text.removeprefix(GROUP_REFERENCE) in self.directory.groups else None
        person = self.person(text)
        return text if person is None and self._is_foreign(text) else person

    def _is_foreign(self, text: str) -> bool:
        found = (server_of(person.user) for person in self.directory.people.values() if person.user)
        ours = next(found, "")
        return is_user_id(text) and server_of(text) != ours

    def resolved(self, name: str, wanted: Iterable[str]) -> list[str | None]:
        """What each of these is, None for what leads nowhere."""
        if name in ("partners", "moderating"):
            return [one if one in self.directory.partners else None for one in wanted]
        if name == "moderators":
            return [self.person(one) or (one if self._is_foreign(one) else None) for one in wanted]
        return [self.person(one) if name in PEOPLE else self.member(one) for one in wanted]


@dataclass(slots=True)
class _Layers:
    """What is said of one group, put together."""

    group: Group
    policy: GroupPolicy | None
    rules: FilePolicy
    references: _References
    by_command: bool
    findings: list[Finding] = field(default_factory=list)

    def settled(self) -> Group:
        """The group with everything that is said of it."""
        group = self.group
        decided = self.policy.values if self.policy else NOTHING
        own = {name: value for name, value in self.rules.groups.get(group.id, NOTHING).items()
               if name not in group.declared}  # fmt: skip
        merged = {**self.rules.defaults, **self._template(decided, own), **decided, **own}
        said = {name: value for name, value in merged.items() if name not in group.declared and name != "members"}
        values = dict(self._read(said.items()))
        mode = self._mode(values)
        declared = group.declared | own.keys() | ({"members"} if mode is MembershipMode.DIRECTORY else set())
        values["membership"] = mode
        values["members"] = self._members(mode, own, decided)
        if mode is not MembershipMode.DIRECTORY:
            declared -= {"members"}
        declared = frozenset(declared)
        by_command = frozenset(decided) - declared
        return replace(group, **values, declared=declared, ruled=frozenset(own) & declared, decided=by_command)

    def _mode(self, values: Mapping[str, Any]) -> MembershipMode:
        mode: MembershipMode = values.get("membership", self.group.membership)
        if self.by_command and mode is MembershipMode.DIRECTORY:
            return MembershipMode.OWNERS  # nobody else could name its members
        return mode

    def _template(self, decided: Mapping[str, Value], own: Mapping[str, Value]) -> Mapping[str, Value]:
        said = {**self.rules.defaults, **decided, **own}.get("template") if not self.group.template else None
        name = self.group.template or (said if isinstance(said, str) else "")
        if not name:
            return NOTHING
        template = self.rules.templates.get(name)
        if template is None:
            self._ignore(say("There is no template {name}.", name=name))
            return NOTHING
        return template.values

    def _members(self, mode: MembershipMode, own: Mapping[str, Value], decided: Mapping[str, Value]) -> tuple[str, ...]:
        named = {"members": own["members"]} if "members" in own else {}
        by_files = tuple(dict(self._read(named.items())).get("members", self.group.members))
        if "members" not in decided:
            return () if mode is MembershipMode.OWNERS else by_files
        by_owners = tuple(dict(self._read([("members", decided["members"])])).get("members", ()))
        if mode is MembershipMode.DIRECTORY:  # which tells nothing of partners' people: they are invited
            by_owners = tuple(one for one in by_owners if is_user_id(one))
        return by_owners if mode is MembershipMode.OWNERS else tuple(dict.fromkeys((*by_files, *by_owners)))

    def _read(self, plain: Iterable[tuple[str, Value]]) -> Iterator[tuple[str, Any]]:
        for name, value in plain:
            try:
                read = read_value(name, value)
            except BadValue as bad:
                self._ignore(bad.message)
                continue
            yield name, self._known(name, read) if isinstance(read, tuple) else read

    def _known(self, name: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Without those who are no longer in the directory."""
        found = self.references.resolved(name, wanted)
        if lost := found.count(None):
            self._ignore(_lost(name, lost))
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def _ignore(self, reason: Message) -> None:
        self.findings.append(not_followed(self.group.id, reason))


def _lost(name: str, count: int) -> Message:
    return say_n(
        "{count} name among the {field} leads nowhere.",
        "{count} names among the {field} lead nowhere.",
        count,
        field=LABELS[name],
    )
