"""What the store needs from either database; ``sqlite.py`` and ``postgres.py`` are the two."""

from array import array
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection

Result = TypeVar("Result")


class Run(Protocol):
    """Runs a function on the connection of one unit of work, off or on the event loop as the driver demands."""

    def __call__(self, job: Callable[[Connection], Result], /) -> Awaitable[Result]:
        """What ``job`` returns; raises ``StoreError`` for whatever the driver raises."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Events on their way into the inbox, as columns: ``marks`` are keyed hashes of their ids.

    Columns, because a hundred objects, or even tuples, take a tenth of the time of storing the events.
    """

    marks: "array[int]"
    ids: Sequence[str]
    rooms: Sequence[str]
    sealed: Sequence[bytes]

    def __len__(self) -> int:
        return len(self.marks)

    def rows(self, first: int, at: int) -> list[tuple[int, str, str, bytes, int]]:
        """For the table: numbered from ``first``, received ``at``."""
        return list(zip(range(first, first + len(self)), self.ids, self.rooms, self.sealed, repeat(at), strict=False))

    def only(self, places: Sequence[int]) -> "Arrivals":
        """Those at these places, in this order."""
        return Arrivals(
            array(self.marks.typecode, [self.marks[place] for place in places]),
            [self.ids[place] for place in places],
            [self.rooms[place] for place in places],
            [self.sealed[place] for place in places],
        )


class Backend(Protocol):
    """One database: units of work, and the one path that is made for speed."""

    async def prepare(self) -> None:
        """Bring the database to the newest schema. Raises ``StoreError``."""

    async def revision(self) -> str | None:
        """That of its schema; None where there is no database, which is not made, or nothing in it."""

    def writing(self) -> AbstractAsyncContextManager[Run]:
        """A unit of work: committed at the end, rolled back when the block raises; one at a time everywhere."""

    def reading(self) -> AbstractAsyncContextManager[Run]:
        """A consistent view that cannot write."""

    async def accept(self, transaction_id: str, seal: Callable[[], Arrivals], at: int) -> int:
        """Store a transaction; gives how many events were new. ``seal`` is called where it disturbs nobody."""

    async def scrub(self) -> None:
        """Leave nothing in the database's files of what was deleted. Raises ``StoreError``."""

    async def backup(self, file: Path) -> None:
        """Write a consistent copy while running."""

    async def close(self) -> None:
        """Give everything back."""
