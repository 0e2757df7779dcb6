"""All cards of the store in memory, read again when one has changed. Used by ``views``."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.domain.cards import Card
from bridge.ports.store import Store


@dataclass(slots=True)
class Shelf:
    """Opening ten thousand sealed cards takes half a second; asking whether one has changed, a point read."""

    store: Store
    _kept: tuple[int, Mapping[str, Card]] | None = field(default=None, init=False, repr=False)

    async def all(self) -> Mapping[str, Card]:
        """Every card, by user id."""
        async with self.store.view() as view:
            edition = await view.cards.edition()
            if self._kept is None or self._kept[0] != edition:
                self._kept = (edition, await view.cards.all())
            return self._kept[1]
