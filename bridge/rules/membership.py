"""Who belongs to which group, nesting expanded. Called once per reading of the directory, by ``facts``.

Built for a million memberships: sets are made by the interpreter's own loops, never one object per membership, and
strings are shared with the directory.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import filterfalse

from bridge.domain.directory import GROUP_REFERENCE, Directory


def references(directory: Directory) -> dict[str, list[str]]:
    """What groups hold beside people's ids: nested groups and users, by group; only for groups that have some."""
    is_person = directory.people.__contains__
    found: dict[str, list[str]] = {}
    for group in directory.groups.values():
        if others := list(filterfalse(is_person, group.members)):
            found[group.id] = others
    return found


def expand(
    directory: Directory, user_of: Mapping[str, str], others: Mapping[str, Sequence[str]]
) -> dict[str, frozenset[str]]:
    """User ids by group id. ``user_of`` translates whoever may belong to a group; everybody else is left out.
    ``others`` is what ``references`` gave.

    Groups that contain one another in a circle have the same members.
    """
    direct: dict[str, frozenset[str]] = {}
    nested: dict[str, list[str]] = {}
    translate = user_of.get
    for group in directory.groups.values():
        direct[group.id] = frozenset(filter(None, map(translate, group.members)))
        if group.id in others and (inner := _inner(others[group.id], directory)):
            nested[group.id] = inner
    for circle in circles(nested):
        inner_ids = {inner for group_id in circle for inner in nested.get(group_id, ())}
        whole = frozenset().union(*(direct[group_id] for group_id in inner_ids.union(circle)))
        for group_id in circle:
            direct[group_id] = whole
    return direct


def _inner(members: Sequence[str], directory: Directory) -> list[str]:
    start = len(GROUP_REFERENCE)
    inner = (member[start:] for member in members if member.startswith(GROUP_REFERENCE))
    return [group_id for group_id in inner if group_id in directory.groups]


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
