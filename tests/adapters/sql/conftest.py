"""What the tests of the SQL adapter share: a sealer, a file, the private PostgreSQL server."""

import socket
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer
from tests.contracts.stores import postgres

__all__ = ["postgres"]


@pytest.fixture
def sealer() -> DataKeySealer:
    return DataKeySealer(bytes(32))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "parvis.db"


@pytest.fixture
def url(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
