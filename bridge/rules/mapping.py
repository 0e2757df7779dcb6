"""Which groups of the directory become rooms, and as what: the rules of the policy file, over paths and attributes.

The first rule that fits a group counts. What none fits, and the file does not name, has no room; who belongs to it goes
on belonging to groups that name it. Without rules every group is mapped. Called by ``services.looking`` and by checks.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Self

from bridge.domain.directory import GROUP_REFERENCE, Directory, Group, GroupState, Visibility
from bridge.domain.findings import Finding
from bridge.domain.mapping import Condition, MappingRule, Origin
from bridge.domain.messages import say_n
from bridge.domain.policy import FilePolicy, Value

END: Final = "\0"
"""Ends each step of a path: no name holds it."""
ANY_DEPTH: Final = "**"
"""Stands in a path for any number of steps."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """The directory without what is not mapped, and the policy with what rules say of each group.

    ``unmapped`` are the groups without a room, ``idle`` the numbers (from 0) of rules that decide about no group.
    """

    directory: Directory
    policy: FilePolicy
    unmapped: tuple[Group, ...] = ()
    idle: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = field(default=())


def mapped(directory: Directory, policy: FilePolicy, rooms: Collection[str] = frozenset()) -> Mapped:
    """The rules applied. ``rooms`` are ids of groups that have a room: no longer mapped, these are archived, and the
    brake counts them."""
    if not policy.rules:
        return Mapped(directory, policy)
    said: dict[str, Mapping[str, Value]] = {}
    kept: dict[str, Group] = {}
    left: dict[str, Group] = {}
    used: set[int] = set()
    for id_, group in directory.groups.items():
        asked = _Asked.of(group)
        number = next((at for at, rule in enumerate(policy.rules) if asked.fits(rule.when)), None)
        rule = policy.rules[number] if number is not None else NO_ROOM
        used.update(() if number is None else (number,))
        if rule.maps or id_ in policy.groups:
            kept[id_] = group
            said[id_] = rule.values
        elif id_ in rooms:
            kept[id_] = replace(group, state=GroupState.ARCHIVED)
        else:
            left[id_] = group
    groups = leaving_out(directory.groups, kept, left)
    named = {id_: {**values, **policy.groups.get(id_, {})} for id_, values in said.items()}
    return Mapped(
        directory=replace(directory, groups=groups),
        policy=replace(policy, groups={**policy.groups, **{id_: values for id_, values in named.items() if values}}),
        unmapped=tuple(left.values()),
        idle=tuple(number for number in range(len(policy.rules)) if number not in used),
        findings=tuple(_told(left.values())),
    )


def leaving_out(
    groups: Mapping[str, Group], kept: Mapping[str, Group], left: Mapping[str, Group]
) -> Mapping[str, Group]:
    """Those of the ``groups`` that are ``kept``: members of the others, which are ``left``, stay members of what names
    them, and what lies below them goes below the nearest one that is kept."""
    return {id_: _without(group, left, groups) for id_, group in kept.items()} if left else kept


def fits(when: Condition, group: Group) -> bool:
    """Whether everything that the condition names is so; of several values for one thing, any suffices."""
    return _Asked.of(group).fits(when)


def is_like(pattern: str, text: str) -> bool:
    """Whether a text is as a pattern has it."""
    return _compiled(pattern).fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A group as all conditions ask about it, one after the other."""

    group: Group
    path: str
    attributes: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, group: Group) -> Self:
        return cls(group, "".join(step + END for step in group.origin.path), dict(group.origin.attributes))

    def fits(self, when: Condition) -> bool:
        group, attributes = self.group, self.attributes
        names = (group.name.en, group.name.fr)
        return (
            (not when.source or group.origin.source in when.source)
            and (not when.id or any(is_like(pattern, group.id) for pattern in when.id))
            and (not when.name or any(is_like(pattern, name) for pattern in when.name for name in names))
            and (not when.path or any(_leads(pattern, self.path) for pattern in when.path))
            and all(_among(attributes.get(name, ()), patterns) for name, patterns in when.equals.items())
            and all(_within(attributes.get(name, ()), parts) for name, parts in when.contains.items())
        )


def path_of(origin: Origin) -> str:
    """The path as rules write it."""
    named = all("=" in step for step in origin.path)
    return ",".join(reversed(origin.path)) if named else "".join(f"/{step}" for step in origin.path)


NO_ROOM: Final = MappingRule(when=Condition(), maps=False)


def _among(values: Iterable[str], patterns: Iterable[str]) -> bool:
    return any(is_like(pattern, value) for value in values for pattern in patterns)


def _within(values: Iterable[str], parts: Iterable[str]) -> bool:
    return any(part.casefold() in value.casefold() for value in values for part in parts)


def _leads(pattern: tuple[str, ...], path: str) -> bool:
    """Whether the pattern is the whole path, from the root; ``**`` stands for any number of steps."""
    return _road(pattern).fullmatch(path) is not None


@lru_cache(maxsize=1000)
def _road(pattern: tuple[str, ...]) -> re.Pattern[str]:
    """Each step ends, so that none reaches into the next one."""
    steps = (f"(?:[^{END}]*{END})*" if step == ANY_DEPTH else _words(step) + END for step in pattern)
    return re.compile("".join(steps), re.IGNORECASE | re.DOTALL)


def _words(pattern: str) -> str:
    words = {"*": f"[^{END}]*", "?": f"[^{END}]"}
    return "".join(words.get(letter) or re.escape(letter) for letter in pattern)


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> re.Pattern[str]:
    """``*`` stands for any letters and ``?`` for one; whether letters are large or small does not matter."""
    return re.compile(_words(pattern), re.IGNORECASE | re.DOTALL)


def _without(group: Group, left: Mapping[str, Group], all_groups: Mapping[str, Group]) -> Group:
    """The group, with the members of unmapped groups in their place, below the nearest group that has a room."""
    nested = any(
        member.startswith(GROUP_REFERENCE) and member[len(GROUP_REFERENCE) :] in left for member in group.members
    )
    members = tuple(dict.fromkeys(_spread(group.members, left, set()))) if nested else group.members
    parent, seen = group.parent, set[str]()
    while parent in left and parent not in seen:
        seen.add(parent)
        parent = all_groups[parent].parent
    parent = "" if parent in seen else parent
    return (
        group if members is group.members and parent == group.parent else replace(group, members=members, parent=parent)
    )


def _spread(members: Iterable[str], left: Mapping[str, Group], seen: set[str]) -> Iterator[str]:
    for member in members:
        inner = member.removeprefix(GROUP_REFERENCE)
        if not member.startswith(GROUP_REFERENCE) or inner not in left:
            yield member
        elif inner not in seen and left[inner].visibility is not Visibility.HIDDEN:  # it gives its members to nobody
            seen.add(inner)
            yield from _spread(left[inner].members, left, seen)


def _told(unmapped: Iterable[Group]) -> Iterator[Finding]:
    """How many there are; a hidden one is not even counted."""
    if count := sum(group.visibility is not Visibility.HIDDEN for group in unmapped):
        text = say_n(
            "{count} group of the directory fits no rule of the policy file and has no room:"
            " parvis directory show --unmapped.",
            "{count} groups of the directory fit no rule of the policy file and have no room:"
            " parvis directory show --unmapped.",
            count,
        )
        yield Finding("groups-unmapped", "directory", text)
