"""How many calls may be under way at once, and who goes first: replies before bulk work. Used by calls.py."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Lets ``width`` callers in at a time; those in a hurry before the others, else in order of arrival."""

    def __init__(self, width: int) -> None:
        self._free = width
        self._hurried: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def passing(self, *, hurry: bool) -> AsyncIterator[None]:
        """Hold a place while the block runs."""
        await self._enter(self._hurried if hurry else self._others)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, queue: deque[asyncio.Future[None]]) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            # The turn may have come in the same moment: then it is passed on, or one place would be lost for ever.
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        for queue in (self._hurried, self._others):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1
