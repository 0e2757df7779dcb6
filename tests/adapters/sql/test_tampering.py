"""Whatever is done to the audit log in the database file is detected, and located, in its own chain alone."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bridge.adapters.sql.store import SqlStore, open_store
from bridge.domain.audit import Head
from bridge.ports.store import AuditEntry, Outcome
from bridge.rules.chain import Fault, FaultKind
from bridge.services.proof import Checked, Proof
from tests.adapters.sql.tampering import (
    SEALER,
    SIGNER,
    STRANGER,
    Tamper,
    both,
    cut,
    insert,
    older_head,
    relink,
    remove,
    sql,
    swap,
)
from tests.fakes.clock import START

pytestmark = pytest.mark.slow

EVERYTHING: Final = "id, at, actor_sealed, kind, run, sealed, outcome, outcome_at, outcome_sealed"
FIELDS: Final = {
    "id": "'other'",
    "at": "at + 1",
    "actor_sealed": "x'01'",
    "kind": "'remove'",
    "run": "'other'",
    "compartment_index": ":board",
    "sealed": "x'00'",
    "outcome": "'failed'",
    "outcome_at": "outcome_at + 1",
    "outcome_sealed": "x'00'",
}
LINK_FIELDS: Final = {
    "position": "99",
    "entry": "1",
    "part": "1",
    "at": "at + 1",
    "commitment": "zeroblob(32)",
    "hash": "zeroblob(32)",
}


def entry(number: int, compartment: str = "") -> AuditEntry:
    return AuditEntry(
        id=f"{compartment}{number}",
        at=START + timedelta(minutes=number),
        actor="@ines:corp.test",
        compartment=compartment,
        kind="add",
        run="r1",
        detail={"check": {"room": "group/sales", "user": f"@ann{number}:corp.test"}},
    )


async def live(store: SqlStore) -> None:
    """Five open records and their outcomes: links 1 to 10; between them two of a hidden group."""
    for number in range(1, 6):
        async with store.work() as work:
            await work.audit.intend([entry(number)])
        async with store.work() as work:
            await work.audit.conclude([str(number)], Outcome.DONE, at=START + timedelta(minutes=number))
        if number == 2:
            async with store.work() as work:
                hidden = replace(entry(number, "board"), outcome=Outcome.DONE, outcome_at=START)
                await work.audit.intend([hidden, replace(hidden, id="board3")])


@pytest.fixture
async def written(url: str, file: Path) -> Path:
    store = await open_store(url, SEALER, SIGNER)
    await live(store)
    await store.close()
    return file


async def checked(file: Path, *witnesses: Head) -> dict[str | None, Checked]:
    store = await open_store(f"sqlite:///{file}", SEALER)
    found = await Proof(store=store, signer=SIGNER).verify(witnesses=witnesses)
    await store.close()
    return {one.compartment: one for one in found}


async def fault_after(file: Path, tamper: Tamper, *witnesses: Head) -> Fault:
    """Of the open chain; the hidden group's is as it was."""
    with closing(sqlite3.connect(file)) as raw, raw:
        tamper(raw)
    found = await checked(file, *witnesses)
    assert found["board"].fault is None
    fault = found[""].fault
    assert fault is not None
    return fault


async def test_what_nobody_touched_is_as_it_was_written(written: Path) -> None:
    found = await checked(written)
    assert {name: (one.records, one.fault) for name, one in found.items()} == {"": (5, None), "board": (2, None)}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(("seq", "links"), [(1, {1, 2}), (6, {7, 8}), (7, {9, 10})])
async def test_each_field_of_a_record_that_is_changed_is_located(
    written: Path, field: str, seq: int, links: set[int]
) -> None:
    with closing(sqlite3.connect(written)) as raw, raw:
        sql(f"UPDATE audit SET {field} = {FIELDS[field]} WHERE seq = {seq}")(raw)
    found = await checked(written)
    fault = found[""].fault
    assert fault is not None
    assert fault.position in links
    moved = field == "compartment_index"
    assert fault.kind is (FaultKind.GONE if moved else FaultKind.ALTERED)
    board = found["board"].fault
    assert (board.kind if board else None) is (FaultKind.ADDED if moved else None)


@pytest.mark.parametrize("field", LINK_FIELDS)
async def test_each_field_of_a_link_that_is_changed_is_located(written: Path, field: str) -> None:
    where = "WHERE chain = (SELECT compartment_index FROM audit WHERE seq = 1) AND position = 5"
    fault = await fault_after(written, sql(f"UPDATE audit_links SET {field} = {LINK_FIELDS[field]} {where}"))
    assert fault.position == 5


@pytest.mark.parametrize("seq", [1, 5, 7])
async def test_a_record_that_is_deleted_is_located(written: Path, seq: int) -> None:
    link = {1: 1, 5: 5, 7: 9}[seq]
    fault = await fault_after(written, sql(f"DELETE FROM audit WHERE seq = {seq}"))
    assert (fault.kind, fault.position) == (FaultKind.GONE, link)


@pytest.mark.parametrize(
    ("position", "kind"), [(1, FaultKind.MISSING), (5, FaultKind.MISSING), (10, FaultKind.ALTERED)]
)
async def test_a_link_that_is_deleted_is_located(written: Path, position: int, kind: FaultKind) -> None:
    gone = sql(f"DELETE FROM audit_links WHERE chain = :open AND position = {position}")
    fault = await fault_after(written, gone)
    # Of the last one, an outcome, its record is left and says what no link says.
    assert (fault.kind, fault.position) == (kind, min(position, 9))


@pytest.mark.parametrize(("seq", "place"), [(1, (1, 1)), (5, (5, 5)), (7, (9, 10))])
async def test_a_record_deleted_with_its_links_and_hashes_recomputed_is_located(
    written: Path, seq: int, place: tuple[int, int]
) -> None:
    fault = await fault_after(written, remove(seq))
    assert (fault.kind, fault.position, fault.until) == (FaultKind.CUT, *place)


async def test_records_that_are_swapped_are_located(written: Path) -> None:
    fault = await fault_after(written, swap(1, 5, EVERYTHING))
    assert (fault.kind, fault.position) == (FaultKind.ALTERED, 1)


async def test_values_that_are_swapped_are_located(written: Path) -> None:
    fault = await fault_after(written, swap(5, 6, "id, sealed"))
    assert (fault.kind, fault.position) == (FaultKind.ALTERED, 5)


async def test_a_record_that_is_there_twice_is_found(written: Path) -> None:
    columns = "at, actor_sealed, kind, run, compartment_index, sealed, outcome, outcome_at, outcome_sealed"
    copy = f"INSERT INTO audit (seq, id, {columns}) SELECT 99, 'copy', {columns} FROM audit WHERE seq = 2"
    assert (await fault_after(written, sql(copy))).kind is FaultKind.ADDED


async def test_a_link_that_is_there_twice_is_located(written: Path) -> None:
    columns = "chain, part, at, commitment, hash, entry"
    copy = f"INSERT INTO audit_links ({columns}, position) SELECT {columns}, 11 FROM audit_links WHERE entry = 2"
    fault = await fault_after(written, both(sql(copy + " AND part = 0"), relink()))
    assert fault.position == 11


async def test_a_record_inserted_with_recomputed_hashes_is_located(written: Path) -> None:
    fault = await fault_after(written, insert(after=4))
    assert fault.position == 5
    assert fault.until in {5, 6, 7}


async def test_an_older_head_brought_back_is_noticed_and_with_the_end_cut_off_by_a_witness(written: Path) -> None:
    store = await open_store(f"sqlite:///{written}", SEALER)
    witnesses = await Proof(store=store, signer=SIGNER).heads()
    await store.close()
    fault = await fault_after(written, older_head(6))
    assert (fault.kind, fault.position, fault.until) == (FaultKind.BEYOND, 7, 10)
    fault = await fault_after(written, cut(6), *witnesses)
    assert (fault.kind, fault.position, fault.until) == (FaultKind.CUT, 7, 10)


async def test_what_no_witness_saw_can_be_cut_off(written: Path) -> None:
    """The limit of what can be proved: ``docs/audit.md`` says so."""
    with closing(sqlite3.connect(written)) as raw, raw:
        cut(6)(raw)
    assert (await checked(written))[""].fault is None


async def test_a_chain_of_which_a_witness_alone_knows_is_missed(written: Path) -> None:
    store = await open_store(f"sqlite:///{written}", SEALER)
    witnesses = await Proof(store=store, signer=SIGNER).heads()
    await store.close()
    with closing(sqlite3.connect(written)) as raw, raw:
        for table, column in (("audit", "compartment_index"), ("audit_links", "chain"), ("audit_heads", "chain")):
            sql(f"DELETE FROM {table} WHERE {column} = :open")(raw)
    fault = (await checked(written, *witnesses))[None].fault
    assert fault == Fault(kind=FaultKind.CUT, position=1, at=None, until=10)


async def test_a_chain_signed_with_another_key_is_noticed(written: Path) -> None:
    fault = await fault_after(written, relink(signed_by=STRANGER))
    assert (fault.kind, fault.position) == (FaultKind.FOREIGN, 1)


async def test_writing_goes_on_behind_what_is_not_signed_and_never_covers_it(written: Path, url: str) -> None:
    with closing(sqlite3.connect(written)) as raw, raw:
        relink(signed_by=STRANGER)(raw)
    store = await open_store(url, SEALER, SIGNER)
    async with store.work() as work:
        await work.audit.intend([entry(6)])
    await store.close()
    fault = (await checked(written))[""].fault
    assert fault is not None
    assert fault.position <= 11


async def test_links_beyond_the_head_stop_nobody_and_stay_visible(written: Path, url: str) -> None:
    with closing(sqlite3.connect(written)) as raw, raw:
        older_head(8)(raw)
    store = await open_store(url, SEALER, SIGNER)
    async with store.work() as work:
        await work.audit.intend([entry(6)])
    await store.close()
    fault = (await checked(written))[""].fault
    assert fault is not None
    assert (fault.kind, fault.position) == (FaultKind.ALTERED, 11)
