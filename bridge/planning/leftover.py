"""Spaces of groups that no other group lies below any more: they end by themselves. Called by planner."""

from collections.abc import Mapping
from dataclasses import replace

from bridge.domain.desired import Desired, DesiredRoom, RoomSettings
from bridge.domain.rooms import Binding, RoomKind, RoomRef, group_room
from bridge.domain.viewers import OPEN


def with_leftover_spaces(desired: Desired, bindings: Mapping[RoomRef, Binding]) -> Desired:
    """What should be, with all spaces that nothing asks for any more: closed, emptied and let go."""
    left = (ref for ref in bindings if ref.kind is RoomKind.SUBSPACE and ref not in desired.rooms)
    found = {ref: _ending(desired, ref) for ref in left}
    return replace(desired, rooms={**desired.rooms, **found}) if found else desired


def _ending(desired: Desired, ref: RoomRef) -> DesiredRoom:
    """The end of a group's space is nobody else's business once the group is hidden."""
    group = desired.rooms.get(group_room(ref.id))
    return DesiredRoom(
        ref=ref,
        settings=RoomSettings(name="", federate=False, space=True),
        members=frozenset(),
        ended=True,
        let_go=True,
        compartment=group.compartment if group else OPEN,
    )
