"""``parvis audit`` as a person calls it: search, check, witnesses, export; also when somebody changed the file."""

import csv
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.adapters.signing import AuditKeySigner
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.adapters.time import SystemClock
from bridge.ports.store import AuditEntry, Outcome
from bridge.services.glazing import clear, request
from tests.app.lines import DONE, FAILED, MISUSED, call, configure, project
from tests.fakes.clock import START

pytestmark = pytest.mark.terminal

ANN = "@ann:corp.example"


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[SqlStore]:
    """The project's store."""
    data, audit = (key_from_text((folder / "keys" / f"{name}.key").read_text()) for name in ("data", "audit"))
    store = await open_store(f"sqlite:///{folder / 'parvis.db'}", DataKeySealer(data), AuditKeySigner(audit))
    yield store
    await store.close()


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A project with three records, one of a hidden group that is gone."""
    folder = project(tmp_path)
    first = AuditEntry(
        id="one",
        at=START,
        actor="=1+1",
        compartment="",
        kind="add",
        run="r1",
        detail={"reason": "named", "check": {"room": "group/gone", "user": ANN}},
        outcome=Outcome.DONE,
        outcome_at=START,
    )
    async with opened(folder) as store, store.work() as work:
        await work.audit.intend([first, replace(first, id="two", compartment="quartz"), replace(first, id="three")])
    return folder


async def test_what_is_in_the_log_is_found_and_written_out(folder: Path) -> None:
    found = await call(folder, "audit", "search", "--person", ANN, "--limit", "2")
    assert found.code == DONE
    assert found.out.count(ANN) == 2
    assert "There is more" in found.out
    lines = (await call(folder, "audit", "export", "--since", "2026-01-01")).out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["one", "two", "three"]
    table = (await call(folder, "audit", "export", "--csv", "--group", "gone")).out
    rows = list(csv.DictReader(table.splitlines()))
    assert [row["compartment"] for row in rows] == ["", "quartz", ""]
    assert rows[0]["actor"] == "'=1+1"
    as_ann = (await call(folder, "audit", "export", "--as", "@nobody:corp.example")).out
    assert as_ann == ""


async def test_a_log_that_somebody_changed_ends_with_code_1_and_says_where(folder: Path) -> None:
    whole = await call(folder, "audit", "verify", language="fr")
    assert (whole.code, "tel qu’il a été écrit" in whole.out) == (DONE, True)
    heads = await call(folder, "audit", "heads")
    (folder / "heads.txt").write_text(heads.out)
    with closing(sqlite3.connect(folder / "parvis.db")) as raw, raw:
        raw.execute("DELETE FROM audit WHERE id = 'three'")
    broken = await call(folder, "audit", "verify")
    assert broken.code == FAILED
    assert "at link 3, about 23 Nov 2026, 10:00 CET" in broken.out
    with closing(sqlite3.connect(folder / "parvis.db")) as raw, raw:
        for table in ("audit", "audit_links", "audit_heads", "audit_subjects"):
            raw.execute(f"DELETE FROM {table}")
    assert (await call(folder, "audit", "verify")).code == DONE
    witnessed = await call(folder, "audit", "verify", "--heads", str(folder / "heads.txt"))
    assert (witnessed.code, witnessed.out.count("the end was removed")) == (FAILED, 2)


async def test_what_cannot_be_asked_is_told(folder: Path) -> None:
    (folder / "heads.txt").write_text("parvis-audit-1 half a line")
    for words in (
        ("search", "--person", "ann"),
        ("verify", "--heads", str(folder / "heads.txt")),
        ("search", "--as", "x"),
    ):
        assert (await call(folder, "audit", *words)).code == MISUSED


async def test_what_an_administrator_sees_for_a_while_is_what_as_shows(folder: Path) -> None:
    ines = "@ines:corp.example"
    (folder / "directory.yaml").write_text(
        f"people:\n  - {{id: '1', user: '{ines}'}}\n  - {{id: '2', user: '{ANN}'}}\n"
        "groups:\n  - {id: quartz, name: Basalte, visibility: hidden, owners: ['2']}\n"
    )
    configure(folder, admins=[ines])
    asked = ("audit", "export", "--group", "quartz", "--as")
    now = SystemClock().now()
    for until, seen in ((now - timedelta(seconds=1), []), (now + timedelta(hours=1), ["two"])):
        async with opened(folder) as store, store.work() as work:
            item = await request(
                work, origin=f"${until}", asker=ines, document={"groups": ["quartz"]}, now=now, until=until
            )
            await clear(work, item, now=now, until=until)
        assert [json.loads(line)["id"] for line in (await call(folder, *asked, ines)).out.splitlines()] == seen
        assert (await call(folder, *asked, ANN)).out.count("two") == 1
