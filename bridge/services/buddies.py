"""Volunteers who accompany newcomers: kept as standing offers, chosen evenly. Called by onboarding."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.rules.buddies import buddy_for
from bridge.rules.facts import Facts

VOLUNTEER: Final = "buddy-volunteer"
"""Somebody offers to accompany newcomers, until they say otherwise."""
FOR_GOOD: Final = timedelta(days=3650)
SETTLING: Final = timedelta(days=30)
"""For so long a newcomer is looked after, whether they still go through onboarding or not."""


@dataclass(slots=True)
class Seats:
    """Who offers, and how many newcomers each has now. Taking a seat counts at once, so that many who arrive together
    are spread evenly."""

    volunteers: frozenset[str]
    burdens: Counter[str]

    def take(self, facts: Facts, user: str) -> str:
        """The buddy of somebody who arrives; empty where there is none."""
        buddy = buddy_for(facts, user, self.volunteers, self.burdens)
        if buddy is None:
            return ""
        self.burdens[buddy] += 1
        return buddy


async def seats(unit: UnitOfWork, now: datetime) -> Seats:
    """What is free now. In the unit of work that keeps who arrives, so that two never take the same seat."""
    volunteers = frozenset(item.asker for item in await unit.pending.open(VOLUNTEER))
    burdens: Counter[str] = Counter()
    for progress in await unit.onboarding.all() if volunteers else ():
        if progress.buddy in volunteers and (progress.stage.open or progress.begun_at + SETTLING > now):
            burdens[progress.buddy] += 1
    return Seats(volunteers, burdens)


async def volunteer(work: UnitOfWork, user: str, now: datetime) -> None:
    """They offer to accompany newcomers; saying so twice changes nothing."""
    item = Pending(
        key=_key(user),
        kind=VOLUNTEER,
        asker=user,
        room_id="",
        document={},
        created_at=now,
        expires_at=now + FOR_GOOD,
    )
    await work.pending.put(item)


async def withdraw(work: UnitOfWork, user: str) -> None:
    """They do so no longer. Whom they accompany already, they go on accompanying."""
    await work.pending.remove([_key(user)])


async def volunteers(unit: UnitOfWork, user: str) -> bool:
    """Whether somebody offers."""
    return await unit.pending.get(_key(user)) is not None


def _key(user: str) -> str:
    return f"{VOLUNTEER}:{user}"
