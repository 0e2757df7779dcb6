"""Who belongs to which group, nesting expanded. Called once per reading of the directory, by ``facts``.

Built for a million memberships: sets are made by the interpreter's own loops, never one object per membership, and
strings are shared with the directory.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from bridge.domain.directory import GROUP_REFERENCE, Directory

Members: TypeAlias = dict[str, frozenset[str]]
"""User ids by group id."""


def direct_members(directory: Directory, user_of: Mapping[str, str]) -> tuple[Members, dict[str, list[str]]]:
    """Who is declared in each group by a person's id that ``user_of`` translates, and what else is declared there:
    nested groups and users, only for groups that have some."""
    direct: Members = {}
    others: dict[str, list[str]] = {}
    translate, people = user_of.get, directory.people
    for group in directory.groups.values():
        users = list(map(translate, group.members))
        if None in users:
            rest = [member for member, user in zip(group.members, users, strict=True) if user is None]
            if rest := [member for member in rest if member not in people]:
                others[group.id] = rest
        direct[group.id] = frozenset(filter(None, users))
    return direct, others


def expand(direct: Members, others: Mapping[str, Sequence[str]], *, sealed: Collection[str] = ()) -> None:
    """Give each group in ``direct`` the members of the groups nested in it, except of those that are ``sealed``.

    Groups that contain one another in a circle have the same members.
    """
    nested = {group_id: inner for group_id, rest in others.items() if (inner := _inner(rest, direct, sealed))}
    for circle in circles(nested):
        inner_ids = {inner for group_id in circle for inner in nested[group_id]}
        whole = frozenset().union(*(direct[group_id] for group_id in inner_ids.union(circle)))
        for group_id in circle:
            direct[group_id] = whole


def without_sealed(directory: Directory, others: Mapping[str, Sequence[str]], sealed: Collection[str]) -> Directory:
    """The same directory, in which no group names one that is ``sealed`` among its members: what shows a group, or
    writes it down, cannot tell of one inside it that nobody may know."""
    references = {GROUP_REFERENCE + group_id for group_id in sealed}
    concerned = [directory.groups[group_id] for group_id, rest in others.items() if not references.isdisjoint(rest)]
    changed = {
        group.id: replace(group, members=tuple(one for one in group.members if one not in references))
        for group in concerned
    }
    return replace(directory, groups={**directory.groups, **changed}) if changed else directory


def nested_in(members: Sequence[str]) -> Iterator[str]:
    """The ids of the groups named among these members."""
    start = len(GROUP_REFERENCE)
    return (member[start:] for member in members if member.startswith(GROUP_REFERENCE))


def _inner(members: Sequence[str], known: Members, sealed: Collection[str]) -> list[str]:
    return [group_id for group_id in nested_in(members) if group_id in known and group_id not in sealed]


def circles(edges: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """The strongly connected components of a graph, each after everything that it points to.

    Tarjan's algorithm with a stack of its own: directories may nest deeper than Python recurses. Nodes that point
    nowhere are left out.
    """
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    pending: list[str] = []
    waiting: set[str] = set()
    for root in edges:
        if root in number:
            continue
        path = [(root, iter(edges[root]))]
        _enter(root, number, low, pending, waiting)
        while path:
            node, targets = path[-1]
            for target in targets:
                if target not in edges:
                    continue
                if target not in number:
                    _enter(target, number, low, pending, waiting)
                    path.append((target, iter(edges[target])))
                    break
                if target in waiting:
                    low[node] = min(low[node], number[target])
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == number[node]:
                    yield _take(node, pending, waiting)


def _enter(node: str, number: dict[str, int], low: dict[str, int], pending: list[str], waiting: set[str]) -> None:
    number[node] = low[node] = len(number)
    pending.append(node)
    waiting.add(node)


def _take(node: str, pending: list[str], waiting: set[str]) -> list[str]:
    circle: list[str] = []
    while not circle or circle[-1] != node:
        circle.append(pending.pop())
    waiting.difference_update(circle)
    return circle
