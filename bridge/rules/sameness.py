"""Groups that come back under other ids, as when another source takes the place of one: what they are known by here.

Rooms, decisions, audit chains and whatever else is kept go by a group's id, and rooms carry it on the homeserver. So it
stays what it was first: what a source calls its groups is translated when it is read, and nothing else has to change.
That two are the same only people say (``awaiting``). Pure; called by ``services.truth`` and ``services.looking``.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from bridge.domain.directory import GROUP_REFERENCE, Directory, Group
from bridge.domain.findings import Finding
from bridge.domain.mapping import MappingRule
from bridge.domain.policy import FilePolicy, Value
from bridge.rules.continuity import Vanished
from bridge.rules.mapping import is_like
from bridge.rules.membership import nested_in

Same: TypeAlias = Mapping[str, str]
"""Ids of groups as their source has them → as they are known here, in the order in which that was said. One that is its
own was said to be another."""


def holding(same: Same, readings: Iterable[Collection[str]]) -> dict[str, str]:
    """What of it holds for ``readings`` (ids of groups, by source): where one source has several that would be one, the
    one of before is, or the last one of which that was said, and the others are others."""
    left = {new: old for new, old in same.items() if new != old}
    for ids in readings:
        first: dict[str, str] = {}
        for new, old in left.items():
            if new in ids:
                first[old] = old if old in ids else new
        left = {new: old for new, old in left.items() if new not in ids or first[old] == new}
    return left


def known_as(directory: Directory, same: Same) -> Directory:
    """The directory with its groups under the ids by which they are known, wherever they are named."""
    groups = {same.get(id_, id_): _known_as(group, same) for id_, group in directory.groups.items()}
    return replace(directory, groups=groups)


def vanished_as(vanished: Mapping[str, Vanished], same: Same) -> dict[str, Vanished]:
    """The same for groups that vanished. One that vanished under both ids did so when it was last seen."""
    later = sorted(vanished.items(), key=lambda one: (one[1].since, one[0] in same))
    return {same.get(id_, id_): replace(was, group=_known_as(was.group, same)) for id_, was in later}


def finding_as(finding: Finding, same: Same) -> Finding:
    """The same for what is told of a group, so that the gate judges it as the group that it is."""
    if finding.group is None or finding.group not in same:
        return finding
    subject = same.get(finding.subject, finding.subject)
    return replace(finding, subject=subject, group=same[finding.group])


def counting(same: Same, groups: Collection[str]) -> dict[str, str]:
    """What of it holds, given the ids that ``groups`` have which are known here by it: one that still goes by its new
    id is a group of its own."""
    return {new: old for new, old in same.items() if new != old and new not in groups}


def policy_as(policy: FilePolicy, same: Same) -> FilePolicy:
    """The policy file, which may name a group by either id wherever it names one; what it says under the one of before
    counts more. Of ``same`` only what holds (``counting``)."""
    if not same:
        return policy
    groups = {same[id_]: _values_as(values, same) for id_, values in policy.groups.items() if id_ in same}
    for id_, values in policy.groups.items():
        if id_ not in same:
            groups[id_] = {**groups.get(id_, {}), **_values_as(values, same)}
    return replace(policy, groups=groups, rules=tuple(_rule_as(rule, same) for rule in policy.rules))


def _values_as(values: Mapping[str, Value], same: Same) -> Mapping[str, Value]:
    """What is said of one group, with the groups that it names: the one above, and those among its members."""
    changed: dict[str, Value] = {}
    match values.get("parent"):
        case str(parent) if parent in same:
            changed["parent"] = same[parent]
    match values.get("members"):
        case list(members):
            changed["members"] = list(dict.fromkeys(_member(one, same) for one in members))
    return {**values, **changed} if changed else values


def _rule_as(rule: MappingRule, same: Same) -> MappingRule:
    """The rule, which also fits under the id of before what it fits by the new one."""
    named = (old for new, old in same.items() if any(is_like(pattern, new) for pattern in rule.when.id))
    if not (added := tuple(old for old in dict.fromkeys(named) if old not in rule.when.id)):
        return rule
    return replace(rule, when=replace(rule.when, id=(*rule.when.id, *added)))


def _known_as(group: Group, same: Same) -> Group:
    members, nested = group.members, nested_in([one for one in group.members if one.startswith(GROUP_REFERENCE)])
    if not same.keys().isdisjoint(nested):
        members = tuple(dict.fromkeys(_member(one, same) for one in members))
    id_, parent = same.get(group.id, group.id), same.get(group.parent, group.parent)
    if (id_, parent) == (group.id, group.parent) and members is group.members:
        return group
    return replace(group, id=id_, parent=parent, members=members)


def _member(member: str, same: Same) -> str:
    inner = member.removeprefix(GROUP_REFERENCE)
    return GROUP_REFERENCE + same[inner] if member.startswith(GROUP_REFERENCE) and inner in same else member
