"""How many calls may be under way at once, and who goes first: replies before bulk work. Used by calls.py."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

SPARE: Final = 2
"""Places for those in a hurry alone: a reply that waits for the end of an invitation comes late by all of its time."""


class Gate:
    """Lets ``width`` callers in at a time, in order of arrival; those in a hurry before them, and ``spare`` more."""

    def __init__(self, width: int, *, spare: int = SPARE) -> None:
        self._width, self._spare = width, spare
        self._inside = 0
        self._hurried: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def passing(self, *, hurry: bool) -> AsyncIterator[None]:
        """Hold a place while the block runs."""
        await self._enter(hurry=hurry)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, *, hurry: bool) -> None:
        if self._inside < self._places(hurry=hurry):
            self._inside += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._hurried if hurry else self._others).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            # The turn may have come in the same moment: then it is passed on, or one place would be lost for ever.
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        self._inside -= 1
        for queue, hurry in ((self._hurried, True), (self._others, False)):
            while queue and self._inside < self._places(hurry=hurry):
                turn = queue.popleft()
                if not turn.done():
                    self._inside += 1
                    turn.set_result(None)

    def _places(self, *, hurry: bool) -> int:
        return self._width + self._spare if hurry else self._width
