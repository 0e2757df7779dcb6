"""The head start of whoever waits for an answer: told to handlers before it is stored, awaited before the 200.

Used by ``dispatch``. With our 200, the homeserver notes that the transaction is done and looks for the next one, in the
same thread in which it would take our reply: measured, the reply then comes two milliseconds later.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from bridge.ports.bots import Handler
from bridge.ports.clock import Clock
from bridge.ports.store import IncomingEvent
from bridge.services.dispatching.decoding import NotAnEvent, event_of
from bridge.services.dispatching.handling import expect
from bridge.services.dispatching.waiting import woken

FEW: Final = 5
"""Events in a transaction at most of which handlers are told before: more are a flood, and wait for their turn."""

SECONDS: Final = 0.1
"""How long a 200 waits at most; the homeserver pushes nothing more in the meantime."""


class HeadStart:
    """What is expected, by event id."""

    def __init__(self, handlers: Sequence[Handler], clock: Clock) -> None:
        self._handlers, self._clock = handlers, clock
        self._expected: dict[str, asyncio.Event] = {}

    def expect(self, one: IncomingEvent) -> None:
        """Tell handlers of an event that is about to be stored."""
        try:
            event = event_of(one.payload, self._clock.now())
        except NotAnEvent:
            return  # told when its turn comes
        if expect(self._handlers, event):
            self._expected[one.event_id] = asyncio.Event()

    def handled(self, event_id: str) -> None:
        """It was, with or without success."""
        if ended := self._expected.pop(event_id, None):
            ended.set()

    async def end(self, event_ids: Iterable[str], *, wait: bool) -> None:
        """Forget these; return when they are handled, or soon."""
        for ended in [self._expected.get(event_id) for event_id in event_ids]:
            if ended and wait:
                await woken(ended, self._clock, SECONDS)
        for event_id in event_ids:
            self._expected.pop(event_id, None)
