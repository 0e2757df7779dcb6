"""What the store needs from either database; ``sqlite.py`` and ``postgres.py`` are the two."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection

Result = TypeVar("Result")


class Run(Protocol):
    """Runs a function on the connection of one unit of work, off or on the event loop as the driver demands."""

    def __call__(self, job: Callable[[Connection], Result], /) -> Awaitable[Result]:
        """What ``job`` returns; raises ``StoreError`` for whatever the driver raises."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event on its way into the inbox: ``mark`` is its keyed hash, ``sealed`` its payload."""

    mark: int
    event_id: str
    room_id: str
    sealed: bytes


class Backend(Protocol):
    """One database: units of work, and the one path that is made for speed."""

    def writing(self) -> AbstractAsyncContextManager[Run]:
        """A unit of work: committed at the end, rolled back when the block raises; one at a time everywhere."""

    def reading(self) -> AbstractAsyncContextManager[Run]:
        """A consistent view that cannot write."""

    async def accept(self, transaction_id: str, seal: Callable[[], Sequence[Arrival]], at: int) -> int:
        """Store a transaction; gives how many events were new. ``seal`` is called where it disturbs nobody."""

    async def backup(self, file: Path) -> None:
        """Write a consistent copy while running."""

    async def close(self) -> None:
        """Give everything back."""
