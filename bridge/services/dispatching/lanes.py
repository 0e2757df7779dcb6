"""Work in order within a lane and in parallel across lanes; dispatch gives every room a lane."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Lanes(Generic[Item]):
    """At most ``width`` items are worked on at once, of one lane only one, and lanes take turns.

    ``work`` handles its own failures: what it raises ends up in the event loop's exception handler.
    """

    def __init__(self, work: Callable[[Item], Awaitable[None]], *, width: int) -> None:
        self._work = work
        self._width = width
        self._queues: dict[str, deque[Item]] = {}
        self._ready: deque[str] = deque()
        self._workers: set[asyncio.Task[None]] = set()
        self._closed = False

    def put(self, lane: str, item: Item) -> None:
        """Add at the lane's end; work begins as soon as the lane and a place are free."""
        queue = self._queues.get(lane)
        if queue is not None:
            queue.append(item)
            return
        self._queues[lane] = deque((item,))
        self._ready.append(lane)
        if len(self._workers) < self._width and not self._closed:
            worker = asyncio.create_task(self._run(), name="lane")
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    def length(self, lane: str) -> int:
        """How many items wait in the lane, without the one being worked on."""
        return len(self._queues.get(lane, ()))

    def is_free(self, lane: str) -> bool:
        """Whether nothing waits in the lane or is being worked on."""
        return lane not in self._queues

    async def close(self, within: float) -> None:
        """Begin nothing more; what is being worked on may take ``within`` seconds, then it is cancelled."""
        self._closed = True
        if not self._workers:
            return
        _, late = await asyncio.wait(self._workers, timeout=within)
        for worker in late:
            worker.cancel()
        if late:
            await asyncio.wait(late)

    async def _run(self) -> None:
        while self._ready and not self._closed:
            lane = self._ready.popleft()
            queue = self._queues[lane]
            try:
                await self._work(queue.popleft())
            finally:
                if queue:
                    self._ready.append(lane)
                else:
                    del self._queues[lane]
            # Work that never waits must not keep the endpoint from answering.
            await asyncio.sleep(0)
