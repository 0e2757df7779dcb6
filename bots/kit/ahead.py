"""Who reads along, asked as soon as a line arrives rather than when its turn has come, and not again while the room
stays as it was: while the store is busy keeping the line, the homeserver answers. Used by ``talk``.

A homeserver pushes what happens in a room in its order. So whatever changed there before a line was said is handled
before the line, and makes what was seen earlier be forgotten; a line without such a change was said to the same people.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from bots.kit.listening import age_of
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.events import Event
from bridge.domain.messages import say
from bridge.ports.clock import Clock
from bridge.ports.messenger import Messenger, Surroundings

FRESH: Final = 1.0
"""Seconds that a look for one line may be old, and that a line may be old to be answered by an earlier look. A line
that is kept waiting for longer is looked at anew: pushes are late then, and so may be what changed."""
KEPT: Final = 60.0
"""Seconds that a look is used for further lines."""
MOST: Final = 8
"""Looks under way at most: what comes then is looked at in its turn."""

Look = asyncio.Task[Surroundings]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look found that was begun at ``at``, in monotonic seconds; None while it is under way."""

    at: float
    surroundings: Surroundings | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """One bot's looks. ``forget`` must hear of every state event of the rooms that it contains."""

    messenger: Messenger
    clock: Clock
    _looks: dict[str, tuple[float, Look]] = field(default_factory=dict)
    _seen: dict[str, Seen] = field(default_factory=dict)

    def __contains__(self, room_id: str) -> bool:
        """Whether something about the room would have to be forgotten."""
        return room_id in self._seen

    def forget(self, room_id: str) -> None:
        """Something changed there. A look under way still serves its own line, which came later or looks later."""
        self._seen.pop(room_id, None)

    def begin(self, event: Event) -> None:
        """Ask for the event's room, unless it is known or enough is being asked."""
        now = self.clock.monotonic()
        for event_id in [one for one, (begun, _) in self._looks.items() if now - begun > FRESH]:
            self._drop(event_id)
        if self._known(event) is None and event.id not in self._looks and len(self._looks) < MOST:
            look = asyncio.create_task(self._look_inside(event.room_id), name="ahead")
            look.add_done_callback(_noted)
            self._looks[event.id] = now, look

    async def surroundings(self, event: Event) -> Surroundings:
        """Who reads along where the event was said; raises ``HomeserverError``."""
        begun, look = self._looks.get(event.id, (0.0, None))
        if look is not None and self.clock.monotonic() - begun <= FRESH:
            del self._looks[event.id]
            return await look
        self._drop(event.id)
        return self._known(event) or await self._look(event.room_id)

    def _known(self, event: Event) -> Surroundings | None:
        for room_id in [one for one, seen in self._seen.items() if self.clock.monotonic() - seen.at > KEPT]:
            self.forget(room_id)
        seen = self._seen.get(event.room_id)
        late = age_of(event, self.clock.now()).total_seconds() > FRESH
        return None if seen is None or late else seen.surroundings

    async def _look_inside(self, room_id: str) -> Surroundings:
        """The same, but the homeserver is not asked about another bot's conversation, which it would refuse."""
        if not await self.messenger.is_in(room_id):
            raise HomeserverError(say("The bot is not in this room."), kind=ErrorKind.REFUSED, errcode="M_FORBIDDEN")
        return await self._look(room_id)

    async def _look(self, room_id: str) -> Surroundings:
        """Ask, and remember the answer if nothing was to be forgotten meanwhile."""
        begun = self._seen[room_id] = Seen(self.clock.monotonic())
        try:
            found = await self.messenger.surroundings(room_id)
        except BaseException:
            self.forget(room_id)
            raise
        if self._seen.get(room_id) is begun:
            self._seen[room_id] = Seen(begun.at, found)
        return found

    def _drop(self, event_id: str) -> None:
        """Nobody will ask: the line was not for us, or its turn came late."""
        _, look = self._looks.pop(event_id, (0.0, None))
        if look is not None:
            look.cancel()


def _noted(look: Look) -> None:
    """Whoever takes the look is told what failed; of one that nobody takes, nobody needs to hear."""
    if not look.cancelled():
        look.exception()
