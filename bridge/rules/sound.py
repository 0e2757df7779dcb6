"""What decisions of several hands may not add up to: a listed group that admits partners, groups above themselves, a
hidden group whose room tells newcomers what was said before. Called by ``layers``, and before a decision is stored.

Whatever cannot stand together is made the less open of the two.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from bridge.domain.contradictions import contradictions, without
from bridge.domain.directory import GROUP_REFERENCE, Group
from bridge.domain.messages import Message, say
from bridge.rules.membership import nested_in

Groups: TypeAlias = Mapping[str, Group]
Ignored: TypeAlias = list[tuple[str, Message]]
"""Ids of groups, and why something said of them does not count."""


def sound(groups: Groups, declared: Groups, concerned: Collection[str]) -> tuple[Groups, Ignored]:
    """The groups with nothing impossible in them, and what was left out for it.

    ``declared`` are those of the directory, which is sound by itself; only the ``concerned`` can be otherwise.
    """
    settled = dict(groups)
    ignored: Ignored = []
    for id_ in sorted(concerned):
        for found in contradictions(settled[id_]):
            ignored.append((id_, found.message))
            settled[id_] = without(settled[id_], found)
    _cut_parents(settled, declared, sorted(concerned), ignored)
    _cut_nesting(settled, declared, sorted(concerned), ignored)
    return settled, ignored


def above_itself(groups: Groups, group_id: str, parent: str) -> bool:
    """Whether the group would stand above itself with this parent."""
    seen: set[str] = set()
    while parent in groups and parent not in seen:
        seen.add(parent)
        parent = groups[parent].parent
    return group_id in seen or parent == group_id


def inside_itself(groups: Groups, group_id: str, member: str) -> bool:
    """Whether the group would be a member of itself with this member (``group:other``)."""
    seen: set[str] = set()
    waiting = [member.removeprefix(GROUP_REFERENCE)]
    while waiting:
        if (found := waiting.pop()) in groups and found not in seen:
            seen.add(found)
            waiting += nested_in(groups[found].members)
    return group_id in seen


def _cut_parents(groups: dict[str, Group], declared: Groups, concerned: Iterable[str], ignored: Ignored) -> None:
    """Parents that the directory does not declare, where they do not exist or would close a circle."""
    for id_ in concerned:
        group = groups[id_]
        if not group.parent or (id_ in declared and declared[id_].parent == group.parent):
            continue
        if group.parent not in groups:
            wrong = say("The group above it does not exist.")
        elif above_itself(groups, id_, group.parent):
            wrong = say("It would stand above itself.")
        else:
            continue
        ignored.append((id_, wrong))
        groups[id_] = replace(group, parent="")


def _cut_nesting(groups: dict[str, Group], declared: Groups, concerned: Iterable[str], ignored: Ignored) -> None:
    """Nested groups that the directory does not declare, where they would close a circle."""
    for id_ in concerned:
        known = declared[id_].members if id_ in declared else ()
        for member in (GROUP_REFERENCE + one for one in nested_in(groups[id_].members)):
            if member not in known and inside_itself(groups, id_, member):
                ignored.append((id_, say("It would be a member of itself.")))
                rest = tuple(one for one in groups[id_].members if one != member)
                groups[id_] = replace(groups[id_], members=rest)
