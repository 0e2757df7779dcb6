"""The bridge's database in every kind of trouble: told in one sentence, and nothing that was there is lost."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.app.lines import DONE, FAILED, MISUSED, call, configure, project, sentences

pytestmark = pytest.mark.terminal

DATABASE = "parvis.db"


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A project whose database is there."""
    assert (await call(project(tmp_path), "db", "upgrade")).code == DONE
    return tmp_path


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, with room for nearly nothing."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("no disk of its own: mounting one takes root")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


async def one_sentence(folder: Path, words: str, *, code: int = FAILED, verb: tuple[str, ...] = ("plan",)) -> None:
    outcome = await call(folder, *verb)
    assert outcome.code == code, outcome.said
    assert words in outcome.err
    assert len(sentences(outcome.err)) == 1
    assert outcome.out == ""


async def test_a_file_that_is_no_database_is_left_as_it_is(folder: Path) -> None:
    content = b"Dear diary, " * 500
    (folder / DATABASE).write_bytes(content)
    for rest in ("-wal", "-shm"):
        (folder / f"{DATABASE}{rest}").unlink(missing_ok=True)
    await one_sentence(folder, "is not a database")
    assert (folder / DATABASE).read_bytes() == content


async def test_a_damaged_database_is_told(folder: Path) -> None:
    content = bytearray((folder / DATABASE).read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    (folder / DATABASE).write_bytes(content)
    await one_sentence(folder, "damaged")


async def test_a_database_of_a_newer_program_is_refused(folder: Path) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await one_sentence(folder, "newer", code=MISUSED)


async def test_another_data_key_is_refused(folder: Path) -> None:
    configure(folder, homeserver={"address": "http://127.0.0.1:9"})
    await one_sentence(folder, "does not answer")  # the first who opens the store decides which key is its own
    other = project(folder / "other")
    shutil.copyfile(other / "keys" / "data.key", folder / "keys" / "data.key")
    await one_sentence(folder, "data key", code=MISUSED)


async def test_a_read_only_disk_is_told(tmp_path: Path, disk: Path) -> None:
    folder = project(tmp_path / "project", database={"url": f"sqlite:///{disk}/parvis.db"})
    assert (await call(folder, "db", "upgrade")).code == DONE
    await asyncio.to_thread(subprocess.run, ["mount", "-o", "remount,ro", str(disk)], check=True)
    await one_sentence(folder, "read-only: nothing can be stored", verb=("apply",))


async def test_a_database_that_somebody_holds_locked_is_told(folder: Path) -> None:
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        await one_sentence(folder, "locked", verb=("apply",))


async def test_a_full_disk_is_told(tmp_path: Path, disk: Path) -> None:
    (disk / "big").write_bytes(bytes(960 * 1024))
    folder = project(tmp_path / "project", database={"url": f"sqlite:///{disk}/parvis.db"})
    await one_sentence(folder, "disk is full", verb=("db", "upgrade"))


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    folder = project(tmp_path, database={"url": "sqlite:///nowhere/parvis.db"})
    await one_sentence(folder, "does not exist", code=MISUSED)


async def test_an_address_that_is_none_is_told(tmp_path: Path) -> None:
    folder = project(tmp_path)
    configure(folder, database={"url": "mysql://root@host/name"})
    outcome = await call(folder, "plan")
    assert outcome.code == MISUSED
    configure(folder, database={"url": "postgresql://nobody@127.0.0.1:9/nothing"})
    await one_sentence(folder, "cannot be reached")


async def test_a_backup_is_never_written_over_another_file(folder: Path) -> None:
    assert (await call(folder, "db", "backup", str(folder / "copy.db"))).code == DONE
    again = await call(folder, "db", "backup", str(folder / "copy.db"))
    assert again.code == MISUSED
    assert len(sentences(again.err)) == 1
    with closing(sqlite3.connect(folder / "copy.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
