"""SQLite connections on aiosqlite's threads: one hop for a whole repository call.

SQLAlchemy's own dialect for aiosqlite hops for every cursor, statement and fetch, which makes a point read ten times
dearer; so SQLAlchemy works with the driver's connection itself, on the thread that aiosqlite keeps for it.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import aiosqlite
from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from bridge.adapters.sql.errors import understood

Result = TypeVar("Result")

BUSY_SECONDS: Final = 5.0
BUSY_PAUSE: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How to open the file: every transaction starts with ``begin``; a writer waits ``busy_seconds`` for others.

    The driver's own transactions start late and lose updates between processes; so ours are begun by hand.
    """

    path: Path
    begin: str
    pragmas: dict[str, str | int] = field(default_factory=dict)
    busy_seconds: float = BUSY_SECONDS

    async def open(self) -> aiosqlite.Connection:
        """A connection with a thread of its own."""
        opening = aiosqlite.connect(self.path, timeout=self.busy_seconds, isolation_level=None)
        try:
            opened = await opening
        except BaseException:
            # Its thread ends at once, but not before it has spoken to the event loop, which must not be gone by then.
            opening._thread.join()
            raise
        try:
            for name, value in self.pragmas.items():
                await self._set(opened, name, value)
        except BaseException:
            await opened.close()
            raise
        return opened

    async def _set(self, opened: aiosqlite.Connection, name: str, value: str | int) -> None:
        """SQLite does not wait by itself when several make one new file a file with a write-ahead log."""
        end = asyncio.get_running_loop().time() + self.busy_seconds
        while True:
            try:
                await opened.execute_fetchall(f"PRAGMA {name}={value}")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or asyncio.get_running_loop().time() > end:
                    raise
                await asyncio.sleep(BUSY_PAUSE)
            else:
                return

    def engine(self, raw: sqlite3.Connection) -> Engine:
        """SQLAlchemy over one connection of the driver."""
        engine = create_engine("sqlite://", creator=lambda: raw, poolclass=NullPool)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(self.begin)

        return engine


class Line:
    """One connection and the thread that alone uses it, so that jobs never overlap, not even after a cancellation."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._driver: aiosqlite.Connection | None = None
        self._connection: Connection | None = None

    async def run(self, job: Callable[[Connection], Result], /) -> Result:
        """What ``job`` returns. Driver errors come as ``StoreError``."""
        with understood():
            if self._driver is None:
                self._driver = await self._way.open()
            return await self._on_thread(self._do, job)

    async def raw(self, job: Callable[[sqlite3.Connection], Result]) -> Result:
        """The same on the driver's own connection, outside any transaction of SQLAlchemy's."""
        return await self.run(lambda connection: job(driver_of(connection)))

    async def close(self) -> None:
        """Close the connection and end the thread; waits for jobs under way."""
        if self._driver is None:
            return
        await self._on_thread(self._end)
        driver, self._driver = self._driver, None
        await driver.close()

    async def _on_thread(self, job: Callable[..., Result], *arguments: Any) -> Result:
        # The one method that runs a function of ours on the connection's thread; aiosqlite's public ones all end in
        # it. The version is pinned below the next minor one, and every test of the store passes here.
        execute: Any = self._driver._execute  # type: ignore[union-attr]
        result: Result = await execute(job, *arguments)
        return result

    def _end(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _do(self, job: Callable[[Connection], Result]) -> Result:
        if self._connection is None:
            assert self._driver is not None
            self._connection = self._way.engine(self._driver._conn).connect()
        return job(self._connection)


class Beginning:
    """Runs the jobs of one unit of work on a line; the transaction begins with the first, which saves a hop."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._begun = False

    async def __call__(self, job: Callable[[Connection], Result], /) -> Result:
        if self._begun:
            return await self._line.run(job)
        self._begun = True

        def first(connection: Connection) -> Result:
            connection.begin()
            return job(connection)

        return await self._line.run(first)


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The driver's connection beneath SQLAlchemy's."""
    raw: Any = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw
