"""Whoever only reads leaves the database as it is: it may be that of a running bridge of another version."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.reading import open_to_read
from bridge.adapters.sql.schema import known, newest
from bridge.adapters.sql.sealing_people import CLEAR, UNSCRUBBED
from bridge.adapters.sql.store import open_store, upgrade
from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.rooms import group_room
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.slow

EARLIER = f"UPDATE alembic_version SET version_num = '{known()[-2]}'"
SALES = group_room("sales")


@pytest.fixture
async def kept(url: str, file: Path, sealer: DataKeySealer) -> Path:
    """The file of a store that holds a room."""
    store = await open_store(url, sealer)
    async with store.work() as work:
        await work.rooms.intend(SALES, "m")
    await store.close()
    return file


def content(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def is_there(file: Path) -> bool:
    return file.exists()


def change(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize("stage", [None, UNSCRUBBED])
async def test_what_is_kept_is_read_and_nothing_is_written(
    kept: Path, url: str, sealer: DataKeySealer, stage: str | None
) -> None:
    if stage:
        change(kept, f"INSERT INTO meta (name, sealed) VALUES ('{stage}', x'')")
    before = content(kept)
    store = await open_to_read(url, sealer)
    assert store is not None
    async with store.view() as view:
        assert [one.ref for one in await view.rooms.bindings()] == [SALES]
    await store.close()
    assert content(kept) == before


async def test_where_there_is_none_none_is_made(file: Path, url: str, sealer: DataKeySealer) -> None:
    assert await open_to_read(url, sealer) is None
    assert not is_there(file)


@pytest.mark.parametrize(
    "statement", [EARLIER, f"INSERT INTO meta (name, sealed) VALUES ('{CLEAR}', x'')"], ids=["schema", "people"]
)
async def test_one_of_an_earlier_version_is_refused_and_left_to_the_bridge_that_runs(
    kept: Path, url: str, sealer: DataKeySealer, statement: str
) -> None:
    change(kept, statement)
    before = content(kept)
    with pytest.raises(StoreError, match=f"still that of an earlier version .* this one works with {newest()}"):
        await open_to_read(url, sealer)
    assert content(kept) == before


async def test_one_of_a_newer_version_and_one_of_another_key_are_refused(
    kept: Path, url: str, sealer: DataKeySealer
) -> None:
    with pytest.raises(StoreError, match="data key is not the one"):
        await open_to_read(url, DataKeySealer(bytes(31) + b"1"))
    change(kept, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version of parvis") as refused:
        await open_to_read(url, sealer)
    assert refused.value.kind is ErrorKind.USAGE


async def test_one_that_no_key_was_used_for_yet_is_not_begun(file: Path, url: str, sealer: DataKeySealer) -> None:
    await upgrade(url)
    before = content(file)
    store = await open_to_read(url, sealer)
    assert store is not None
    await store.close()
    assert content(file) == before


@pytest.mark.postgres
async def test_postgres_is_left_as_it_is(postgres: PostgresServer, sealer: DataKeySealer) -> None:
    url = postgres.new_database()
    assert await open_to_read(url, sealer) is None
    assert postgres.sql(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").strip() == "0"
    await (await open_store(url, sealer)).close()
    store = await open_to_read(url, sealer)
    assert store is not None
    await store.close()
    postgres.sql(url, EARLIER)
    with pytest.raises(StoreError, match="still that of an earlier version"):
        await open_to_read(url, sealer)
    assert postgres.sql(url, "SELECT version_num FROM alembic_version").strip() == known()[-2]
