"""What was deleted is in no byte of the database's files once it was written anew, also while others use it."""

import asyncio
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.signing import AuditKeySigner
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.adapters.sql.tables import metadata
from bridge.domain.errors import ErrorKind, StoreError
from tests.fakes.clock import START
from tests.support.postgres import PostgresServer

GONE, KEPT = "@canary:corp.test", "@control:corp.test"


async def filled(url: str, sealer: DataKeySealer) -> SqlStore:
    """Somebody who is gone, among many who are not, so that whole pages stay in use."""
    store = await open_store(url, sealer, AuditKeySigner(bytes(32)))
    for number in range(40):
        async with store.work() as work:
            await work.preferences.put(f"{KEPT}.{number}", "language", "fr" * 50)
            await work.preferences.put(GONE, f"key {number}", "fr")
    async with store.work() as work:
        assert await work.preferences.forget(GONE) == 40
    return store


def content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


async def test_the_files_of_sqlite_lose_what_was_deleted(url: str, file: Path, sealer: DataKeySealer) -> None:
    store = await filled(url, sealer)
    other = await open_store(url, sealer)
    async with other.view() as view:
        assert await view.preferences.of_user(GONE) == {}
    assert GONE.encode() in content(file.parent)
    await store.scrub()
    assert GONE.encode() not in content(file.parent)
    assert KEPT.encode() in content(file.parent)
    async with other.work() as work:
        assert await work.preferences.get(f"{KEPT}.3", "language") == "fr" * 50
        await work.preferences.put(KEPT, "language", "en")
    await store.close()
    await other.close()


async def test_while_somebody_reads_it_is_refused_and_done_again(url: str, file: Path, sealer: DataKeySealer) -> None:
    store = await filled(url, sealer)
    await store.close()
    impatient, other = await open_store(url, sealer, busy_seconds=0.05), await open_store(url, sealer)
    async with other.view() as view:
        assert await view.preferences.of_user(GONE) == {}
        with pytest.raises(StoreError, match="do it again") as refused:
            await impatient.scrub()
    assert refused.value.kind is ErrorKind.TEMPORARY
    await impatient.scrub()
    assert GONE.encode() not in content(file.parent)
    await impatient.close()
    await other.close()


async def test_units_of_work_of_one_process_wait_for_it(url: str, sealer: DataKeySealer) -> None:
    store = await filled(url, sealer)

    async def write(number: int) -> None:
        async with store.work() as work:
            await work.preferences.put(KEPT, str(number), "x")

    await asyncio.gather(*(write(number) for number in range(5)), store.scrub(), store.accept("1", [], START))
    async with store.view() as view:
        assert len(await view.preferences.of_user(KEPT)) == 5
    await store.close()


@pytest.mark.postgres
async def test_the_tables_of_postgres_lose_what_was_deleted(postgres: PostgresServer, sealer: DataKeySealer) -> None:
    url = postgres.new_database()
    store = await filled(url, sealer)
    assert GONE.encode() in tables(postgres, url)
    await store.scrub()
    assert GONE.encode() not in tables(postgres, url)
    assert KEPT.encode() in tables(postgres, url)
    async with store.view() as view:
        assert await view.preferences.get(f"{KEPT}.3", "language") == "fr" * 50
    await store.close()


def tables(server: PostgresServer, url: str) -> bytes:
    """The files of all tables and their indexes, as they are on the disk."""
    server.sql(url, "CHECKPOINT")
    names = ", ".join(f"'{table.name}'::regclass" for table in metadata.sorted_tables)
    files = server.sql(
        url,
        f"SELECT pg_relation_filepath(oid) FROM pg_class WHERE oid IN ({names}) "
        f"OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid IN ({names}))",
    )
    return b"".join((server.data / name).read_bytes() for name in files.split())
