"""People whom earlier versions kept in the clear: sealed at the first start, and read as before."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.records import RUN
from bridge.adapters.sql.roomdocs import RoomDoc, ref_index, sealed_doc
from bridge.adapters.sql.schema import MIGRATIONS
from bridge.adapters.sql.sealing_people import CLEAR, UNSCRUBBED
from bridge.adapters.sql.store import open_store
from bridge.adapters.sql.times import to_ms
from bridge.adapters.sql.values import chain_of, sealed_values
from bridge.adapters.sql.vault import Vault
from bridge.domain.rooms import Absence, Binding, Membership, group_room
from tests.fakes.clock import START
from tests.support.postgres import PostgresServer

BEFORE = "0013"
BOARD = group_room("board")
EVERYBODY = {f"@kanari{number}:corp.test": "join" for number in range(200)} | {
    "@kanari-left:corp.test": "leave",
    "@kanari-late:corp.test": "invite",
}
INES = "@kanari7:corp.test"


def fill(connection: Connection, vault: Vault) -> None:
    """As the last version with people in the clear wrote it."""
    add(connection, "rooms", {
        "id": 1, "ref_index": ref_index(vault, BOARD), "room_id": "!board", "read": 1,
        "sealed": sealed_doc(vault, RoomDoc(Binding(ref=BOARD, marker="m", room_id="!board"))),
    })  # fmt: skip
    for user, word in EVERYBODY.items():
        since = to_ms(START) if word == "invite" else None
        add(connection, "room_members", {"room": 1, "user_id": user, "membership": word, "since": since})
    sealed, _ = sealed_values(vault, "board", INES, {})
    record = {"kind": "add", "run": "r1", "compartment_index": chain_of(vault, "board"), "sealed": sealed}
    add(connection, "audit", {"seq": 1, "id": "e1", "at": to_ms(START), "actor": INES, **record})
    for number, actor in enumerate((INES, "")):
        run = {"sealed": vault.put([["board"], "f", []], RUN), "started_at": to_ms(START)}
        add(connection, "runs", {"id": f"r{number}", "actor": actor, **run})
    add(connection, "outbox", {
        "key_index": b"k", "sender": "@bot:corp.test", "room_id": "!board", "event_type": "io.kanari",
        "claimed_at": to_ms(START), "event_id": "$1",
    })  # fmt: skip


def add(connection: Connection, table: str, row: Mapping[str, Any]) -> None:
    places = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"), row)


def make(connection: Connection, sealer: DataKeySealer) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(config, BEFORE)
    fill(connection, Vault(sealer))


def make_file(url: str, sealer: DataKeySealer) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        make(connection, sealer)
    engine.dispose()


async def read(url: str, sealer: DataKeySealer) -> None:
    """Everything is as it was."""
    store = await open_store(url, sealer)
    async with store.view() as view:
        room = (await view.rooms.actual())[BOARD]
        assert len(room.members) == 201
        assert room.members["@kanari-late:corp.test"] is Membership.INVITE
        assert room.out == {"@kanari-left:corp.test": Absence.LEFT}
        assert await view.rooms.waiting(BOARD) == {"@kanari-late:corp.test": START}
        assert [one.actor for one in await view.audit.recent(compartments=frozenset({"board"}), limit=9)] == [INES]
        assert [run.id for run in await view.runs.of_actor(INES)] == ["r0"]
        assert [run.actor for run in await view.runs.recent(limit=9)] == [INES, ""]
    await store.close()


async def test_people_are_sealed_once_and_no_word_of_them_stays_in_the_files(
    file: Path, url: str, sealer: DataKeySealer
) -> None:
    make_file(url, sealer)
    assert b"kanari" in held(file)
    for _ in range(2):
        await read(url, sealer)
        assert b"kanari" not in held(file)


@pytest.mark.slow
async def test_while_somebody_reads_the_files_are_written_anew_at_a_later_start(
    file: Path, url: str, sealer: DataKeySealer
) -> None:
    make_file(url, sealer)
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("PRAGMA journal_mode = WAL")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM audit").fetchone()
        await read(url, sealer)
        assert marks(file) == {UNSCRUBBED}
    await read(url, sealer)
    assert marks(file) == set()
    assert b"kanari" not in held(file)


def held(file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in file.parent.iterdir())


def marks(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as raw:
        return {name for (name,) in raw.execute("SELECT name FROM meta")} & {CLEAR, UNSCRUBBED}


@pytest.mark.postgres
async def test_on_postgres_too(postgres: PostgresServer, sealer: DataKeySealer) -> None:
    url = postgres.new_database()
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    async with engine.begin() as connection:
        await connection.run_sync(lambda plain: make(plain, sealer))
    await engine.dispose()
    await read(url, sealer)
    dump = postgres.dump(url)
    assert "kanari" not in dump
    assert b"kanari".hex() not in dump
