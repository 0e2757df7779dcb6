"""Records of before there were chains: read as before, and chained at the first start with the audit key."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.rechaining import OLD_TOLD, OLD_VALUES
from bridge.adapters.sql.schema import MIGRATIONS
from bridge.adapters.sql.store import open_store
from bridge.adapters.sql.times import to_ms
from bridge.adapters.sql.values import chain_of
from bridge.adapters.sql.vault import Vault
from bridge.domain.audit import AuditFilter, person
from bridge.domain.errors import StoreError
from bridge.ports.store import AuditEntry, Outcome
from bridge.services.proof import Proof
from tests.fakes.clock import START
from tests.fakes.store_chains import SIGNER

ANN = "@ann:corp.test"
BEFORE = "0004"


def old_row(vault: Vault, number: int, compartment: str, *, done: bool) -> dict[str, Any]:
    """As the first versions wrote it."""
    return {
        "seq": number,
        "id": f"e{number}",
        "at": to_ms(START),
        "actor": "",
        "kind": "add",
        "run": "r1",
        "compartment_index": chain_of(vault, compartment),
        "sealed": vault.put([compartment, {"check": {"user": ANN}}], OLD_VALUES),
        "outcome": "done" if done else None,
        "outcome_at": to_ms(START) if done else None,
        "outcome_sealed": vault.seal(b"as it was", OLD_TOLD) if done else None,
    }


@pytest.fixture
def old(file: Path, url: str, sealer: DataKeySealer) -> Path:
    """A database of before, with three records."""
    vault, engine = Vault(sealer), create_engine(url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, BEFORE)
    engine.dispose()
    rows = [old_row(vault, number, "board" if number == 2 else "", done=number < 3) for number in (1, 2, 3)]
    with closing(sqlite3.connect(file)) as raw, raw:
        places = ", ".join(f":{name}" for name in rows[0])
        raw.executemany(f"INSERT INTO audit ({', '.join(rows[0])}) VALUES ({places})", rows)
    return file


@pytest.mark.slow
async def test_old_records_are_chained_once_and_found(old: Path, url: str, sealer: DataKeySealer) -> None:
    for _ in range(2):
        store = await open_store(url, sealer, SIGNER)
        found = await Proof(store=store, signer=SIGNER).verify()
        assert [(one.compartment, one.records, one.fault) for one in found] == [("", 2, None), ("board", 1, None)]
        async with store.work() as work:
            about_ann = AuditFilter(about=(frozenset({person(ANN)}),))
            page = await work.audit.search(about_ann, compartments=None, limit=9, oldest_first=True)
        assert [one.id for one in page.entries] == ["e1", "e2", "e3"]
        assert page.entries[0].outcome_detail == "as it was"
        await store.close()


async def test_open_intentions_of_before_are_still_concluded(old: Path, url: str, sealer: DataKeySealer) -> None:
    store = await open_store(url, sealer, SIGNER)
    async with store.work() as work:
        assert [one.id for one in await work.audit.unresolved()] == ["e3"]
        await work.audit.conclude(["e3"], Outcome.DONE, at=START)
    (first, _) = await Proof(store=store, signer=SIGNER).verify()
    assert first.fault is None
    await store.close()


async def test_without_the_audit_key_nothing_is_written(url: str, sealer: DataKeySealer) -> None:
    store = await open_store(url, sealer)
    new = AuditEntry(id="1", at=START, actor="", compartment="", kind="add", run="", detail={})
    with pytest.raises(StoreError, match="Without the audit key"):
        async with store.work() as work:
            await work.audit.intend([new])
    async with store.view() as view:
        assert await view.audit.unresolved() == []
    await store.close()
