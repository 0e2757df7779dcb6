"""``parvis audit``: searching the audit log, checking it, writing it out. Called by the command line."""

import asyncio
import csv
import io
import json
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bridge.adapters.sealing import key_from_text
from bridge.adapters.signing import AuditKeySigner
from bridge.adapters.time import SystemChance, SystemClock
from bridge.app.bots import users_of
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, FAILED, viewer_now
from bridge.app.wiring import assembly, database, signer_of
from bridge.config.settings import Config
from bridge.domain.errors import InputError, ParvisError
from bridge.domain.ids import is_user_id
from bridge.domain.messages import say
from bridge.domain.viewers import Viewer
from bridge.domain.witnesses import read, written
from bridge.ports.store import AuditEntry
from bridge.rules.access import Access
from bridge.services.auditing import Question, Search
from bridge.services.proof import Proof
from bridge.services.recounting import proof_document, search_document
from bridge.services.rotating import Rotating
from bridge.services.undone import COMMAND_LINE

COLUMNS: Final = (
    "id", "at", "actor", "compartment", "kind", "run", "detail", "outcome", "outcome_at", "outcome_detail",
)  # fmt: skip
RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula: what somebody wrote must not be run."""


async def search(config: Config, terminal: Terminal, question: Question, *, limit: int, viewer: str | None) -> int:
    """The newest entries: for the command line, or as ``viewer`` would see them."""
    async with _searching(config, viewer) as (searching, who):
        answer = await searching.newest(who, question, limit=limit)
        narrow = say("There is more: ask for more with --limit, or for a shorter time.")
        terminal.show(search_document(answer, searching.access.facts, narrow=narrow))
    return DONE


async def verify(config: Config, terminal: Terminal, *, heads: Iterable[str]) -> int:
    """Check every chain, with the heads that a witness kept as lines; 1 when something is not as it was written."""
    witnesses = read(heads)
    async with database(config) as store:
        proof = Proof(store=store, signer=signer_of(config))
        with terminal.progress(say("Checking")) as progress:
            checked = await proof.verify(witnesses=witnesses, progress=lambda links: progress(links, links))
        handovers = await proof.handovers()
    terminal.show(proof_document(checked, None, handovers=handovers))
    return DONE if all(one.fault is None for one in checked) else FAILED


async def rotate(config: Config, terminal: Terminal, *, old: str | None) -> int:
    """Have the configured audit key take the place of ``old`` (its text; None: it is lost); 1 when the log is not as it
    was written. Raises ``InputError`` and ``ParvisError``."""
    before = AuditKeySigner(key_from_text(old)) if old is not None else None
    await refuse_while_running(config)
    async with database(config) as store:
        proof = Proof(store=store, signer=signer_of(config))
        rotating = Rotating(store=store, proof=proof, old=before, clock=SystemClock(), chance=SystemChance())
        checked = await rotating.go(actor=COMMAND_LINE)
        handovers = await proof.handovers()
    terminal.show(proof_document(checked, None, handovers=handovers))
    return DONE if all(one.fault is None for one in checked) else FAILED


async def refuse_while_running(config: Config) -> None:
    """Raises ``ParvisError`` when a bridge answers where this one would listen: it would go on with the old key."""
    listen = config.appservice.listen
    try:
        _, writer = await asyncio.open_connection(listen.host, listen.port)
    except OSError:
        return
    writer.close()
    raise ParvisError(say("The bridge is running: stop it first."))


async def heads(config: Config, terminal: Terminal) -> int:
    """The signed ends of all chains, for a witness to keep."""
    async with database(config) as store:
        found = await Proof(store=store, signer=signer_of(config)).heads()
    for head in found:
        terminal.raw(written(head))
    return DONE


async def export(config: Config, question: Question, *, as_csv: bool, viewer: str | None) -> int:
    """Every entry, oldest first, as JSON Lines or CSV on standard output."""
    async with _searching(config, viewer) as (searching, who):
        if as_csv:
            sys.stdout.write(_csv_line(COLUMNS))
        async for entry in searching.entries(who, question, oldest_first=True):
            shape = shape_of(entry)
            sys.stdout.write(_csv_line(_cells(shape)) if as_csv else json.dumps(shape, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return DONE


def question_of(
    config: Config, *, person: str | None, group: str | None, partner: str | None, since: datetime | None,
    until: datetime | None,
) -> Question:  # fmt: skip
    """What is searched for; days begin in the configured timezone. Raises ``InputError``."""
    if person is not None and not is_user_id(person):
        raise InputError(say("{text} is not a user id; it looks like @ines:corp.example.", text=person))
    zone = ZoneInfo(config.timezone)
    since, until = (time.replace(tzinfo=zone) if time else None for time in (since, until))
    return Question(person=person, group=group, partner=partner, since=since, until=until)


def shape_of(entry: AuditEntry) -> dict[str, Any]:
    """An entry as scripts read it."""
    shape = {name: getattr(entry, name) for name in COLUMNS}
    shape |= {name: shape[name].isoformat() for name in ("at", "outcome_at") if shape[name]}
    return shape | {"outcome": str(entry.outcome) if entry.outcome else None, "detail": dict(entry.detail)}


def _cells(shape: Mapping[str, Any]) -> Iterable[str]:
    for name in COLUMNS:
        value = shape[name]
        text = json.dumps(value, ensure_ascii=False) if name == "detail" else str(value or "")
        yield f"'{text}" if text.startswith(RISKY) else text


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


@asynccontextmanager
async def _searching(config: Config, viewer: str | None) -> AsyncIterator[tuple[Search, Viewer]]:
    """From the directory and the store, without the homeserver; and on whose behalf."""
    async with assembly(config, bots=users_of(config)) as parts:
        who = await viewer_now(parts, viewer)
        world = await parts.reconciler.glance()
        access = Access(world.facts, admins=frozenset(config.admins))
        yield Search(store=parts.store, world=world, access=access), who
