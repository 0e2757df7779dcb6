"""Comings and goings of people of partners, from events into the audit log: who had access when. For ``observe``."""

from datetime import datetime
from typing import Final

from bridge.domain.events import Event
from bridge.domain.ids import server_of
from bridge.domain.rooms import Membership, RoomKind, RoomRef
from bridge.domain.viewers import OPEN, Compartment
from bridge.ports.clock import Chance
from bridge.ports.store import AuditEntry, Outcome, UnitOfWork
from bridge.rules.partners import partner_of
from bridge.services.doorstep import for_the_first_time
from bridge.services.world import World

JOINED: Final = "partner-joined"
LEFT: Final = "partner-left"
INSIDE: Final = Membership.JOIN.value
OUTSIDE: Final = (Membership.LEAVE.value, Membership.BAN.value)


async def note_access(
    work: UnitOfWork, event: Event, world: World, ref: RoomRef, *, chance: Chance, now: datetime
) -> None:
    """Write down, once, that somebody of a partner came into a room of ours or is out of it."""
    user = event.state_key or ""
    if server_of(user) == world.facts.server_name:
        return
    now_is, was = event.content.get("membership"), _before(event)
    if now_is not in (INSIDE, *OUTSIDE) or (was is not None and (was == INSIDE) == (now_is == INSIDE)):
        return
    partner = _partner(user, world)
    if partner is None or not await for_the_first_time(work, f"access:{event.id}", now):
        return
    entry = AuditEntry(
        id=chance.token(),
        at=now,
        actor=event.sender,
        compartment=_compartment(ref, world),
        kind=JOINED if now_is == INSIDE else LEFT,
        run="",
        detail={"room": str(ref), "user": user, "partner": partner},
        outcome=Outcome.DONE,
        outcome_at=now,
    )
    await work.audit.intend([entry])


def _before(event: Event) -> object:
    """The membership before, None where the homeserver does not say."""
    before = event.unsigned.get("prev_content")
    return before.get("membership") if isinstance(before, dict) else None


def _partner(user: str, world: World) -> str | None:
    """Of which partner the user is, or was when they were let in."""
    facts = world.facts
    guest = facts.directory.guests.get(user)
    return guest.partner if guest else partner_of(user, facts.claims) or partner_of(user, facts.dismissed)


def _compartment(ref: RoomRef, world: World) -> Compartment:
    """Where it may be told; of a room that the world does not know yet, to members of its group alone."""
    if room := world.desired.rooms.get(ref):
        return room.compartment
    return ref.id if ref.kind is RoomKind.GROUP else OPEN
