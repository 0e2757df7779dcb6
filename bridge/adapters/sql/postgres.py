"""The PostgreSQL side of the store, on asyncpg; the same tables and the same promises as on SQLite."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bridge.adapters.sql.backend import Arrivals, Run
from bridge.adapters.sql.errors import understood
from bridge.adapters.sql.remembering import NEWER, OLDEST, Remembered, another
from bridge.adapters.sql.schema import current, migrate, newest
from bridge.adapters.sql.tables import metadata
from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.messages import say

Result = TypeVar("Result")

LOCK_SECONDS: Final = 5.0
CONNECTIONS: Final = 6

ONE_WRITER: Final = "SELECT pg_advisory_xact_lock(7246530, 1)"
ONE_ACCEPTING: Final = "SELECT pg_advisory_xact_lock(7246530, 2)"
"""Inbox numbers must become visible in their order, or a reader that goes by ``after`` would miss some."""

NEWER_ROWS: Final = NEWER.format(place="$1")
ADD_TRANSACTION: Final = (
    "INSERT INTO transactions (seq, id, at, last, events) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (id) DO NOTHING RETURNING seq"
)
EVENT_COLUMNS: Final = ("seq", "event_id", "room_id", "sealed", "received_at")


class PostgresBackend:
    """One database. Writers queue at an advisory lock, so that units of work are as serial as on SQLite."""

    def __init__(self, url: URL, *, busy_seconds: float = LOCK_SECONDS) -> None:
        settings = {"lock_timeout": str(round(busy_seconds * 1000)), "application_name": "parvis"}
        try:
            self._engine = create_async_engine(
                url.set(drivername="postgresql+asyncpg"),
                pool_size=CONNECTIONS,
                connect_args={"timeout": 10, "server_settings": settings},
                pool_pre_ping=True,
            )
        except ModuleNotFoundError as error:
            raise StoreError(
                say("For PostgreSQL parvis needs its driver: pip install 'parvis[postgres]'."), kind=ErrorKind.USAGE
            ) from error
        self._lock = asyncio.Lock()
        self._accepting = asyncio.Lock()
        self._remembered = Remembered()

    async def prepare(self) -> None:
        """Bring the database to the newest schema."""
        if await self.revision() != newest():
            async with self.writing() as run:
                await run(migrate)

    async def revision(self) -> str | None:
        async with self.reading() as run:
            return await run(current)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Run]:
        async with self._lock, self._connected() as connection:
            with understood():
                await connection.exec_driver_sql(ONE_WRITER)
            yield _runner(connection)
            with understood():
                await connection.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Run]:
        async with self._connected(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
            yield _runner(connection)

    @asynccontextmanager
    async def _connected(self, **options: Any) -> AsyncIterator[AsyncConnection]:
        with understood():
            connection = await self._engine.connect()
        try:
            with understood():
                await connection.execution_options(**options)
            yield connection
        finally:
            # Closing rolls back what was not committed; shielded, because a cancelled block must give it back too.
            await asyncio.shield(connection.close())

    async def accept(self, transaction_id: str, seal: Callable[[], Arrivals], at: int) -> int:
        arrivals = seal()
        async with self._accepting, self._connected() as connection:
            with understood():
                raw: Any = (await connection.get_raw_connection()).driver_connection
                async with raw.transaction():
                    seq, fresh = await _store(raw, self._remembered, transaction_id, arrivals, at)
                if seq:
                    self._remembered.learn(seq, self._remembered.last + len(fresh), fresh.marks)
        return len(fresh)

    async def scrub(self) -> None:
        # Plain VACUUM only lets dead rows be written over; FULL writes each table anew. Neither runs in a transaction.
        async with self._connected(isolation_level="AUTOCOMMIT") as connection:
            for table in metadata.sorted_tables:
                with understood():
                    await connection.exec_driver_sql(f"VACUUM FULL {table.name}")

    async def backup(self, file: Path) -> None:
        sentence = say(
            "A PostgreSQL database is backed up with its own tool: pg_dump --format=custom --file={file} …",
            file=str(file),
        )
        raise StoreError(sentence, kind=ErrorKind.USAGE)

    async def close(self) -> None:
        await self._engine.dispose()


def _runner(connection: AsyncConnection) -> Run:
    async def run(job: Callable[[Connection], Result], /) -> Result:
        with understood():
            return await connection.run_sync(job)

    return run


async def _store(
    raw: Any, remembered: Remembered, transaction_id: str, arrivals: Arrivals, at: int
) -> tuple[int, Arrivals]:
    """The seq of the stored transaction (0 when it was known) and its new events."""
    await raw.execute(ONE_ACCEPTING)
    remembered.forget_unless(await raw.fetchval(OLDEST))
    remembered.catch_up(await raw.fetch(NEWER_ROWS, remembered.newest))
    fresh = remembered.fresh(arrivals)
    seq, first = remembered.newest + 1, remembered.last + 1
    last = remembered.last + len(fresh)
    marks = fresh.marks.tobytes()
    if await raw.fetchval(ADD_TRANSACTION, seq, transaction_id, at, last, marks) is None:
        if not fresh:
            return 0, fresh
        # Synapse on SQLite counts from 1 again after a restart: the id is old, the transaction is not.
        await raw.fetchval(ADD_TRANSACTION, seq, another(transaction_id, seq), at, last, marks)
    await raw.copy_records_to_table("inbox", records=fresh.rows(first, at), columns=EVENT_COLUMNS)
    return seq, fresh
