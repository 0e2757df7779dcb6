"""In which rooms a bot is, without asking in each: the homeserver refuses whoever is outside. Part of messenger.py.

An application service hears of every room in which one of its users is, so each bot hears the conversations of the
others. What they are in is asked for once; afterwards their own memberships, which are pushed like everything, tell.
"""

import asyncio

from mautrix.api import ClientPath

from bridge.adapters.matrix.calls import Caller


class Whereabouts:
    """One bot's."""

    def __init__(self, me: Caller) -> None:
        self._me = me
        self._rooms: set[str] | None = None
        self._noted: dict[str, bool] = {}
        self._asking = asyncio.Lock()

    async def inside(self, room_id: str) -> bool:
        """Whether the bot is in the room. Raises ``HomeserverError``."""
        async with self._asking:
            if self._rooms is None:
                rooms = set((await self._me.call("joined rooms", "GET", ClientPath.v3.joined_rooms))["joined_rooms"])
                gone = {one for one, inside in self._noted.items() if not inside}
                self._rooms = (rooms | self._noted.keys()) - gone  # what was heard meanwhile is newer
        return room_id in self._rooms

    def note(self, room_id: str, *, inside: bool) -> None:
        """The bot came into a room, or is out of it."""
        self._noted[room_id] = inside
        if self._rooms is not None:
            (self._rooms.add if inside else self._rooms.discard)(room_id)
            self._noted.clear()
