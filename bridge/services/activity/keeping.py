"""What is older than it is kept becomes sums that name nobody. An errand of the rounds."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from bridge.ports.clock import Clock
from bridge.ports.store import Store

EVERY: Final = timedelta(hours=6)
AT_ONCE: Final = 500
"""Messages in one unit of work: others wait for it, some twenty milliseconds."""
PAGES: Final = 40
"""Units of work in one round: the other errands wait for them."""
BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Keeping:
    """``lasts``: for how long it is kept what happened, one by one."""

    store: Store
    clock: Clock
    lasts: timedelta
    _next: datetime = field(default=BEGINNING, init=False)

    async def go(self) -> None:
        """Some of it; once everything is done, nothing for some hours. Raises ``StoreError``: then it rests, too."""
        now = self.clock.now()
        if now < self._next:
            return
        self._next = now + EVERY
        before = now - self.lasts
        for _ in range(PAGES):
            async with self.store.work() as work:
                dropped = await work.activity.drop_before(before, limit=AT_ONCE)
            if dropped < AT_ONCE:
                return
        self._next = now
