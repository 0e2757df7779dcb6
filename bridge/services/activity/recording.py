"""Records what happens in rooms of groups. A handler of dispatch, the last one: whoever waits for a reply comes first.

Rooms are handled in parallel; what they bring at the same time is stored in one unit of work.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bridge.domain.activity import Edit, Happening, Reacted
from bridge.domain.events import Event
from bridge.domain.rooms import Binding, RoomKind, RoomRef
from bridge.ports.clock import Clock
from bridge.ports.store import Store, UnitOfWork
from bridge.rules.activity.noting import TYPES, Gone, Noted, noted
from bridge.services.world import World


@dataclass(slots=True, kw_only=True)
class Recorder:
    """``ours`` are the bots: what they write is no activity."""

    store: Store
    clock: Clock
    ours: Collection[str]
    name: str = "activity"
    _groups: Mapping[str, str] = field(default_factory=dict, init=False)
    _waiting: list[Noted] = field(default_factory=list, init=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    def knows(self, world: World) -> None:
        """From now on rooms serve what they serve in this world."""
        self.knows_rooms({room: group_of(ref, world.bindings) for room, ref in world.refs.items()})

    def knows_rooms(self, groups: Mapping[str, str]) -> None:
        """By room: its group, empty for rooms that have none."""
        self._groups = groups

    def wants(self, event: Event) -> bool:
        """Rooms that the world does not know were perhaps made a moment ago: ``handle`` asks the store."""
        if event.type not in TYPES or event.state_key is not None or event.sender in self.ours:
            return False
        return self._groups.get(event.room_id) != ""

    def expect(self, event: Event) -> bool:  # noqa: ARG002 - nobody waits for it
        return False

    async def handle(self, event: Event) -> None:
        """Returns once it is stored. Raises ``StoreError``."""
        group = self._groups.get(event.room_id)
        if group is None:
            group = await self._served(event.room_id)
        if group and (one := noted(event, group, event.received_at or self.clock.now())):
            await self._store(one)

    async def _served(self, room_id: str) -> str:
        async with self.store.view() as view:
            ref = await view.rooms.serves(room_id)
            if ref is None:
                return ""
            return group_of(ref, {one.ref: one for one in await view.rooms.bindings()})

    async def _store(self, one: Noted) -> None:
        """Whoever gets the turn stores what waits by then, also that of others, who find theirs done."""
        self._waiting.append(one)
        async with self._turn:
            if not any(one is other for other in self._waiting):
                return
            batch, self._waiting = self._waiting, []
            try:
                async with self.store.work() as work:
                    await record(work, batch)
            except BaseException:
                # Each of the others tries for themselves, and hears of it if it fails again.
                self._waiting[:0] = [other for other in batch if other is not one]
                raise


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
