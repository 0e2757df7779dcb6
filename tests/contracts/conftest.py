"""Servers for the contract suites: started once, when the first test wants them."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.contracts.homeservers import FakeWorld, World, real_world
from tests.contracts.stores import empty_file, opening, postgres, store
from tests.support.synapse import RealServers, running_servers

__all__ = ["empty_file", "opening", "postgres", "store"]


@pytest.fixture(scope="session")
def real_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServers]:
    """Asked for before any event loop runs: starting them needs loops of its own."""
    yield from running_servers(tmp_path_factory.mktemp("homeservers"))


@pytest.fixture(params=["fake", pytest.param("synapse", marks=pytest.mark.homeserver)])
def servers(request: pytest.FixtureRequest) -> RealServers | None:
    """None for the fake."""
    if request.param == "fake":
        return None
    real: RealServers = request.getfixturevalue("real_servers")
    return real


@pytest.fixture(params=["11", "12"])
def version(request: pytest.FixtureRequest) -> str:
    """Of the rooms."""
    return str(request.param)


@pytest.fixture
async def world(servers: RealServers | None, version: str) -> AsyncIterator[World]:
    world: World = FakeWorld(version) if servers is None else await real_world(servers)
    try:
        yield world
    finally:
        await world.close()
