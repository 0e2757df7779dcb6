"""Keeps when people are invited to hidden rooms, so that a restart changes no moment. Called by ``looking`` and
``reconcile``; ``planning/spacing`` says who waits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from bridge.domain.rooms import RoomRef
from bridge.planning.braking import Seat
from bridge.planning.plan import Later, Plan
from bridge.planning.spacing import Spacing, drawn_from, seats_of
from bridge.ports.clock import Chance
from bridge.ports.pending import Pending
from bridge.ports.store import Store, UnitOfWork

SPREAD: Final = "spread"
"""The kind of what is kept: one item for each person and room."""
LASTS: Final = timedelta(days=30)
"""Written beside every item, in the clear, and so the same for all: the moment itself is sealed."""
AT_ONCE: Final = 200
"""Moments stored in one unit of work."""


def drawn(items: Iterable[Pending]) -> Mapping[Seat, datetime]:
    """The moments that are kept."""
    return {
        (RoomRef.parse(one.document["room"]), one.asker): datetime.fromisoformat(one.document["at"]) for one in items
    }


async def draw(store: Store, plan: Plan, spacing: Spacing, chance: Chance) -> Plan:
    """The plan in which everybody who is invited later has a moment, which is kept; moments of who is not to be invited
    any more, or came in, are forgotten. Nothing is written when there is nothing new."""
    seats = seats_of(plan)
    async with store.view() as view:
        kept = {one.key: one for one in await view.pending.open(SPREAD)}
    wanted = {_key(seat) for seat in seats}
    new = (one for one in plan.later if not one.drawn)
    while some := tuple(islice(new, AT_ONCE)):
        async with store.work() as work:
            for one in some:
                # Another process may have drawn meanwhile: what is stored first is when it happens.
                item = await work.pending.put(_item(one, drawn_from(chance.token(), spacing), spacing.now))
                kept[item.key] = item
    if spent := kept.keys() - wanted:
        async with store.work() as work:
            await work.pending.remove(sorted(spent))
    return _told(plan, drawn(kept.values())) if any(plan.later) else plan


async def at_once(work: UnitOfWork, ref: RoomRef, user: str, now: datetime) -> None:
    """Somebody asks for the invitation themselves: whoever watches learns nothing by its moment."""
    one = Later(ref=ref, user=user, by=now)
    await work.pending.remove([_key((ref, user))])
    await work.pending.put(_item(one, now, now))


def _told(plan: Plan, moments: Mapping[Seat, datetime]) -> Plan:
    parts = (replace(part, later=tuple(_at(one, moments) for one in part.later)) for part in plan.parts)
    return replace(plan, parts=tuple(parts))


def _at(one: Later, moments: Mapping[Seat, datetime]) -> Later:
    moment = moments.get((one.ref, one.user))
    return replace(one, by=moment, drawn=True) if moment else one


def _key(seat: Seat) -> str:
    ref, user = seat
    return f"{SPREAD}:{ref}:{user}"


def _item(one: Later, moment: datetime, now: datetime) -> Pending:
    return Pending(
        key=_key((one.ref, one.user)),
        kind=SPREAD,
        asker=one.user,
        room_id="",
        document={"room": str(one.ref), "at": moment.isoformat()},
        created_at=now,
        expires_at=now + LASTS,
    )
