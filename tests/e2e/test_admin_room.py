"""The administrators' room on a real homeserver: witnesses that outlive a history written anew, and plans that wait."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.adapters.signing import AuditKeySigner
from bridge.adapters.sql.store import open_store
from bridge.ports.store import AuditEntry, Outcome
from bridge.services.witnessing import HEADS
from deploy.demo.people import Person
from deploy.demo.rooms import SeenRoom
from tests.e2e.journeys import at_work, seen, staffed
from tests.support.company import Company, members
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

NAME = "Parvis administration"


def administration(person: Person) -> SeenRoom | None:
    return next((room for room in person.joined.values() if room.name == NAME), None)


def told(person: Person, words: str) -> str | None:
    """What the bot said there that holds these words."""
    room = administration(person)
    return next((text for text in room.texts() if words in text), None) if room else None


async def forge(company: Company) -> None:
    """Another history, with the keys of the installation, and nothing left of what was told in the room."""
    keys = company.folder / "keys"
    data, audit = (key_from_text((keys / f"{name}.key").read_text(encoding="utf-8")) for name in ("data", "audit"))
    with closing(sqlite3.connect(company.database)) as raw, raw:
        for table in ("audit", "audit_links", "audit_heads", "audit_subjects", "outbox"):
            raw.execute(f"DELETE FROM {table}")
    store = await open_store(f"sqlite:///{company.database}", DataKeySealer(data), AuditKeySigner(audit))
    now = datetime.now(UTC)
    entry = AuditEntry(
        id="forged", at=now, actor="", compartment="", kind="decide", run="", detail={}, outcome=Outcome.DONE,
        outcome_at=now,
    )  # fmt: skip
    async with store.work() as work:
        await work.audit.intend([entry])
    await store.close()


async def witnesses(company: Company, room_id: str) -> list[str]:
    """The lines that stand in the room, oldest first."""
    path = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/messages?dir=f&limit=500"
    events = (await company.as_bot("GET", path))["chunk"]
    return [line for event in events for line in event["content"].get(HEADS, ())]


async def test_what_stands_in_the_room_contradicts_a_history_that_was_written_anew(park: Park) -> None:
    company = await staffed(park, service=True, directory={"every": "1s"})
    ines = company.people["ines"]
    async with at_work(company, "ines"):
        await seen(ines, "the witness of the day", lambda: told(ines, "The audit log is as it was written"))
        room_id = next(room_id for room_id, room in ines.joined.items() if room.name == NAME)
        inside = members(await company.state(room_id))
        assert inside == {company.bot, company.user("ines"), company.user("svc")}
        directory = company.directory.read_text(encoding="utf-8")
        company.write(directory.replace("visibility: invite-only", "visibility: public"))
        waits = await seen(ines, "the plan that waits", lambda: told(ines, "This waits for the word of one of you"))
        planned = await company.parvis("plan", "--json")
        assert f"!apply {json.loads(planned.out)['fingerprint']}" in waits
    await forge(company)
    assert (await company.parvis("audit", "verify")).code == 0, "nothing in the database tells"
    async with at_work(company, "ines"):
        alarm = await seen(ines, "the alarm", lambda: told(ines, "The audit log was tampered with"))
        assert "everything that is not hidden" in alarm
    [line] = await witnesses(company, room_id)
    (company.folder / "heads.txt").write_text(line, encoding="utf-8")
    assert (await company.parvis("audit", "verify", "--heads", str(company.folder / "heads.txt"))).code == 1
