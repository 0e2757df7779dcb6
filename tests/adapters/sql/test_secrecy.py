"""Neither the id or the name of a group nor who belongs to one can be read in the database's files or tables."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.signing import AuditKeySigner
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.domain.activity import Form, Happening, Reacted
from bridge.domain.rooms import Absence, ActualRoom, Membership, RoomRef, group_room, partner_space
from bridge.ports.activity import Backfill
from bridge.ports.pending import Pending
from bridge.ports.scim import Change, ResourceKind, ScimResource, ScimToken
from bridge.ports.store import AuditEntry, Claim, IncomingEvent, Outcome, Run, UnitOfWork
from tests.fakes.clock import START
from tests.support.postgres import PostgresServer

CANARY = "projet-kanari"
CONTROL = "@control:corp.test"
"""The user id of somebody who chose a language, stored in the clear: finding it proves that the search can find."""
MEMBER = f"@{CANARY}:corp.test"


async def live(store: SqlStore) -> None:
    """One of everything, about a hidden group and a partner whose ids and names all contain the canary."""
    for ref in (group_room(CANARY), partner_space(CANARY)):
        await projection(store, ref)
    async with store.work() as work:
        await work.audit.intend([entry("a1"), entry("a2")])
        await work.audit.conclude(["a1"], Outcome.FAILED, at=START, detail=f"{CANARY} refused")
        run = Run(id="r", origin="$c", actor=MEMBER, compartments=(CANARY,), fingerprint=CANARY, started_at=START)
        await work.runs.begin(run)
        await work.runs.finish("r", at=START, summary={CANARY: CANARY})
        await work.preferences.put(CONTROL, f"welcomed/{CANARY}", CANARY)
        await work.leases.take(f"reconcile/{CANARY}", "holder", now=START, seconds=60)
        await work.snapshots.save(f"directory/{CANARY}", CANARY.encode(), at=START)
        await work.outbox.claim(claim("open"))
        await work.outbox.claim(claim("sent"))
        await work.outbox.sent(claim("sent").key, "$sent")
        await work.pending.put(question())
        await work.pending.attach(CANARY, CANARY, room_id=CANARY)
        await work.pending.settle(CANARY, CANARY, START)
        await activity(work)
        await work.scim_tokens.add(ScimToken(id="t", client=CANARY, created=START), CANARY)
        document = {"displayName": CANARY}
        told = ScimResource(id=CANARY, kind=ResourceKind.GROUP, document=document, created=START, changed=START)
        await work.scim.put(told, {f"displayname={CANARY}", CANARY})
        await work.scim.change_members(CANARY, Change(add=(CANARY,)), at=START)
    payload = f'{{"content":{{"body":"{CANARY}"}}}}'.encode()
    await store.accept("1", [IncomingEvent(f"${number}", "!room", payload) for number in range(4)], START)
    async with store.work() as work:
        first, second, third, _ = [entry.seq for entry in await work.inbox.waiting(after=0, limit=9)]
        await work.inbox.finish([first], START)
        await work.inbox.postpone(second, until=START, error="boom")
        await work.inbox.set_aside(third, now=START, error="boom")


async def activity(work: UnitOfWork) -> None:
    who: dict[str, Any] = {"room": f"!{CANARY}", "group": CANARY, "sender": f"@{CANARY}:corp.test", "at": START}
    said = Happening(event="$a", thread="$b", reply_to="$c", form=Form(calls=(f"@{CANARY}2:corp.test",)), **who)
    await work.activity.add([said], [Reacted(event="$d", to="$a", key="👍", **who)])
    await work.activity.drop_before(START, limit=9)
    await work.activity.put_backfill(
        Backfill(room=f"!{CANARY}", group=CANARY, begun=START, asker=f"@{CANARY}:corp.test", token=CANARY)
    )


async def projection(store: SqlStore, ref: RoomRef) -> None:
    room_id = f"!{ref.kind}"
    async with store.work() as work:
        await work.rooms.intend(ref, CANARY)
        await work.rooms.bind(ref, room_id, "12")
        await work.rooms.told(ref, CANARY)
        room = ActualRoom(
            ref=ref,
            room_id=room_id,
            marker=CANARY,
            version="12",
            state={("m.room.name", ""): {"name": CANARY}, (CANARY, CANARY): {CANARY: CANARY}},
            members={MEMBER: Membership.JOIN},
            out={f"@{CANARY}2:corp.test": Absence.LEFT},
            aliases=(f"#{CANARY}:corp.test",),
        )
        await work.rooms.replace(room, at=START)
        await work.rooms.note_members(room_id, {f"@{CANARY}3:corp.test": (Membership.INVITE, False)}, at=START)
        await work.rooms.note_state(room_id, ("m.room.topic", CANARY), {"topic": CANARY})
        await work.rooms.note_directory(room_id, published=False, aliases=[f"#{CANARY}2:corp.test"])


def entry(name: str) -> AuditEntry:
    detail = {CANARY: CANARY}
    return AuditEntry(id=name, at=START, actor=MEMBER, compartment=CANARY, kind="invite", run="r", detail=detail)


def claim(name: str) -> Claim:
    return Claim(
        key=f"{name}/{CANARY}",
        sender=CONTROL,
        room_id="!room",
        event_type=f"io.parvis.{CANARY}",
        content={"body": CANARY},
        claimed_at=START,
    )


def question() -> Pending:
    return Pending(
        key=CANARY,
        kind=CANARY,
        asker=f"@{CANARY}:corp.test",
        room_id=f"!{CANARY}",
        document={CANARY: CANARY},
        created_at=START,
        expires_at=START,
    )


async def test_the_files_of_sqlite_do_not_contain_the_canary(url: str, file: Path, sealer: DataKeySealer) -> None:
    store = await open_store(url, sealer, AuditKeySigner(bytes(32)))
    await live(store)
    while_open = [path.read_bytes() for path in file.parent.iterdir()]
    await store.close()
    raw = b"".join([*while_open, *(path.read_bytes() for path in file.parent.iterdir())])
    assert len(while_open) == 3
    assert CONTROL.encode() in raw
    assert CANARY.encode() not in raw


@pytest.mark.postgres
async def test_the_tables_of_postgres_do_not_contain_the_canary(
    postgres: PostgresServer, sealer: DataKeySealer
) -> None:
    url = postgres.new_database()
    store = await open_store(url, sealer, AuditKeySigner(bytes(32)))
    await live(store)
    await store.close()
    dump = postgres.dump(url)
    assert CONTROL in dump
    assert CANARY not in dump
    assert CANARY.encode().hex() not in dump


async def test_a_hidden_room_looks_like_any_other_in_the_table(url: str, file: Path, sealer: DataKeySealer) -> None:
    """The sealed documents have the same length whether a name was told or not, and whatever the id is."""
    store = await open_store(url, sealer, AuditKeySigner(bytes(32)))
    async with store.work() as work:
        for ref, marker in ((group_room("sales"), "sales"), (group_room("board"), "Zx81yNq0TfWmCkHc7vUa2g")):
            await work.rooms.intend(ref, marker)
            await work.rooms.bind(ref, f"!{ref.id}", "12")
        await work.rooms.told(group_room("board"), "Comité de direction")
        await work.rooms.note_directory("!sales", published=True, aliases=["#grp_sales:corp.example"])
    await store.close()
    with sqlite3.connect(file) as raw:
        shapes = raw.execute("SELECT length(ref_index), length(sealed), read FROM rooms").fetchall()
    raw.close()
    assert len(shapes) == 2
    assert shapes[0] == shapes[1]


async def test_the_database_file_is_its_owners_alone(url: str, file: Path, sealer: DataKeySealer) -> None:
    store = await open_store(url, sealer, AuditKeySigner(bytes(32)))
    await store.accept("1", [], START)
    modes = {path.stat().st_mode & 0o777 for path in file.parent.iterdir()}
    await store.close()
    assert modes == {0o600}
