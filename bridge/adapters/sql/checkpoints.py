"""Moves SQLite's write-ahead log into the database file from a thread of its own, so that no writer waits for the disk.

SQLite would do it inside the commit that fills the log: every tenth transaction of a flood then takes 10 ms longer.
"""

import asyncio
import contextlib
import sqlite3
from typing import Final

from bridge.adapters.sql.lines import Line, Way
from bridge.domain.errors import StoreError

AFTER: Final = 0.5
"""Seconds from a write to the checkpoint; writes in between share it."""

LOG_PAGES: Final = 16_384
"""Pages (64 MiB) after which a commit does it itself all the same: the disk is slower than the flood."""


class Checkpoints:
    """Asked for after every write; a checkpoint never waits for readers or writers, and never makes them wait."""

    def __init__(self, way: Way) -> None:
        self._line = Line(way)
        self._timer: asyncio.TimerHandle | None = None
        self._running: asyncio.Task[None] | None = None

    def soon(self) -> None:
        """Something was written."""
        if self._timer is None and (self._running is None or self._running.done()):
            self._timer = asyncio.get_running_loop().call_later(AFTER, self._begin)

    async def close(self) -> None:
        """Wait for the one under way; what is left, SQLite does when the last connection closes."""
        if self._timer is not None:
            self._timer.cancel()
        if self._running is not None:
            await self._running
        await self._line.close()

    def _begin(self) -> None:
        self._timer = None
        self._running = asyncio.create_task(self._checkpoint())

    async def _checkpoint(self) -> None:
        # A disk that is full or gone shows in the next write, where somebody can be told.
        with contextlib.suppress(StoreError):
            await self._line.raw(_move)


def _move(raw: sqlite3.Connection) -> None:
    raw.execute("PRAGMA wal_checkpoint(PASSIVE)").close()
