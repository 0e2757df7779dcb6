"""A bridge that runs and a command line on one database: whoever comes second is refused, and nothing is done twice."""

import json
import os
import signal
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Final

import pytest

from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.adapters.sql.store import open_store
from bridge.config.loading import load_config
from bridge.ports.store import AuditEntry
from tests.localnet.talk import eventually
from tests.support.company import CORP, Company
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

PEOPLE: Final = ("claire", "ines")
REFUSED: Final = "Another application of a plan is running"


def directory() -> str:
    groups = [
        {"id": f"g{number}", "name": f"Group {number}", "owners": ["ines"], "members": [*PEOPLE],
         "visibility": "hidden" if number % 3 == 0 else "public"}
        for number in range(6)
    ]  # fmt: skip
    people = [{"id": name, "user": f"@{name}~:{CORP}", "name": name.title()} for name in PEOPLE]
    return json.dumps({"people": people, "groups": groups})


async def held(company: Company) -> int:
    """How many leases somebody holds."""
    if not company.database.exists():
        return 0
    with closing(sqlite3.connect(f"file:{company.database}?mode=ro", uri=True, timeout=20)) as connection:
        made = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'leases'").fetchone()
        return int(connection.execute("SELECT count(*) FROM leases").fetchone()[0]) if made else 0


def pause(pid: int, company: Company) -> None:
    """Stop a process between two of its units of work, where it keeps its leases and not the whole database.

    However slow this machine is, it keeps what it holds.
    """
    with closing(sqlite3.connect(company.database, timeout=20, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")  # nobody else writes from here on
        os.kill(pid, signal.SIGSTOP)
        connection.execute("UPDATE leases SET until = until + 3600000")
        connection.execute("COMMIT")


async def trail(company: Company) -> Sequence[AuditEntry]:
    """Everything that the audit log holds."""
    config = load_config(company.folder / "config.yaml", {})
    store = await open_store(config.database.url, DataKeySealer(key_from_text(config.secrets.data_key.reveal())))
    hidden = {f"g{number}" for number in range(0, 6, 3)}
    try:
        async with store.view() as view:
            return await view.audit.recent(compartments=frozenset({"", *hidden}), limit=10_000)
    finally:
        await store.close()


def spans(entries: Sequence[AuditEntry]) -> dict[str, list[tuple[datetime, datetime]]]:
    """Compartment → from when to when each run acted in it, in order."""
    times: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for entry in entries:
        times[entry.compartment, entry.run] += [entry.at, entry.outcome_at or entry.at]
    found = defaultdict(list)
    for (compartment, _), moments in times.items():
        found[compartment].append((min(moments), max(moments)))
    return {compartment: sorted(several) for compartment, several in found.items()}


async def test_while_the_command_line_applies_a_bridge_that_starts_and_another_command_line_do_not(park: Park) -> None:
    company = park.company(directory())
    await company.hire(*PEOPLE)
    applying = await company.begin("apply")
    await eventually(lambda: held(company), lambda count: count == 3, 90)
    pause(applying.pid, company)
    try:
        before = await company.begun_rooms()
        async with company.running():
            await eventually(lambda: _log(company), lambda log: REFUSED in log, 90)
            second = await company.parvis("apply")
            assert (second.code, REFUSED in second.err) == (1, True), second.said
            # What was asked for before the pause may still be done by the homeserver: one room for each slot.
            assert len(set(await company.begun_rooms()) - set(before)) <= 4
            os.kill(applying.pid, signal.SIGCONT)
            await applying.communicate()
    finally:
        if applying.returncode is None:
            applying.kill()
            await applying.wait()
    assert (await company.parvis("apply")).code == 0
    assert (await company.parvis("plan")).code == 0
    made = await company.rooms()
    assert len(made) == 8
    assert set(await company.begun_rooms()) == set(made.values())
    for compartment, several in spans(await trail(company)).items():
        ends = [end for _, end in several]
        begins = [begin for begin, _ in several]
        assert all(end <= begin for end, begin in zip(ends, begins[1:], strict=False)), compartment


async def _log(company: Company) -> str:
    return company.house.log.read_text(encoding="utf-8") if company.house.log.exists() else ""
