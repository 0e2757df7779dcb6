"""Profile cards, the history of commercial relationships, and half-finished conversations. One repository of store.py.

Everything is sealed; people are found by keyed hashes.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bridge.domain.cards import Card, Entry, Filling


class Cards(Protocol):
    """What people told about themselves, and what both sides wrote down."""

    async def card(self, user: str) -> Card | None: ...

    async def all(self) -> Mapping[str, Card]:
        """Every card, by user id."""

    async def put(self, card: Card) -> None:
        """Store a card in place of what was."""

    async def remove(self, user: str) -> None:
        """Forget somebody's card, its history and the conversation in which they filled it in."""

    async def entry(self, entry_id: str) -> Entry | None: ...

    async def entries(self, user: str) -> Sequence[Entry]:
        """The whole history with somebody, by the day of its entries and then by id; withdrawn ones, too."""

    async def histories(self) -> Mapping[str, Sequence[Entry]]:
        """Every history, by user id: of whomever somebody wrote down anything."""

    async def put_entry(self, entry: Entry) -> None:
        """Store an entry in place of what was."""

    async def filling(self, user: str) -> Filling | None: ...

    async def put_filling(self, filling: Filling) -> None:
        """Store where somebody is in the conversation."""

    async def edition(self) -> int:
        """Grows with every change of cards; entries and conversations do not count."""
