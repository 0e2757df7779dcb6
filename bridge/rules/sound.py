"""What decisions of several hands may not add up to: a listed group that admits partners, groups above themselves, a
hidden group whose room tells newcomers what was said before. Called by ``layers``, and before a decision is stored.

Whatever cannot stand together is made the less open of the two.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from bridge.domain.directory import GROUP_REFERENCE, Group, JoinRequests, Visibility
from bridge.domain.messages import Message, say
from bridge.domain.rooms import HistoryVisibility
from bridge.rules.membership import nested_in

FIT_FOR_ALIAS: Final = re.compile(r"[^\s:\x00]+")
"""Localparts of aliases allow anything but these (specification, appendix 4.2.3); spaces cannot be typed in links."""

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
        for wrong, remedy in impossible(settled[id_]):
            ignored.append((id_, wrong))
            settled[id_] = remedy
    _cut_parents(settled, declared, sorted(concerned), ignored)
    _cut_nesting(settled, declared, sorted(concerned), ignored)
    return settled, ignored


def impossible(group: Group) -> Iterator[tuple[Message, Group]]:
    """What cannot be true of one group, and the group without it. The remedies add up, one after the other."""
    if group.listed and (wrong := unlistable(group)):
        group = replace(group, listed=False)
        yield wrong, group
    if group.visibility is Visibility.HIDDEN and group.history not in (None, HistoryVisibility.JOINED):
        group = replace(group, history=None)
        yield say("Members of a hidden group read what was said since they joined, and nothing before."), group
    if group.visibility is Visibility.HIDDEN and group.requests is JoinRequests.KNOCK:
        group = replace(group, requests=JoinRequests.BOT)
        yield say("Nobody can knock at a hidden group."), group


def unlistable(group: Group) -> Message | None:
    """Why a group cannot stand in the room directory; None when it can."""
    if group.visibility is not Visibility.PUBLIC:
        return say("Only a public group can be listed; this one is {visibility}.", visibility=group.visibility.value)
    if group.partners:
        return say("A group that admits partners is not listed: its alias would tell who they are.")
    if not FIT_FOR_ALIAS.fullmatch(group.id):
        return say("A listed group has an alias, so its id can hold neither spaces nor colons.")
    return None


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
