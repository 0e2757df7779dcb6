"""Who reads along, asked as soon as a line arrives rather than when its turn has come: while the store is busy keeping
it, the homeserver answers. Used by ``talk``.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from bridge.domain.events import Event
from bridge.ports.clock import Clock
from bridge.ports.messenger import Messenger, Surroundings

FRESH: Final = 1.0
"""Seconds that a look may be old. A line that is kept waiting for longer is looked at anew."""
MOST: Final = 8
"""Looks under way at most: what comes then is looked at in its turn."""

Look = asyncio.Task[Surroundings]


@dataclass(frozen=True, slots=True)
class Ahead:
    """One bot's looks, each for one event. None is begun before its event was there, and none is used twice."""

    messenger: Messenger
    clock: Clock
    _looks: dict[str, tuple[float, Look]] = field(default_factory=dict)

    def begin(self, event: Event) -> None:
        """Ask for the event's room, unless enough is being asked."""
        now = self.clock.monotonic()
        for event_id in [one for one, (begun, _) in self._looks.items() if now - begun > FRESH]:
            self._drop(event_id)
        if event.id not in self._looks and len(self._looks) < MOST:
            look = asyncio.create_task(_look(self.messenger, event.room_id), name="ahead")
            look.add_done_callback(_noted)
            self._looks[event.id] = now, look

    async def surroundings(self, event: Event) -> Surroundings:
        """Who reads along where the event was said; raises ``HomeserverError``."""
        begun, look = self._looks.get(event.id, (0.0, None))
        if look is None or self.clock.monotonic() - begun > FRESH:
            self._drop(event.id)
            return await self.messenger.surroundings(event.room_id)
        del self._looks[event.id]
        return await look

    def _drop(self, event_id: str) -> None:
        """Nobody will ask: the line was not for us, or its turn came late."""
        _, look = self._looks.pop(event_id, (0.0, None))
        if look is not None:
            look.cancel()


async def _look(messenger: Messenger, room_id: str) -> Surroundings:
    return await messenger.surroundings(room_id)


def _noted(look: Look) -> None:
    """Whoever takes the look is told what failed; of one that nobody takes, nobody needs to hear."""
    if not look.cancelled():
        look.exception()
