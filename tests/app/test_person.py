"""``parvis person`` as a person calls it; what was erased is in no byte of the database's files."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.adapters.signing import AuditKeySigner
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.domain.policy import GroupPolicy
from bridge.domain.rooms import Absence, ActualRoom, Membership, group_room
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, Run
from tests.app.lines import DONE, FAILED, MISUSED, call, project
from tests.fakes.clock import START

pytestmark = pytest.mark.terminal

TO_DO = 3
ZOE, HUGO, INES = "@zoe:corp.example", "@hugo:corp.example", "@ines:corp.example"


@asynccontextmanager
async def store_of(folder: Path) -> AsyncIterator[SqlStore]:
    data, audit = (key_from_text((folder / "keys" / f"{name}.key").read_text()) for name in ("data", "audit"))
    store = await open_store(f"sqlite:///{folder / 'parvis.db'}", DataKeySealer(data), AuditKeySigner(audit))
    try:
        yield store
    finally:
        await store.close()


def record(name: str, compartment: str = "") -> AuditEntry:
    return AuditEntry(
        id=name,
        at=START,
        actor=ZOE if name == "one" else INES,
        compartment=compartment,
        kind="add",
        run="r1",
        detail={"reason": f"asked by {ZOE}", "check": {"room": "group/welcome", "user": ZOE if name != "x" else HUGO}},
        outcome=Outcome.DONE,
        outcome_at=START,
    )


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A project that Zoé has left: everything that a bridge keeps about her is still there."""
    folder = project(tmp_path)
    async with store_of(folder) as store, store.work() as work:
        await work.audit.intend([record("one"), record("two"), record("three", "board")])
        await work.runs.begin(
            Run(id="r1", origin="$1", actor=ZOE, compartments=("",), fingerprint="ab", started_at=START)
        )
        await work.preferences.put(ZOE, "language", "fr")
        await work.policies.put(GroupPolicy(group="welcome", values={"members": [ZOE]}, by=ZOE, at=START))
        item = Pending(key="q", kind="join-request", asker=ZOE, room_id="", document={"group": "welcome"},
                       created_at=START, expires_at=START)  # fmt: skip
        await work.pending.put(item)
        ref = group_room("welcome")
        await work.rooms.intend(ref, "welcome")
        await work.rooms.bind(ref, "!w", "12")
        room = ActualRoom(ref=ref, room_id="!w", marker="welcome", version="12", members={HUGO: Membership.JOIN},
                          out={ZOE: Absence.LEFT})  # fmt: skip
        await work.rooms.replace(room, at=START)
    return folder


def bytes_of(folder: Path) -> bytes:
    """Of the database's files, the write-ahead log included."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("parvis.db*")))


async def test_everything_is_printed_for_people_and_for_scripts(folder: Path) -> None:
    shown = await call(folder, "person", "export", ZOE)
    assert shown.code == DONE
    for words in ("left by themselves", "let in", "language: fr", "join-request", "r1"):
        assert words in shown.out
    shape = json.loads((await call(folder, "person", "export", ZOE, "--json")).out)
    assert [one["id"] for one in shape["records"]] == ["one", "two", "three"]
    assert shape["rooms"] == [{"room": "group/welcome", "membership": "leave"}]
    hugo = json.loads((await call(folder, "person", "export", HUGO, "--json")).out)
    assert hugo["directory"]["name"] == "Hugo Martin"
    assert hugo["groups"] == [
        {"group": "project-atlas", "as": ["owner", "member"]},
        {"group": "welcome", "as": ["member"]},
    ]


async def test_others_are_given_what_the_gate_lets_through_or_nothing(folder: Path) -> None:
    as_hugo = await call(folder, "person", "export", ZOE, "--json", "--as", HUGO)
    assert (as_hugo.code, as_hugo.out) == (MISUSED, "")
    async with store_of(folder) as store, store.work() as work:
        await work.audit.intend([record("four", "gone")])
    as_ines = json.loads((await call(folder, "person", "export", ZOE, "--json", "--as", INES)).out)
    assert [one["id"] for one in as_ines["records"]] == ["one", "two", "three"]
    assert (await call(folder, "person", "export", "zoe")).code == MISUSED


async def test_who_is_still_here_is_not_erased(folder: Path) -> None:
    refused = await call(folder, "person", "erase", HUGO, "--yes")
    assert (refused.code, refused.err) == (FAILED, "Nothing was erased.\n")
    assert "is active in the directory" in refused.out
    async with store_of(folder) as store, store.work() as work:
        await work.audit.intend([record("x")])
    planned = await call(folder, "person", "erase", HUGO, language="fr")
    assert planned.code == FAILED
    assert "est actif dans l’annuaire" in planned.out
    assert HUGO in (await call(folder, "audit", "export")).out


async def test_nothing_of_who_was_erased_is_in_the_files_and_the_log_still_verifies(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "parvis.db")) as raw, raw:
        raw.execute("UPDATE meta SET number = number")
    assert ZOE.encode() in bytes_of(folder)
    planned = await call(folder, "person", "erase", ZOE)
    assert (planned.code, "3 records of the audit log" in planned.out) == (TO_DO, True)
    assert "say it again with --yes" in planned.out
    assert ZOE.encode() in bytes_of(folder)
    done = await call(folder, "person", "erase", ZOE, "--yes")
    assert done.code == DONE
    assert "was erased from 2 open records" in done.out
    assert ZOE.encode() not in bytes_of(folder)
    assert HUGO in (await call(folder, "person", "export", HUGO)).out
    head = next(line for line in done.out.splitlines() if line.startswith("parvis-audit-1"))
    (folder / "heads.txt").write_text(head)
    assert (await call(folder, "audit", "verify", "--heads", str(folder / "heads.txt"))).code == DONE
    again = await call(folder, "person", "erase", ZOE, "--yes")
    assert again.code == DONE
    assert "Nothing is kept about" in again.out
    assert "was erased from 2 open records" in again.out
    assert ZOE not in (await call(folder, "audit", "export")).out
    assert "by somebody who was erased" in (await call(folder, "audit", "search")).out
