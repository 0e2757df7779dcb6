"""What an adapter would like to find again at its next reading, kept sealed in the store. Made for each source."""

from dataclasses import dataclass

from bridge.ports.clock import Clock
from bridge.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreDrawer:
    """``ports.directory.Drawer`` in the store, for processes that do not live long; ``name`` is the source's."""

    store: Store
    clock: Clock
    name: str

    async def load(self) -> bytes | None:
        """As the protocol says."""
        async with self.store.view() as view:
            kept = await view.snapshots.load(f"source/{self.name}")
        return kept[0] if kept else None

    async def save(self, data: bytes) -> None:
        """As the protocol says."""
        async with self.store.work() as work:
            await work.snapshots.save(f"source/{self.name}", data, at=self.clock.now())
