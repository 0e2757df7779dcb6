"""What is kept of broken glass: requests, the steps of each, who sees what until when; how all that is put and read.

Used by ``glass``, which decides, and by the bot that tells of it. Nothing that is kept for a request which names a
hidden group is missing for one which names nothing, but for what belongs inside that group.
"""

from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from bridge.domain.viewers import Compartment
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, UnitOfWork

GLASS: Final = "glass"
"""An administrator asks to see a hidden group; another one answers."""
COUNTED: Final = "glass-counted"
"""A request counts against the limit of whoever made it."""
STEP: Final = "glass-step"
"""Something became of a request: administrators are still to be told, and so are those in the group."""
INSIDE: Final = "glass-inside"
"""Those in a hidden group's room are still to be told of a step."""
CLEARED: Final = "glass-cleared"
"""Somebody sees what they asked for until this expires."""
TELL_WITHIN: Final = timedelta(days=7)
"""Who cannot be told for so long is not told any more. Shorter than the store remembers that a step was entered."""


class Step(StrEnum):
    """What becomes of a request."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    """Nobody answered in time."""
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    """What was granted is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One step of a request, to be told under ``key``; ``by`` is empty when time did it. ``group`` is where it is to be
    told inside."""

    key: str
    request: str
    step: Step
    by: str
    at: datetime
    group: str = ""


def key_of(origin: str) -> str:
    """The key of the request that an event makes."""
    return "glass:" + b32encode(sha256(origin.encode(errors="replace")).digest())[:10].decode().lower()


async def request(
    work: UnitOfWork, *, origin: str, asker: str, document: Mapping[str, Any], now: datetime, until: datetime
) -> Pending:
    """Keep what somebody asks for by the event ``origin``: ``typed``, ``reason``, and ``groups``, which stay inside."""
    return await work.pending.put(_item(GLASS, key_of(origin), asker, document, now=now, until=until))


async def count(work: UnitOfWork, item: Pending, until: datetime) -> None:
    """Let the request count against its asker's limit."""
    await work.pending.put(_item(COUNTED, f"counted:{item.key}", item.asker, {}, now=item.created_at, until=until))


async def counted(view: UnitOfWork, asker: str) -> list[datetime]:
    """When the asker made requests that may still count."""
    return [item.created_at for item in await view.pending.open(COUNTED) if item.asker == asker]


async def step(work: UnitOfWork, item: Pending, what: Step, *, by: str, now: datetime) -> bool:
    """From now on this has become of the request; False when it had before, for a request has each step once."""
    key = f"{item.key}:{what}"
    if await work.pending.get(key):
        return False
    document = {"request": item.key, "step": str(what)}
    await work.pending.put(_item(STEP, key, by, document, now=now, until=now + TELL_WITHIN))
    return True


def happened(item: Pending) -> Happened:
    """The step that an item of the kind ``STEP`` or ``INSIDE`` holds."""
    document = item.document
    return Happened(
        key=item.key,
        request=document["request"],
        step=Step(document["step"]),
        by=item.asker,
        at=item.created_at,
        group=document.get("group", ""),
    )


async def tell_inside(work: UnitOfWork, what: Happened, group: str) -> None:
    """Have those in the room of this hidden group told of the step."""
    document = {"request": what.request, "step": str(what.step), "group": group}
    item = _item(INSIDE, f"{what.key}:{group}", what.by, document, now=what.at, until=what.at + TELL_WITHIN)
    await work.pending.put(item)


async def clear(work: UnitOfWork, item: Pending, *, now: datetime, until: datetime) -> None:
    """Let the asker see what the request names, until then."""
    document = {"request": item.key, "groups": item.document["groups"]}
    await work.pending.put(_item(CLEARED, f"cleared:{item.key}", item.asker, document, now=now, until=until))


async def broken_by(view: UnitOfWork, asker: str, now: datetime) -> frozenset[str]:
    """The hidden groups that the asker may see for a while."""
    mine = [item for item in await view.pending.open(CLEARED) if item.asker == asker and now < item.expires_at]
    return frozenset(group for item in mine for group in item.document["groups"])


def entry(
    id_: str, item: Pending, what: Step, *, by: str, at: datetime, compartment: Compartment, more: Mapping[str, Any]
) -> AuditEntry:
    """A step as the audit log keeps it; the open log without telling whether the request named anything."""
    inside = {"group": compartment} if compartment else {}
    return AuditEntry(
        id=id_,
        at=at,
        actor=by,
        compartment=compartment,
        kind=f"{GLASS}-{what}",
        run="",
        detail={**inside, "user": item.asker, "typed": item.document["typed"], **more},
        outcome=Outcome.DONE,
        outcome_at=at,
    )


def _item(kind: str, key: str, asker: str, document: Mapping[str, Any], *, now: datetime, until: datetime) -> Pending:
    return Pending(key=key, kind=kind, asker=asker, room_id="", document=document, created_at=now, expires_at=until)
