"""A SCIM server and its client, for every test here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import open_store
from tests.adapters.scim.served import Client, served
from tests.fakes.store import FakeStore


@pytest.fixture
async def scim() -> AsyncIterator[Client]:
    """Over a store in memory."""
    async with served(FakeStore()) as client:
        yield client


@pytest.fixture
async def on_disk(tmp_path: Path) -> AsyncIterator[Client]:
    """Over a database in a file."""
    store = await open_store(f"sqlite:///{tmp_path}/store.db", DataKeySealer(bytes(32)))
    try:
        async with served(store) as client:
            yield client
    finally:
        await store.close()
