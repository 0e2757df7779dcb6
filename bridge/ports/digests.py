"""What people chose about their weekly digest, what was sent to whom, and what they thought of it. One repository of
store.py.

Readers and groups are sealed, found by keyed hashes; weeks stand as they are (``2026-W47``).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bridge.domain.sending import Choices, Delivery, Opinion


class Digests(Protocol):
    """One reader is a person (a user id) or the room of a group (``sending.room_reader``)."""

    async def choices(self, reader: str) -> Choices | None:
        """What a reader chose; None if nothing."""

    async def all_choices(self) -> Mapping[str, Choices]:
        """Everything that anybody chose, by reader."""

    async def put_choices(self, choices: Choices) -> None:
        """Store what a reader chose, in place of what was."""

    async def claim(self, wanted: Delivery, *, now: datetime) -> Delivery | None:
        """Take the reader and the week of ``wanted``, for its holder and until its end.

        Gives what is stored from now on: ``wanted``, or where a claim whose time was over was taken, the older items
        with the new holder. None where somebody else holds it, or where it is concluded.
        """

    async def put(self, delivery: Delivery) -> None:
        """Store what became of it, in place of what was."""

    async def delivery(self, reader: str, week: str) -> Delivery | None: ...

    async def of_reader(self, reader: str, limit: int = 1) -> Sequence[Delivery]:
        """The latest of a reader, latest week first; without those that they asked for."""

    async def asked_for(self, reader: str) -> Sequence[Delivery]:
        """Those that a reader asked for beside the weekly ones (``sending.beside``), the latest first."""

    async def begun(self, week: str, readers: Collection[str]) -> frozenset[str]:
        """Those of these readers of whom the store has anything for that week, in whatever state."""

    async def abandoned(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """Claims whose time is over, the longest over first."""

    async def of_week(self, week: str) -> Sequence[Delivery]:
        """Everything of a week: for a report, not for each round."""

    async def put_opinion(self, opinion: Opinion) -> None:
        """Store what a reader thought, in place of what they thought before of the same item."""

    async def take_back(self, reader: str, week: str, number: int) -> None:
        """They do not think so any more."""

    async def opinions(self, readers: Collection[str]) -> Mapping[str, Sequence[Opinion]]:
        """All opinions of these readers, oldest first; readers without any are absent."""

    async def forget(self, reader: str) -> int:
        """Nothing is known of the reader any more, nor do items that others were shown name them: a count of weeks."""

    async def drop_before(self, week: str, *, opinions: str) -> int:
        """Forget deliveries of earlier weeks, a count, and opinions of weeks before ``opinions``."""
