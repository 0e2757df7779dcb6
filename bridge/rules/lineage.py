"""Which groups lie below which: the parents that may be told, and the tree that spaces show. Called by ``facts``.

Hidden groups are passed over wherever they stand, so that nothing here depends on one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bridge.domain.directory import Directory, Group, GroupState, Visibility
from bridge.domain.rooms import COMPANY, RoomRef, subspace


@dataclass(frozen=True, slots=True)
class Lineage:
    """``parents``: the nearest group above each that is not hidden, where there is one; groups that are above
    themselves have none. ``children`` and, the other way round, ``above``: what spaces show, which is active groups
    that are not hidden, each below the nearest such one."""

    parents: Mapping[str, str] = field(default_factory=dict)
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    above: Mapping[str, str] = field(default_factory=dict)

    def ancestors(self, group_id: str) -> Iterator[str]:
        """The groups above one, nearest first."""
        while parent := self.parents.get(group_id):
            yield parent
            group_id = parent

    def space_above(self, group_id: str) -> RoomRef:
        """The space for employees that lists what belongs to the group."""
        parent = self.above.get(group_id)
        return subspace(parent) if parent else COMPANY

    def space_of(self, group_id: str) -> RoomRef:
        """The space for employees that lists the group's room: its own where groups lie below it."""
        return subspace(group_id) if group_id in self.children else self.space_above(group_id)

    def lowest_first(self) -> Iterator[str]:
        """Groups that have others below them, each after all of those."""
        above: list[str] = []
        pending = [group_id for group_id in self.children if group_id not in self.above]
        while pending:
            group_id = pending.pop()
            above.append(group_id)
            pending.extend(child for child in self.children[group_id] if child in self.children)
        return reversed(above)


def without_hidden_parents(directory: Directory) -> Directory:
    """The same directory, in which every group's parent is one that may be told: the nearest that is not hidden."""
    groups = directory.groups
    changed = {
        group.id: replace(group, parent=_nearest(group, groups))
        for group in groups.values()
        if (parent := groups.get(group.parent)) and parent.visibility is Visibility.HIDDEN
    }
    return replace(directory, groups={**groups, **changed}) if changed else directory


def lineage_of(groups: Mapping[str, Group]) -> Lineage:
    """Who is above whom, in a directory without hidden parents."""
    declared = {group.id: group.parent for group in groups.values() if group.parent in groups}
    circling = _circling(declared)
    parents = {group_id: parent for group_id, parent in declared.items() if group_id not in circling}
    above: dict[str, str] = {}
    children: dict[str, list[str]] = {}
    for group_id in sorted(parents):
        if _shown(groups[group_id]) and (parent := _nearest_shown(group_id, parents, groups)):
            above[group_id] = parent
            children.setdefault(parent, []).append(group_id)
    return Lineage(parents, {parent: tuple(below) for parent, below in children.items()}, above)


def _shown(group: Group) -> bool:
    """Whether spaces list the group."""
    return group.visibility is not Visibility.HIDDEN and group.state is GroupState.ACTIVE


def _nearest_shown(group_id: str, parents: Mapping[str, str], groups: Mapping[str, Group]) -> str | None:
    parent = parents.get(group_id)
    while parent and not _shown(groups[parent]):
        parent = parents.get(parent)
    return parent


def _nearest(group: Group, groups: Mapping[str, Group]) -> str:
    """The nearest group above that is not hidden; nothing when there is none, or hidden ones go round in a circle."""
    seen: set[str] = set()
    parent = groups.get(group.parent)
    while parent and parent.visibility is Visibility.HIDDEN:
        if parent.id in seen:
            return ""
        seen.add(parent.id)
        parent = groups.get(parent.parent)
    return parent.id if parent else ""


def _circling(parents: Mapping[str, str]) -> frozenset[str]:
    """Groups that are above themselves: the check of the directory refuses these, and none may hang the bridge."""
    settled: set[str] = set()
    found: set[str] = set()
    for start in parents:
        path: list[str] = []
        group_id = start
        while group_id in parents and group_id not in settled:
            settled.add(group_id)
            path.append(group_id)
            group_id = parents[group_id]
        if group_id in path:
            found.update(path[path.index(group_id) :])
    return frozenset(found)
