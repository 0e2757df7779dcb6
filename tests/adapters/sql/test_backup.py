"""Backups: whole, consistent, made while the store is in use, never over another file."""

import asyncio
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import backup, open_store
from bridge.domain.errors import ErrorKind, StoreError
from bridge.ports.store import IncomingEvent
from tests.fakes.clock import START


def events(number: int) -> list[IncomingEvent]:
    return [IncomingEvent(f"${number}.{index}", "!room", b"x" * 300) for index in range(10)]


async def test_a_backup_made_while_events_arrive_holds_whole_transactions(
    url: str, tmp_path: Path, sealer: DataKeySealer
) -> None:
    store = await open_store(url, sealer)
    for number in range(20):
        await store.accept(str(number), events(number), START)

    async def keep_accepting() -> None:
        for number in range(20, 60):
            await store.accept(str(number), events(number), START)

    await asyncio.gather(keep_accepting(), backup(url, tmp_path / "copy.db"))
    await store.close()
    copy = await open_store(f"sqlite:///{tmp_path / 'copy.db'}", sealer)
    async with copy.view() as view:
        waiting = len(await view.inbox.waiting(after=0, limit=10_000))
    assert waiting % 10 == 0
    assert 200 <= waiting <= 600
    assert await copy.accept("0", events(0), START) == 0
    assert await copy.accept("again", events(0), START) == 0
    await copy.close()


async def test_a_backup_is_readable_by_its_owner_alone(url: str, tmp_path: Path, sealer: DataKeySealer) -> None:
    store = await open_store(url, sealer)
    await store.backup(tmp_path / "copy.db")
    await store.close()
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("copy.db*")} == {0o600}  # noqa: ASYNC240


async def test_a_backup_never_replaces_a_file(url: str, tmp_path: Path, sealer: DataKeySealer) -> None:
    store = await open_store(url, sealer)
    await store.backup(tmp_path / "copy.db")
    with pytest.raises(StoreError, match="cannot be made: it is there already") as refused:
        await store.backup(tmp_path / "copy.db")
    with pytest.raises(StoreError, match="cannot be made: there is no such file or folder"):
        await store.backup(tmp_path / "nowhere" / "copy.db")
    await store.close()
    assert refused.value.kind is ErrorKind.USAGE


async def test_postgres_has_its_own_tool_for_it(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="pg_dump"):
        await backup("postgresql://parvis@/parvis", tmp_path / "copy.db")
