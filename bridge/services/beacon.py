"""Has the homeserver bring everything that it kept for us, so that nothing said to the bridge is lost. Run by
``app.running``.

Synapse (1.163) keeps what it cannot push, and brings it in order once it gets through again. What is said in the very
moment in which it finds nothing left to bring stays behind until the next trouble, maybe for weeks: two of a hundred
restarts while people talk. So there is trouble on purpose, once nobody is talking: an event of our own, in a room where
nobody else is, is refused once; to bring it again, the homeserver begins with the oldest that it still has.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

import structlog

from bridge.domain.errors import ErrorKind, HomeserverError, ParvisError
from bridge.ports.clock import Clock
from bridge.ports.homeserver import Homeserver
from bridge.ports.store import IncomingEvent, Store
from bridge.services.dispatching.waiting import woken

CALM: Final = 2.0
"""Seconds in which nothing was pushed: a beacon amid much talk would make the very trouble that it is there to mend."""
PATIENCE: Final = 30.0
"""Seconds after which a beacon that was not brought is followed by another: it may have stayed behind itself."""
NOTICED: Final = 0.2
"""Seconds in which the homeserver notes that it was refused."""
KIND: Final = "io.parvis.beacon"
ROOM: Final = "beacon/room"

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Beacon:
    """``ping`` asks the homeserver to reach us now (``adapters.matrix.pinging``)."""

    homeserver: Homeserver
    store: Store
    clock: Clock
    ping: Callable[[], Awaitable[None]]
    _room: str = field(default="", init=False)
    _pushed: float = field(default=0.0, init=False)
    _disturbed: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _refused: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def disturbed(self) -> None:
        """Something was not stored when it was pushed, or was pushed again: the homeserver was in trouble with us."""
        self._disturbed.set()

    def refuses(self, events: Sequence[IncomingEvent]) -> bool:
        """Whether the homeserver is to bring these again: the first time that a beacon is among them. Asked about
        everything that is pushed."""
        self._pushed = self.clock.monotonic()
        if not self._room or all(event.room_id != self._room for event in events):
            return False
        self._room = ""
        self._refused.set()
        return True

    async def run(self) -> None:
        """One beacon after the start and one after each disturbance, until cancelled; begun when the homeserver has
        reached us."""
        self._pushed = self.clock.monotonic()
        while True:
            self._disturbed.clear()
            await self._light()
            await self._disturbed.wait()

    async def _light(self) -> None:
        """Send beacons until one was refused. A homeserver or store in trouble is asked again."""
        self._refused.clear()
        while not self._refused.is_set():
            await self._calm()
            try:
                await self._send()
            except ParvisError as error:
                log.info("no beacon yet", reason=str(error.message), detail=error.detail)
            await woken(self._refused, self.clock, PATIENCE)
        await self.clock.sleep(NOTICED)
        try:
            await self.ping()
        except ParvisError as error:  # then it comes by itself, in some seconds
            log.info("not reached after a beacon", reason=str(error.message), detail=error.detail)

    async def _calm(self) -> None:
        while (left := self._pushed + CALM - self.clock.monotonic()) > 0:
            await self.clock.sleep(left)

    async def _send(self) -> None:
        async with self.store.view() as view:
            room_id = await view.preferences.get(self.homeserver.bot, ROOM)
        if room_id is None:
            room_id = await self._make_room()
        self._room = room_id
        number = round(self.clock.now().timestamp() * 1000)
        path = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/send/{KIND}/{number}"
        try:
            await self.homeserver.request("PUT", path, {})
        except HomeserverError as error:
            if error.kind is not ErrorKind.TEMPORARY:
                await self._make_room()
            raise

    async def _make_room(self) -> str:
        """For the bot alone. One whose making ended with the process stays behind empty, which harms nobody."""
        content = {"preset": "private_chat", "creation_content": {"m.federate": False}}
        room_id = str((await self.homeserver.request("POST", "/_matrix/client/v3/createRoom", content))["room_id"])
        async with self.store.work() as work:
            await work.preferences.put(self.homeserver.bot, ROOM, room_id)
        return room_id
