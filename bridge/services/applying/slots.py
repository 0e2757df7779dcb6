"""Places for rooms that are being changed: as many as the pace allows at the moment, in order of asking."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bridge.services.applying.pace import Pace


class Slots:
    """The places of one run. Each run has its own, so that a long one never keeps another from beginning."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._busy = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold a place while the block runs."""
        await self._enter()
        try:
            yield
        finally:
            self._leave()

    async def _enter(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            # The turn may have come in the same moment: then it is passed on, or one place would be lost for ever.
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        self._busy -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self._busy < self._pace.width:
            turn = self._waiting.popleft()
            if not turn.done():
                self._busy += 1
                turn.set_result(None)
