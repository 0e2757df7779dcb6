"""Stores for the contract suite: the fake, SQLite in a file, PostgreSQL on a private server. Conftests import these."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import open_store
from bridge.ports.store import Store
from tests.fakes.store import FakeStore
from tests.fakes.store_chains import SIGNER
from tests.support.postgres import MissingPostgres, PostgresServer, postgres_server

KINDS = ("fake", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres))

OpenStore = Callable[[], Awaitable[Store]]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    try:
        with postgres_server() as server:
            yield server
    except MissingPostgres as missing:
        pytest.skip(f"no PostgreSQL: {missing}")


@pytest.fixture(params=KINDS)
async def opening(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OpenStore]:
    """Opens the same database again and again, as several processes would."""
    if request.param == "fake":
        fake = FakeStore()

        async def again() -> Store:
            return fake

        yield again
        return
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/store.db" if is_sqlite else request.getfixturevalue("postgres").new_database()
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
