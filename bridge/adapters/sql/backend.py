"""What the store needs from either database; ``sqlite.py`` and ``postgres.py`` are the two."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection

Result = TypeVar("Result")


class Run(Protocol):
    """Runs a function on the connection of one unit of work, off or on the event loop as the driver demands."""

    def __call__(self, job: Callable[[Connection], Result], /) -> Awaitable[Result]:
        """What ``job`` returns; raises ``StoreError`` for whatever the driver raises."""


Arrival: TypeAlias = tuple[int, str, str, bytes]
"""One event on its way into the inbox: keyed hash, event id, room id, sealed payload.

A bare tuple, because making a hundred objects with names took a fifth of the time of storing them.
"""


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
