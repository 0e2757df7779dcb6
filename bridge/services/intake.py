"""Takes a pushed transaction into the store and tells the dispatcher; the inbound adapter answers afterwards."""

from collections.abc import Callable, Sequence
from typing import Protocol

from bridge.ports.clock import Clock
from bridge.ports.store import IncomingEvent, Store


class Ahead(Protocol):
    """Who is told of events before they are stored, and says how long their 200 should wait (``Dispatcher``)."""

    def expect(self, events: Sequence[IncomingEvent]) -> None: ...

    async def head_start(self, events: Sequence[IncomingEvent], *, new: int) -> None: ...


class Intake:
    """Stores first, wakes afterwards: whoever gets an answer may forget the transaction."""

    def __init__(
        self, store: Store, clock: Clock, arrived: Callable[[int], None], *, ahead: Ahead | None = None
    ) -> None:
        """``arrived`` hears how many new events were stored (``Dispatcher.arrived``)."""
        self._store = store
        self._clock = clock
        self._arrived = arrived
        self._ahead = ahead

    async def accept(self, transaction_id: str, events: Sequence[IncomingEvent]) -> int:
        """Store the transaction whole; gives how many events were new. ``StoreError``: nothing is stored."""
        if not events:
            return 0
        if self._ahead:
            self._ahead.expect(events)
        new = await self._store.accept(transaction_id, events, self._clock.now())
        if new:
            self._arrived(new)
        return new

    async def head_start(self, events: Sequence[IncomingEvent], *, new: int) -> None:
        """Between storing and the 200: whoever waits for an answer goes first."""
        if self._ahead:
            await self._ahead.head_start(events, new=new)
