"""Strangers who came into rooms of ours from other servers: noted with the event, so that taking them out waits for
nobody's word, however many they are. Noted by the doorkeeper, read by the look, forgotten by the tidying.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.events import Event
from bridge.domain.ids import server_of
from bridge.domain.rooms import group_room
from bridge.planning.braking import Seat
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.rules.facts import Facts
from bridge.rules.partners import partner_of

INTRUDER: Final = "intruder"
LASTS: Final = timedelta(hours=1)
"""Who is in for longer than that has not come a moment ago: then the brake counts them, as it does all others."""


def is_stranger(facts: Facts, user: str) -> bool:
    """Whether somebody of another server belongs to no partner, and did not until it was suspended or over. Those whom
    a broken directory forgets are strangers, too; but they came before it did."""
    if server_of(user) == facts.server_name.lower():
        return False
    return partner_of(user, facts.claims) is None and partner_of(user, facts.dismissed) is None


async def note(work: UnitOfWork, event: Event, group: str, now: datetime) -> None:
    """The event lets its ``state_key`` into the group's room, or asks them in; in the unit of work that notes it."""
    await work.pending.put(
        Pending(
            key=f"{INTRUDER}:{event.id}",
            kind=INTRUDER,
            asker=event.state_key or "",
            room_id=event.room_id,
            document={"group": group},
            created_at=now,
            expires_at=now + LASTS,
        )
    )


def seats(items: Iterable[Pending]) -> frozenset[Seat]:
    """Whose removal counts nothing for the brake, and from which rooms, by the open items of the kind ``INTRUDER``."""
    return frozenset((group_room(item.document["group"]), item.asker) for item in items)
