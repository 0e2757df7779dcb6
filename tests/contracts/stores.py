"""Stores for the contract suite: the fake, SQLite in a file, PostgreSQL on a private server. Conftests import these."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import open_store
from bridge.ports.store import Store
from tests.fakes.store import FakeStore
from tests.fakes.store_chains import SIGNER
from tests.support.postgres import MissingPostgres, PostgresServer, postgres_server

KINDS = ("fake", pytest.param("sqlite", marks=pytest.mark.slow), pytest.param("postgres", marks=pytest.mark.postgres))

OpenStore = Callable[[], Awaitable[Store]]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    try:
        with postgres_server() as server:
            yield server
    except MissingPostgres as missing:
        pytest.skip(f"no PostgreSQL: {missing}")


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in a file that all migrations have been through, once for all tests."""
    file = tmp_path_factory.mktemp("empty") / "store.db"

    async def make() -> None:
        await (await open_store(f"sqlite:///{file}", DataKeySealer(bytes(32)), SIGNER)).close()

    asyncio.run(make())
    return file


@pytest.fixture(params=KINDS)
async def opening(request: pytest.FixtureRequest, empty_file: Path, tmp_path: Path) -> AsyncIterator[OpenStore]:
    """Opens the same database again and again, as several processes would."""
    if request.param == "fake":
        fake = FakeStore()

        async def again() -> Store:
            return fake

        yield again
        return
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copy(empty_file, tmp_path)}"
    else:
        url = request.getfixturevalue("postgres").new_database()
    opened = []

    async def another() -> Store:
        opened.append(await open_store(url, DataKeySealer(bytes(32)), SIGNER))
        return opened[-1]

    yield another
    for store in opened:
        await store.close()


@pytest.fixture
async def store(opening: OpenStore) -> Store:
    return await opening()
