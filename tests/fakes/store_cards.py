"""Profile cards in memory, for the fake store."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bridge.domain.cards import Card, Entry, Filling

if TYPE_CHECKING:
    from tests.fakes.store import Access


class FakeCards:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def card(self, user: str) -> Card | None:
        return self._access.read().cards.get(user)

    async def all(self) -> Mapping[str, Card]:
        return dict(sorted(self._access.read().cards.items()))

    async def put(self, card: Card) -> None:
        data = self._access.write()
        data.cards[card.user] = card
        data.cards_edition += 1

    async def remove(self, user: str) -> None:
        data = self._access.write()
        data.cards.pop(user, None)
        data.fillings.pop(user, None)
        data.entries = {id_: entry for id_, entry in data.entries.items() if entry.user != user}
        data.cards_edition += 1

    async def entry(self, entry_id: str) -> Entry | None:
        return self._access.read().entries.get(entry_id)

    async def entries(self, user: str) -> Sequence[Entry]:
        return (await self.histories()).get(user, [])

    async def histories(self) -> Mapping[str, Sequence[Entry]]:
        entries = sorted(self._access.read().entries.values(), key=lambda one: (one.current.day, one.id))
        users = sorted({entry.user for entry in entries})
        return {user: [entry for entry in entries if entry.user == user] for user in users}

    async def put_entry(self, entry: Entry) -> None:
        self._access.write().entries[entry.id] = entry

    async def filling(self, user: str) -> Filling | None:
        return self._access.read().fillings.get(user)

    async def put_filling(self, filling: Filling) -> None:
        self._access.write().fillings[filling.user] = filling

    async def edition(self) -> int:
        return self._access.read().cards_edition
