"""What waits for somebody's answer: confirmations, join requests, consents. One repository of store.py.

Bots put an item, attach the events that show it, and settle it when somebody answers by reaction or command.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One open question. ``kind`` says who handles the answer; ``document`` is JSON, all that is needed to act on it.

    ``asker`` is on whose behalf it is asked, ``room_id`` where. ``outcome`` is a word of whoever settled it.
    """

    key: str
    kind: str
    asker: str
    room_id: str
    document: Mapping[str, Any]
    created_at: datetime
    expires_at: datetime
    settled_at: datetime | None = None
    outcome: str = ""

    @property
    def settled(self) -> bool:
        """Whether it was answered; only the first answer counts."""
        return self.settled_at is not None


class PendingItems(Protocol):
    """Open questions and those lately answered. Everything but the times is sealed."""

    async def put(self, item: Pending) -> Pending:
        """Store it as open, or give the one stored under its key, as it is now."""

    async def get(self, key: str) -> Pending | None:
        """By its key."""

    async def attach(self, key: str, event_id: str, *, room_id: str = "") -> None:
        """This event shows the item, in ``room_id``; several may. Once an event shows an item it stays; unknown keys
        are ignored."""

    async def by_event(self, event_id: str) -> Pending | None:
        """The item that an event shows, settled or not."""

    async def shown(self, key: str) -> Mapping[str, str]:
        """The events that show the item, in order: event id → room id."""

    async def settle(self, key: str, outcome: str, at: datetime) -> bool:
        """Answer it; True for the first answer only, False too when the key is unknown."""

    async def open(self, kind: str | None = None) -> Sequence[Pending]:
        """Not answered, expired or not, oldest first; of one kind, or of all."""

    async def all(self) -> Sequence[Pending]:
        """Every item that is kept, answered or not, oldest first."""

    async def remove(self, keys: Collection[str]) -> int:
        """Forget these items and what shows them: a count."""

    async def expired(self, now: datetime) -> Sequence[Pending]:
        """Not answered, and the time is over, oldest first."""

    async def purge(self, before: datetime) -> int:
        """Forget what was settled before then, and what expired before then unanswered: a count."""
