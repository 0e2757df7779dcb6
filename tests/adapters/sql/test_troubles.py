"""Every trouble with a database is answered by one clear sentence, and never by the driver's own error."""

import os
import pwd
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.sqlite import SqliteBackend
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.domain.errors import ErrorKind, StoreError
from bridge.ports.store import IncomingEvent
from tests.fakes.clock import START
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.slow

BIG = [IncomingEvent(f"${number}", "!room", bytes(1000)) for number in range(500)]

CUT_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE application_name = 'parvis' AND datname = current_database()"
)


@pytest.fixture
async def store(url: str, sealer: DataKeySealer) -> AsyncIterator[SqlStore]:
    store = await open_store(url, sealer, busy_seconds=0.05)
    yield store
    await store.close()


@pytest.fixture
def an_ordinary_users_folder() -> Iterator[Path]:
    """Where file modes count, also when root runs the tests: meanwhile somebody without rights does."""
    folder = Path(tempfile.mkdtemp(prefix="parvis-store-"))
    root = os.geteuid() == 0
    if root:
        nobody = pwd.getpwnam("nobody").pw_uid
        os.chown(folder, nobody, -1)
        os.seteuid(nobody)
    yield folder
    if root:
        os.seteuid(0)
    shutil.rmtree(folder)


def make_file(file: Path, content: bytes, mode: int = 0o400) -> None:
    file.unlink(missing_ok=True)
    file.write_bytes(content)
    file.chmod(mode)


def sound_beginning(file: Path) -> bytes:
    return file.read_bytes()[:4096]


async def put(store: SqlStore, value: str = "x") -> None:
    async with store.work() as work:
        await work.preferences.put("@ann:x", "key", value)


async def test_a_lock_held_by_another_program_is_temporary(store: SqlStore, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked") as work_refused:
            await put(store)
        with pytest.raises(StoreError, match="locked") as accept_refused:
            await store.accept("1", BIG, START)
        async with store.view() as view:
            assert await view.preferences.get("@ann:x", "key") is None
        other.execute("ROLLBACK")
    assert {work_refused.value.kind, accept_refused.value.kind} == {ErrorKind.TEMPORARY}
    await put(store)
    assert await store.accept("1", BIG, START) == 500


async def test_a_full_disk_is_said_and_nothing_half_is_stored(store: SqlStore) -> None:
    """As SQLite says it when its file may grow no further."""
    await _limit_pages(store)
    with pytest.raises(StoreError, match="disk is full") as refused:
        await store.accept("1", BIG, START)
    assert refused.value.kind is ErrorKind.BROKEN
    with pytest.raises(StoreError, match="disk is full"):
        await put(store, "x" * 1_000_000)
    async with store.view() as view:
        assert (await view.inbox.counts()).waiting == 0
    await _limit_pages(store, 1_000_000)
    assert await store.accept("1", BIG, START) == 500


async def _limit_pages(store: SqlStore, pages: int | None = None) -> None:
    backend = store._backend
    size = "PRAGMA page_count"
    await backend._writer.raw(  # type: ignore[attr-defined]
        lambda raw: raw.execute(f"PRAGMA max_page_count={pages or raw.execute(size).fetchone()[0]}").fetchone()
    )


async def test_a_read_only_database_is_said(store: SqlStore) -> None:
    """By SQLite's own switch: root may write to any file, whatever its mode."""
    backend = store._backend
    await backend._writer.raw(lambda raw: raw.execute("PRAGMA query_only=ON"))  # type: ignore[attr-defined]
    with pytest.raises(StoreError, match="read-only"):
        await put(store)
    with pytest.raises(StoreError, match="read-only"):
        await store.accept("1", BIG, START)


async def test_a_read_only_file_is_said(an_ordinary_users_folder: Path, sealer: DataKeySealer) -> None:
    file = an_ordinary_users_folder / "parvis.db"
    make_file(file, b"")
    store = SqlStore(SqliteBackend(file), sealer)
    with pytest.raises(StoreError, match="read-only"):
        await put(store)
    await store.close()


async def test_a_file_that_may_not_be_read_is_said(an_ordinary_users_folder: Path, sealer: DataKeySealer) -> None:
    file = an_ordinary_users_folder / "parvis.db"
    make_file(file, b"", mode=0o000)
    store = SqlStore(SqliteBackend(file), sealer)
    with pytest.raises(StoreError, match="cannot be opened"):
        await put(store)
    await store.close()


async def test_a_folder_that_may_not_be_written_to_is_said(an_ordinary_users_folder: Path) -> None:
    os.chmod(an_ordinary_users_folder, 0o500)
    with pytest.raises(StoreError, match="cannot be made: the user that runs Parvis may not"):
        await SqliteBackend(an_ordinary_users_folder / "parvis.db").prepare()


async def test_a_missing_folder_is_named(tmp_path: Path, sealer: DataKeySealer) -> None:
    with pytest.raises(StoreError, match=f"{tmp_path}/nowhere for the database does not exist") as refused:
        await open_store(f"sqlite:///{tmp_path}/nowhere/parvis.db", sealer)
    assert refused.value.kind is ErrorKind.USAGE


async def test_a_folder_in_the_place_of_the_file_is_said(tmp_path: Path, sealer: DataKeySealer) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        await open_store(f"sqlite:///{tmp_path}", sealer)


async def test_a_file_that_is_no_database_is_said(url: str, file: Path, sealer: DataKeySealer) -> None:
    make_file(file, b"people:\n  - {id: '0123'}\n" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        await open_store(url, sealer)


async def test_a_damaged_file_is_said(url: str, file: Path, sealer: DataKeySealer) -> None:
    store = await open_store(url, sealer)
    await store.accept("1", BIG, START)
    await store.close()
    make_file(file, sound_beginning(file) + b"\xa5" * 100_000)
    with pytest.raises(StoreError, match="damaged"):
        await open_store(url, sealer)


@pytest.mark.parametrize(
    "address", ["", "parvis.db", "mysql://root@host/db", "sqlite://", "sqlite:///", "postgresql://"]
)
async def test_an_address_of_another_kind_is_refused_without_being_shown(address: str, sealer: DataKeySealer) -> None:
    with pytest.raises(StoreError, match=r"neither sqlite:///file\.db nor postgresql://") as refused:
        await open_store(address, sealer)
    assert refused.value.kind is ErrorKind.USAGE


async def test_a_postgres_server_that_is_not_there_is_temporary(sealer: DataKeySealer, unused_port: int) -> None:
    with pytest.raises(StoreError, match="cannot be reached") as refused:
        await open_store(f"postgresql://parvis:secret@127.0.0.1:{unused_port}/parvis", sealer)
    assert refused.value.kind is ErrorKind.TEMPORARY
    assert "secret" not in refused.value.detail


@pytest.mark.postgres
async def test_an_unknown_database_and_an_unknown_user_are_said(
    postgres: PostgresServer, sealer: DataKeySealer
) -> None:
    with pytest.raises(StoreError, match="no database of this name"):
        await open_store(postgres.url("absent"), sealer)
    with pytest.raises(StoreError, match="does not let us in"):
        await open_store(postgres.url("postgres", user="stranger"), sealer)


@pytest.mark.postgres
async def test_a_user_without_rights_and_a_read_only_server_are_said(
    postgres: PostgresServer, sealer: DataKeySealer
) -> None:
    url = postgres.new_database()
    postgres.sql(url, "CREATE ROLE reader LOGIN")
    with pytest.raises(StoreError, match="grant it the right"):
        await open_store(url.replace("parvis@", "reader@"), sealer)
    name = url.partition("@/")[2].partition("?")[0]
    postgres.sql(url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(StoreError, match="read-only"):
        await open_store(url, sealer)


@pytest.mark.postgres
async def test_a_lock_held_on_postgres_is_temporary(postgres: PostgresServer, sealer: DataKeySealer) -> None:
    url = postgres.new_database()
    store, other = await open_store(url, sealer, busy_seconds=0.05), await open_store(url, sealer)
    async with other.work() as work:
        await work.preferences.put("@ann:x", "key", "1")
        with pytest.raises(StoreError, match="locked") as refused:
            await put(store)
    assert refused.value.kind is ErrorKind.TEMPORARY
    await put(store)
    await store.close()
    await other.close()


@pytest.mark.postgres
async def test_a_connection_cut_inside_a_unit_of_work_is_temporary(
    postgres: PostgresServer, sealer: DataKeySealer
) -> None:
    url = postgres.new_database()
    store = await open_store(url, sealer)

    async def put_and_lose_the_server() -> None:
        async with store.work() as work:
            await work.preferences.put("@ann:x", "key", "lost")
            postgres.sql(url, CUT_ALL)
            await work.preferences.put("@ann:x", "key", "lost")

    with pytest.raises(StoreError) as refused:
        await put_and_lose_the_server()
    assert refused.value.kind is ErrorKind.TEMPORARY, refused.value.detail
    async with store.view() as view:
        assert await view.preferences.get("@ann:x", "key") is None
    postgres.sql(url, CUT_ALL)
    await put(store, "kept")
    assert await store.accept("1", BIG, START) == 500
    await store.close()


async def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch, sealer: DataKeySealer) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(StoreError, match=r"pip install 'parvis\[postgres\]'"):
        await open_store("postgresql://parvis@localhost/parvis", sealer)


async def test_a_damaged_event_is_handed_out_empty_so_that_those_behind_it_are_handled(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    sealer = DataKeySealer(bytes(32))
    store = await open_store(url, sealer)
    await store.accept("1", [IncomingEvent("$a", "!r", b"{1}"), IncomingEvent("$b", "!r", b"{2}")], START)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "store.db")) as raw:
        raw.execute("UPDATE inbox SET sealed = x'0000' WHERE event_id = '$a'")
        raw.commit()
    store = await open_store(url, sealer)
    async with store.view() as view:
        entries = await view.inbox.waiting(after=0, limit=10)
    await store.close()
    assert [entry.payload for entry in entries] == [b"", b"{2}"]
