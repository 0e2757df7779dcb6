"""Many small changes from outside become one look: soon after the last of them, and in a long stream now and then."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bridge.ports.clock import Clock

CALM: Final = 1.0
"""Seconds without a change after which it is time."""
LONGEST: Final = 10.0
"""Seconds after the first change at most."""


@dataclass(slots=True, kw_only=True)
class Nudge:
    """Called for every change; ``wake`` follows. What dies with the process is made up for by the look at its start."""

    clock: Clock
    wake: Callable[[], None]
    _nudged: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def __call__(self) -> None:
        """Something changed."""
        self._nudged.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._nudged.wait()
            first = self.clock.monotonic()
            while self._nudged.is_set() and self.clock.monotonic() - first < LONGEST:
                self._nudged.clear()
                await self.clock.sleep(CALM)
            self.wake()
