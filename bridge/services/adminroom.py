"""The administrators' room: where the bridge says what concerns them all. For bots that tell and ask there."""

from dataclasses import dataclass

from bridge.domain.rooms import ADMIN_ROOM
from bridge.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminRoom:
    """``chosen`` is the id of the room that the configuration names; empty when the bridge keeps one of its own."""

    store: Store
    chosen: str = ""

    async def room_id(self) -> str | None:
        """The room, or None while there is none: no administrators, or not made yet."""
        if self.chosen:
            return self.chosen
        async with self.store.view() as view:
            bindings = await view.rooms.bindings()
        return next((one.room_id for one in bindings if one.ref == ADMIN_ROOM), None)
