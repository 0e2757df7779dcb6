"""Looking at rooms whole: one read of the state, and when asked publication and aliases, which send no events."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import structlog

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.findings import Finding
from bridge.domain.messages import say
from bridge.domain.rooms import Absence, ActualRoom, Binding, RoomRef, group_of
from bridge.domain.viewers import OPEN
from bridge.planning.world import compartment_of_binding
from bridge.ports.clock import Clock
from bridge.ports.homeserver import Homeserver
from bridge.ports.store import Store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Replaces the projection of rooms by what the homeserver says: at most three calls per room, none per person."""

    homeserver: Homeserver
    store: Store
    clock: Clock
    at_once: int = 4

    async def verify(
        self, refs: Iterable[RoomRef] | None = None, *, directory: bool = True, unlisted: Collection[RoomRef] = ()
    ) -> tuple[Finding, ...]:
        """Read these rooms (all when None), with ``directory`` also publication and aliases; gives what failed.

        Rooms in ``unlisted`` were made a moment ago and given neither, so they are not asked for them.
        Raises ``HomeserverError`` (temporary) when the homeserver is down: then nothing is known about any room.
        """
        wanted = None if refs is None else frozenset(refs)
        async with self.store.view() as view:
            bindings = [one for one in await view.rooms.bindings() if wanted is None or one.ref in wanted]
            known = dict(await view.rooms.actual([one.ref for one in bindings]))
        known |= {one.ref: _just_made(one) for one in bindings if one.ref in unlisted}
        slots = asyncio.Semaphore(self.at_once)

        async def look(binding: Binding) -> Finding | None:
            async with slots:
                return await self._look(binding, known.get(binding.ref), directory and binding.ref not in unlisted)

        found = await asyncio.gather(*(look(binding) for binding in bindings if binding.room_id))
        return tuple(finding for finding in found if finding)

    async def _look(self, binding: Binding, known: ActualRoom | None, directory: bool) -> Finding | None:
        room_id = binding.room_id or ""
        try:
            if known is None or directory:
                published, aliases = await self.homeserver.published(room_id), await self.homeserver.aliases(room_id)
            else:
                published, aliases = known.published, known.aliases
            # Last, right before it is stored: an event handled in between would be overwritten, and never come again.
            view = await self.homeserver.read_room(room_id)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            if compartment_of_binding(binding) == OPEN:  # a log has many readers: it counts nothing that is hidden
                log.warning("room cannot be read", error=error.errcode or error.status)
            group = group_of(binding.ref, binding)
            text = say(
                "The room of {room} cannot be read any more: {reason}", room=str(binding.ref), reason=error.message
            )
            return Finding("room-unreadable", str(binding.ref), text, group)
        room = ActualRoom(
            ref=binding.ref,
            room_id=room_id,
            marker=binding.marker,
            version=view.version,
            state=view.state,
            members=view.members,
            out=dict.fromkeys(view.left, Absence.LEFT),
            published=published,
            told=binding.told,
            aliases=aliases,
        )
        async with self.store.work() as work:
            await work.rooms.replace(room, at=self.clock.now())
        return None


def _just_made(binding: Binding) -> ActualRoom:
    """What is known of a room before it was ever read: that it is in no directory and has no alias."""
    return ActualRoom(ref=binding.ref, room_id=binding.room_id or "", marker=binding.marker, version=binding.version)
