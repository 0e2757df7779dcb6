"""Migrations: they make what the queries expect, run once, and refuse what they do not know."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.schema import MIGRATIONS, known, newest
from bridge.adapters.sql.store import open_store, upgrade
from bridge.adapters.sql.tables import metadata
from bridge.domain.errors import ErrorKind, StoreError
from tests.fakes.clock import START
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.slow

ANY_NEWER = "UPDATE alembic_version SET version_num = '9999'"


async def test_the_migrations_make_exactly_the_tables_of_the_queries(url: str) -> None:
    await upgrade(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        partial = connection.execute(text("SELECT sql FROM sqlite_master WHERE sql LIKE '%WHERE%' ORDER BY 1")).all()
        without_rowid = connection.execute(
            text("SELECT name FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%'")
        ).all()
    engine.dispose()
    assert differences == []
    assert len(partial) == 9
    assert {row.name for row in without_rowid} == {
        "room_state",
        "memberships",
        "audit_links",
        "audit_heads",
        "audit_subjects",
        "activity_weeks",
        "scim_marks",
        "scim_members",
    }


def test_files_of_migrations_are_called_by_their_revisions() -> None:
    revisions = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    assert known() == revisions[::-1]


@pytest.mark.postgres
async def test_postgres_gets_the_same_tables_and_no_others(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    await upgrade(url)
    tables = postgres.sql(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'").split()
    assert set(tables) == {*metadata.tables, "alembic_version"}


async def test_upgrading_again_changes_nothing(url: str, sealer: DataKeySealer) -> None:
    await upgrade(url)
    store = await open_store(url, sealer)
    await store.accept("1", [], START)
    await store.close()
    await upgrade(url)
    store = await open_store(url, sealer)
    assert await store.accept("1", [], START) == 0
    await store.close()


async def test_a_newer_schema_is_refused_by_name_and_left_alone(url: str, file: Path, sealer: DataKeySealer) -> None:
    await upgrade(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(ANY_NEWER))
    with pytest.raises(
        StoreError, match=f"newer version of parvis .schema 9999, this one knows {newest()}."
    ) as refused:
        await open_store(url, sealer)
    assert refused.value.kind is ErrorKind.USAGE
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()


@pytest.mark.postgres
async def test_a_newer_schema_on_postgres_is_refused(postgres: PostgresServer, sealer: DataKeySealer) -> None:
    url = postgres.new_database()
    await upgrade(url)
    postgres.sql(url, ANY_NEWER)
    with pytest.raises(StoreError, match="newer version of parvis"):
        await open_store(url, sealer)


async def test_several_that_start_at_once_on_a_new_file_all_get_it(url: str, sealer: DataKeySealer) -> None:
    stores = await asyncio.gather(*(open_store(url, sealer) for _ in range(4)))
    counts = [await store.accept("1", [], START) for store in stores]
    for store in stores:
        await store.close()
    assert counts == [0, 0, 0, 0]


@pytest.mark.postgres
async def test_several_that_start_at_once_on_postgres_all_get_it(
    postgres: PostgresServer, sealer: DataKeySealer
) -> None:
    url = postgres.new_database()
    for store in await asyncio.gather(*(open_store(url, sealer) for _ in range(4))):
        await store.close()


async def test_another_data_key_is_refused_before_anything_is_written(url: str, sealer: DataKeySealer) -> None:
    await (await open_store(url, sealer)).close()
    with pytest.raises(StoreError, match="data key is not the one") as refused:
        await open_store(url, DataKeySealer(b"x" * 32))
    assert refused.value.kind is ErrorKind.USAGE
