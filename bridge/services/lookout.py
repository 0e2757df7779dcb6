"""Notices that files have changed, seconds later: between the times at which sources are read anyway. For ``running``.

It asks for their times and sizes now and then: that also holds for network drives, for containers and for files that
are replaced, of which the system's own notices know nothing.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bridge.ports.clock import Clock

EVERY: Final = 1.0
"""Seconds between two looks; one takes some microseconds."""


@dataclass(slots=True, kw_only=True)
class Lookout:
    """``wake`` follows a change once a second look finds no further one. ``trace`` tells, for a thread, what changes
    with the files."""

    clock: Clock
    trace: Callable[[], object]
    wake: Callable[[], None]
    _known: object = field(default=None, init=False)

    async def begin(self) -> None:
        """What comes after this is a change: before the files are read for the first time."""
        self._known = await asyncio.to_thread(self.trace)

    async def run(self) -> None:
        """Until cancelled."""
        changed = False
        while True:
            await self.clock.sleep(EVERY)
            found = await asyncio.to_thread(self.trace)
            if found != self._known:
                self._known, changed = found, True
            elif changed:
                changed = False
                self.wake()
