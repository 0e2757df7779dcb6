"""Takes a pushed transaction into the store and tells the dispatcher; the inbound adapter answers afterwards."""

from collections.abc import Callable, Sequence

from bridge.ports.clock import Clock
from bridge.ports.store import IncomingEvent, Store


class Intake:
    """Stores first, wakes afterwards: whoever gets an answer may forget the transaction."""

    def __init__(self, store: Store, clock: Clock, arrived: Callable[[int], None]) -> None:
        """``arrived`` hears how many new events were stored (``Dispatcher.arrived``)."""
        self._store = store
        self._clock = clock
        self._arrived = arrived

    async def accept(self, transaction_id: str, events: Sequence[IncomingEvent]) -> int:
        """Store the transaction whole; gives how many events were new. ``StoreError``: nothing is stored."""
        if not events:
            return 0
        new = await self._store.accept(transaction_id, events, self._clock.now())
        if new:
            self._arrived(new)
        return new
