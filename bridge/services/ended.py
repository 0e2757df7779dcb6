"""When a group ended, and by whom: read from what was decided about it. Called by ``groups`` for who looks at one."""

from dataclasses import dataclass
from typing import Final

from bridge.domain.directory import Group, GroupState
from bridge.domain.messages import DayOf
from bridge.domain.viewers import OPEN, Viewer
from bridge.ports.store import Store
from bridge.rules.access import Access
from bridge.rules.calling import called
from bridge.rules.facts import is_hidden
from bridge.services.recalling import decisions

STATE: Final = "state"


@dataclass(frozen=True, slots=True)
class Ended:
    """A group is archived or retired; ``on`` and ``by`` (what they are called) where a command decided it, and where
    all who read along may know that. ``undo`` names the group for who may open it again."""

    state: GroupState
    on: DayOf | None = None
    by: str = ""
    undo: str = ""


async def ended(store: Store, access: Access, viewer: Viewer, group: Group) -> Ended | None:
    """None while the group is active."""
    if group.state is GroupState.ACTIVE:
        return None
    found = Ended(group.state, undo=group.id if access.may_govern(viewer, group.id) else "")
    compartment = group.id if is_hidden(group) else OPEN
    if compartment not in access.compartments(viewer):
        return found
    async with store.view() as view:
        taken = await decisions(view, [compartment])
    last = next((one for one in taken if (one.group, one.field) == (group.id, STATE)), None)
    if last is None or last.after != (group.state.value,):
        return found
    return Ended(group.state, on=DayOf(last.at), by=called(access.facts, last.by), undo=found.undo)
