"""Where administrators are asked together: their room, if all who read there may know of it. Used by porters."""

from dataclasses import dataclass
from typing import Final

import structlog

from bots.kit.cards import Cards
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.viewers import OPEN
from bridge.services.adminroom import AdminRoom
from bridge.services.society import Society

ALL: Final = ""
"""Whose language a room of several has: nobody's, which is the default."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The administrators' room, as one bot sees it."""

    cards: Cards
    admin_room: AdminRoom
    society: Society

    async def room(self, asker: str) -> str | None:
        """Its id, where those who read along may know of everything that is not hidden; None for nowhere. Raises
        ``HomeserverError``."""
        access, room_id = self.society.access(), await self.admin_room.room_id()
        if access is None or room_id is None:
            return None
        try:
            viewer = await self.society.viewer_of(await self.cards.speaker.messenger.surroundings(room_id), asker)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.info("the administrators' room cannot be read", errcode=error.errcode)
            return None
        return room_id if OPEN in access.compartments(viewer) else None
