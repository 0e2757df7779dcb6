"""``parvis audit rotate``: a new audit key in the place of the old one, and what is proved of the time before."""

import base64
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.adapters.signing import AuditKeySigner
from bridge.adapters.sql.store import open_store
from bridge.ports.store import AuditEntry, Outcome
from tests.app.lines import DONE, FAILED, MISUSED, call, project
from tests.fakes.clock import START

pytestmark = pytest.mark.terminal

ENTRY = AuditEntry(
    id="first", at=START, actor="", compartment="", kind="add", run="r1", detail={"user": "@ann:corp.example"},
    outcome=Outcome.DONE, outcome_at=START,
)  # fmt: skip


async def write(folder: Path, *names: str, compartment: str = "") -> None:
    """Records, signed with the key that the configuration names."""
    data, audit = (key_from_text((folder / "keys" / f"{name}.key").read_text()) for name in ("data", "audit"))
    store = await open_store(f"sqlite:///{folder / 'parvis.db'}", DataKeySealer(data), AuditKeySigner(audit))
    for name in names:
        async with store.work() as work:
            await work.audit.intend([replace(ENTRY, id=name, compartment=compartment)])
    await store.close()


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    folder = project(tmp_path)
    await write(folder, "one", "two")
    await write(folder, "inside", compartment="quartz")
    return folder


def replace_key(folder: Path, number: int) -> Path:
    """A new key in the place of the present one, which is moved aside."""
    key = folder / "keys" / "audit.key"
    old = key.rename(key.with_name(f"audit.{number}.key"))
    key.write_text(base64.urlsafe_b64encode(bytes([number]) * 32).decode())
    key.chmod(0o600)
    return old


async def verified(folder: Path, *words: str) -> tuple[int, str]:
    found = await call(folder, "audit", "verify", *words)
    return found.code, found.out


async def test_the_new_key_goes_on_where_the_old_one_ended_and_old_witnesses_still_count(folder: Path) -> None:
    (folder / "heads.txt").write_text((await call(folder, "audit", "heads")).out)
    for number in (1, 2):
        old = replace_key(folder, number)
        assert (await verified(folder))[0] == FAILED
        rotated = await call(folder, "audit", "rotate", "--old", str(old))
        assert rotated.code == DONE, rotated.err
        assert rotated.out.count("The audit key was replaced at") == number
        await write(folder, f"later {number}")
        await write(folder, f"later inside {number}", compartment="quartz")
    code, said = await verified(folder, "--heads", str(folder / "heads.txt"))
    assert (code, said.count("was replaced")) == (DONE, 2), said
    assert "audit key replaced" in (await call(folder, "audit", "search")).out


async def test_with_the_old_key_nobody_signs_what_came_after_it(folder: Path) -> None:
    old = replace_key(folder, 1)
    assert (await call(folder, "audit", "rotate", "--old", str(old))).code == DONE
    new = (folder / "keys" / "audit.key").read_text()
    (folder / "keys" / "audit.key").write_text(old.read_text())
    await write(folder, "forged")
    (folder / "keys" / "audit.key").write_text(new)
    assert (await verified(folder))[0] == FAILED


async def test_a_bridge_that_began_with_the_new_key_has_its_break_explained(folder: Path) -> None:
    old = replace_key(folder, 1)
    await write(folder, "behind the break", "and on")
    assert (await verified(folder))[0] == FAILED
    assert (await call(folder, "audit", "rotate", "--old", str(old))).code == DONE
    await write(folder, "later")
    code, said = await verified(folder)
    assert code == DONE, said


@pytest.mark.parametrize("begun", [False, True])
async def test_a_lost_key_is_stated_and_the_hashes_before_still_count(folder: Path, *, begun: bool) -> None:
    replace_key(folder, 1)
    if begun:
        await write(folder, "behind the break")
    rotated = await call(folder, "audit", "rotate", "--lost")
    assert (rotated.code, "is lost" in rotated.out) == (DONE, True), rotated.err
    await write(folder, "later")
    assert (await verified(folder))[0] == DONE
    with closing(sqlite3.connect(folder / "parvis.db")) as raw, raw:
        raw.execute("DELETE FROM audit WHERE id = 'one'")
    assert (await verified(folder))[0] == FAILED


async def test_what_was_altered_is_not_covered_by_a_new_key(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "parvis.db")) as raw, raw:
        raw.execute("UPDATE audit SET kind = 'remove' WHERE id = 'one'")
    old = replace_key(folder, 1)
    refused = await call(folder, "audit", "rotate", "--old", str(old))
    assert (refused.code, "at link 1" in refused.out, "replaced" in refused.out) == (FAILED, True, False)


async def test_a_wrong_old_key_or_the_same_one_changes_nothing(folder: Path) -> None:
    assert (await call(folder, "audit", "rotate", "--old", str(folder / "keys" / "audit.key"))).code == MISUSED
    replace_key(folder, 1)
    assert (await call(folder, "audit", "rotate", "--old", str(folder / "keys" / "data.key"))).code == FAILED
    assert (await call(folder, "audit", "rotate")).code == MISUSED
