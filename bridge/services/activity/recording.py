"""Records what happens in rooms of groups: dispatch's keeper. A message is recorded in the unit of work that ends its
event, so that it is once, and a flood costs little more than without.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bridge.domain.activity import Edit, Happening, Reacted
from bridge.domain.events import Event
from bridge.domain.rooms import Binding, RoomKind, RoomRef
from bridge.ports.clock import Clock
from bridge.ports.store import UnitOfWork
from bridge.rules.activity.noting import TYPES, Gone, Noted, noted
from bridge.services.world import World


@dataclass(slots=True, kw_only=True)
class Recorder:
    """``ours`` are the bots: what they write is no activity."""

    clock: Clock
    ours: Collection[str]
    _groups: Mapping[str, str] = field(default_factory=dict, init=False)

    def knows(self, world: World) -> None:
        """From now on rooms serve what they serve in this world."""
        self.knows_rooms({room: group_of(ref, world.bindings) for room, ref in world.refs.items()})

    def knows_rooms(self, groups: Mapping[str, str]) -> None:
        """By room: its group, empty for rooms that have none."""
        self._groups = groups

    def wants(self, event: Event) -> bool:
        """Rooms that the world does not know were perhaps made a moment ago: ``keep`` asks the store."""
        if event.type not in TYPES or event.state_key is not None or event.sender in self.ours:
            return False
        return self._groups.get(event.room_id) != ""

    async def keep(self, work: UnitOfWork, events: Sequence[Event]) -> None:
        """In the order in which they came. Raises ``StoreError``."""
        groups = {room: self._groups.get(room) for room in {event.room_id for event in events}}
        found = {room: await _served(work, room) if group is None else group for room, group in groups.items()}
        notes = (
            noted(event, found[event.room_id], event.received_at or self.clock.now())
            for event in events
            if found[event.room_id]
        )
        await record(work, [one for one in notes if one])


async def _served(work: UnitOfWork, room_id: str) -> str:
    ref = await work.rooms.serves(room_id)
    return group_of(ref, {one.ref: one for one in await work.rooms.bindings()}) if ref else ""


async def record(work: UnitOfWork, batch: Sequence[Noted]) -> int:
    """Store these; how many messages and reactions are new."""
    happenings = [one for one in batch if isinstance(one, Happening)]
    reactions = [one for one in batch if isinstance(one, Reacted)]
    count = await work.activity.add(happenings, reactions) if happenings or reactions else 0
    edits = [one for one in batch if isinstance(one, Edit)]
    if edits:
        await work.activity.revise(edits)
    gone = [one for one in batch if isinstance(one, Gone)]
    if gone:
        await work.activity.redact([one.event for one in gone], max(one.at for one in gone))
    return count


def group_of(ref: RoomRef, bindings: Mapping[RoomRef, Binding]) -> str:
    """The group that a room serves, or served before another one did; empty for all other rooms."""
    if ref.kind is RoomKind.FORMER:
        return bindings[ref].of if ref in bindings else ""
    return ref.id if ref.kind is RoomKind.GROUP else ""
