"""SQLite connections, each with a thread of its own: one hop for a whole repository call.

The async driver hops for every cursor, statement and fetch, which made a point read ten times dearer.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from bridge.adapters.sql.errors import understood

Result = TypeVar("Result")

BUSY_SECONDS: Final = 5.0


def engine_for(path: Path, *, begin: str, pragmas: dict[str, str | int], busy_seconds: float) -> Engine:
    """An engine whose every transaction starts with ``begin``.

    The driver's own transactions start late and lose updates between processes; so ours are begun by hand.
    """

    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
        for name, value in pragmas.items():
            raw.execute(f"PRAGMA {name}={value}")
        return raw

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


class Line:
    """One connection and the thread that alone uses it, so that jobs never overlap, not even after a cancellation."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"parvis-{name}")
        self._connection: Connection | None = None

    def run(self, job: Callable[[Connection], Result], /) -> "asyncio.Future[Result]":
        """What ``job`` will return; it is queued at once, not when awaited. Driver errors come as ``StoreError``."""
        return asyncio.get_running_loop().run_in_executor(self._thread, self._do, job)

    def raw(self, job: Callable[[sqlite3.Connection], Result]) -> "asyncio.Future[Result]":
        """The same on the driver's own connection, outside any transaction of SQLAlchemy's."""
        return self.run(lambda connection: job(driver_of(connection)))

    async def close(self) -> None:
        """Close the connection and end the thread; waits for jobs under way."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._end)
        self._thread.shutdown(wait=False)

    def _do(self, job: Callable[[Connection], Result]) -> Result:
        with understood():
            if self._connection is None:
                self._connection = self._engine.connect()
            return job(self._connection)

    def _end(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The driver's connection beneath SQLAlchemy's."""
    raw: Any = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw
