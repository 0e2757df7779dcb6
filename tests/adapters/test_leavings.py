"""What the bridge leaves in its log, its database and a backup, read as who has no key reads it."""

import asyncio
import logging
import sqlite3
import sys
from pathlib import Path

import pytest

from bridge.adapters.leavings import BACKUP, DATABASE, LOG, Leavings, LogEar
from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.searching import PIECE
from bridge.adapters.sql.store import open_store
from bridge.app.kept import database_files
from tests.fakes.clock import START

pytestmark = pytest.mark.slow

WORDS = ("zephyr", "holder")


async def copied(file: Path) -> None:
    raise AssertionError(f"nobody asked for {file}")


async def test_words_are_found_wherever_they_stand_in_any_of_the_files(tmp_path: Path) -> None:
    base, log = tmp_path / "parvis.db", tmp_path / "parvis.db-wal"
    base.write_bytes(b"." * (PIECE - 3) + b"zephyr")  # across what is read at a time
    log.write_bytes(b"the holder")
    leavings = Leavings(copy=copied, database=(base, log, tmp_path / "gone"))
    assert await leavings.found(DATABASE, WORDS) == list(WORDS)
    assert await leavings.found(DATABASE, ("mistral",)) == []


async def test_a_backup_is_made_searched_and_taken_away_and_so_is_one_of_a_check_that_died(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'parvis.db'}"
    store = await open_store(url, DataKeySealer(bytes(32)))
    files = database_files(url)
    try:
        async with store.work() as work:
            await work.leases.take("secrecy", "holder", now=START, seconds=60)
            await work.snapshots.save("secrecy", b"zephyr", at=START)
        leavings = Leavings(copy=store.backup, database=files)
        files[0].with_name("parvis.db.secrecy").write_bytes(b"half a copy")
        for place in (DATABASE, BACKUP):
            assert await leavings.found(place, WORDS) == ["holder"]
        assert not files[0].with_name("parvis.db.secrecy").exists()
        files[0].with_name("parvis.db.secrecy").write_bytes(b"half a copy")
        await leavings.end()
        assert not files[0].with_name("parvis.db.secrecy").exists()
    finally:
        await store.close()


USE = "import sqlite3, sys; file = sqlite3.connect(sys.argv[1]); file.execute('SELECT * FROM leases'); file.close()"


async def test_after_a_look_another_process_still_knows_that_the_database_is_in_use(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'parvis.db'}"
    store, (base, log, _) = await open_store(url, DataKeySealer(bytes(32))), database_files(url)
    try:
        async with store.work() as work:
            await work.leases.take("secrecy", "holder", now=START, seconds=60)
        assert await Leavings(copy=store.backup, database=(base, log)).found(DATABASE, WORDS) == ["holder"]
        used = log.stat().st_ino
        other = await asyncio.create_subprocess_exec(sys.executable, "-c", USE, str(base))
        assert await other.wait() == 0
        assert log.stat().st_ino == used  # whoever closes a database last deletes its log
        async with store.work() as work:
            await work.leases.take("another", "someone", now=START, seconds=60)
    finally:
        await store.close()
    with sqlite3.connect(base) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("SELECT count(*) FROM leases").fetchone() == (2,)
    file.close()


async def test_a_database_of_a_server_cannot_be_read_and_the_log_of_another_process_neither() -> None:
    leavings = Leavings(copy=copied, database=database_files("postgresql://parvis@db/parvis"))
    assert [await leavings.found(place, WORDS) for place in (LOG, DATABASE, BACKUP)] == [None] * 3


async def test_what_is_logged_is_kept_while_somebody_listens() -> None:
    leavings = Leavings(copy=copied, log=(ear := LogEar()))
    ear(None, "info", "zephyr came before")
    leavings.begin()
    assert ear(None, "info", "the holder") == "the holder"
    ear.handle(logging.LogRecord("aiohttp", logging.WARNING, "", 0, "mistral %s", ("blows",), None))
    assert await leavings.found(LOG, (*WORDS, "mistral blows")) == ["holder", "mistral blows"]
    await leavings.end()
    assert await leavings.found(LOG, WORDS) == []
