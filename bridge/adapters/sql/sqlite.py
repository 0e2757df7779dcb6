"""The SQLite side of the store: one writer, a few readers, and the fast path into the inbox."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path
from typing import Final

from bridge.adapters.sql.backend import Arrivals, Run
from bridge.adapters.sql.checkpoints import LOG_PAGES, Checkpoints
from bridge.adapters.sql.lines import BUSY_SECONDS, Beginning, Line, Way, driver_of
from bridge.adapters.sql.remembering import NEWER, OLDEST, Remembered, another
from bridge.adapters.sql.schema import current, migrate, newest
from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.messages import say
from bridge.files.refusals import reason_of

READERS: Final = 4
PRAGMAS: Final[dict[str, str | int]] = {
    # Before the log: only an empty file takes it. Half the pages to write for a transaction of a hundred events.
    "page_size": 8192,
    "journal_mode": "WAL",
    "synchronous": "NORMAL",
    "foreign_keys": "ON",
    "wal_autocheckpoint": LOG_PAGES,
}

NEWER_ROWS: Final = NEWER.format(place="?")
ADD_TRANSACTION: Final = (
    "INSERT INTO transactions (seq, id, at, last, events) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
)
INTO_INBOX: Final = "INSERT INTO inbox (seq, event_id, room_id, sealed, received_at) VALUES "
ROW: Final = "(?, ?, ?, ?, ?)"
AT_ONCE: Final = 100
"""Rows in one statement: a full transaction of the homeserver's, at two thirds of the price of a hundred statements."""
ADD_MANY: Final = INTO_INBOX + ", ".join([ROW] * AT_ONCE)


class SqliteBackend:
    """One file. Writers of this process queue at a lock, those of others at SQLite's own."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self._path = path
        self._lock = asyncio.Lock()
        self._remembered = Remembered()
        self._writing = Way(path=path, begin="BEGIN IMMEDIATE", pragmas=PRAGMAS, busy_seconds=busy_seconds)
        self._reading = Way(path=path, begin="BEGIN", pragmas={"query_only": "ON"}, busy_seconds=busy_seconds)
        self._writer = Line(self._writing)
        self._checkpoints = Checkpoints(self._writing)
        self._idle: list[Line] = []
        self._seats = asyncio.Semaphore(READERS)

    async def prepare(self) -> None:
        """Make the file, readable by its owner alone, and bring it to the newest schema."""
        self._make_file()
        # The writer first: it makes the file one with a write-ahead log.
        await self._writer.run(driver_of)
        if await self.revision() != newest():
            async with self.writing() as run:
                await run(migrate)

    async def revision(self) -> str | None:
        if not self._path.exists():
            return None
        async with self.reading() as run:
            return await run(current)

    def _make_file(self) -> None:
        if not self._path.parent.is_dir():
            raise StoreError(
                say("The folder {folder} for the database does not exist.", folder=str(self._path.parent)),
                kind=ErrorKind.USAGE,
            )
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            return
        except OSError as error:
            raise StoreError(
                say("The database file {path} cannot be made: {why}.", path=str(self._path), why=reason_of(error)),
                detail=str(error),
            ) from error

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Run]:
        async with self._lock:
            try:
                yield Beginning(self._writer)
                await self._writer.run(lambda connection: connection.commit())
                self._checkpoints.soon()
            except BaseException:
                # Shielded, because a cancelled unit of work must be rolled back all the same.
                await asyncio.shield(self._writer.run(lambda connection: connection.rollback()))
                raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Run]:
        async with self._seats:
            line = self._idle.pop() if self._idle else Line(self._reading)
            try:
                yield Beginning(line)
            finally:
                await asyncio.shield(self._give_back(line))

    async def _give_back(self, line: Line) -> None:
        await line.run(lambda connection: connection.rollback())
        self._idle.append(line)

    async def accept(self, transaction_id: str, seal: Callable[[], Arrivals], at: int) -> int:
        async with self._lock:
            new = await self._writer.raw(lambda raw: _accept(raw, self._remembered, transaction_id, seal(), at))
            self._checkpoints.soon()
            return new

    async def backup(self, file: Path) -> None:
        try:
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except OSError as error:
            raise StoreError(
                say("The backup {file} cannot be made: {why}.", file=str(file), why=reason_of(error)),
                kind=ErrorKind.USAGE,
            ) from error
        # A read-only connection may not copy itself, and the writer must not be held up.
        line = Line(self._writing)
        try:
            await line.raw(lambda raw: _copy(raw, file))
        finally:
            await line.close()

    async def scrub(self) -> None:
        line = Line(self._writing)
        try:
            async with self._lock:
                await line.raw(_written_anew)
        finally:
            await line.close()

    async def close(self) -> None:
        await self._checkpoints.close()
        for line in (*self._idle, self._writer):
            await line.close()
        self._idle.clear()


def _copy(raw: sqlite3.Connection, file: Path) -> None:
    try:
        raw.execute("VACUUM INTO ?", (str(file),)).close()
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _written_anew(raw: sqlite3.Connection) -> None:
    """Deleted rows lie in pages until others are written over them, and in the log until it begins anew."""
    raw.execute("VACUUM").close()
    busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreError(say("Somebody is reading the database, so its log could not be emptied: do it again."),
                         kind=ErrorKind.TEMPORARY)  # fmt: skip


def _add(raw: sqlite3.Connection, rows: list[tuple[int, str, str, bytes, int]]) -> None:
    full = len(rows) - len(rows) % AT_ONCE
    for start in range(0, full, AT_ONCE):
        raw.execute(ADD_MANY, list(chain.from_iterable(rows[start : start + AT_ONCE])))
    raw.executemany(INTO_INBOX + ROW, rows[full:])


def _accept(raw: sqlite3.Connection, remembered: Remembered, transaction_id: str, arrivals: Arrivals, at: int) -> int:
    """One transaction of the homeserver in one of the database's, below SQLAlchemy: its per-row work costs too much."""
    raw.execute("BEGIN IMMEDIATE")
    try:
        remembered.forget_unless(raw.execute(OLDEST).fetchone()[0])
        remembered.catch_up(raw.execute(NEWER_ROWS, (remembered.newest,)))
        fresh = remembered.fresh(arrivals)
        seq, first = remembered.newest + 1, remembered.last + 1
        last = remembered.last + len(fresh)
        marks = fresh.marks
        added = raw.execute(ADD_TRANSACTION, (seq, transaction_id, at, last, marks.tobytes()))
        if added.rowcount == 0:
            if not fresh:
                raw.execute("ROLLBACK")
                return 0
            # Synapse on SQLite counts from 1 again after a restart: the id is old, the transaction is not.
            raw.execute(ADD_TRANSACTION, (seq, another(transaction_id, seq), at, last, marks.tobytes()))
        _add(raw, fresh.rows(first, at))
        raw.execute("COMMIT")
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raise
    remembered.learn(seq, last, marks)
    return len(fresh)
