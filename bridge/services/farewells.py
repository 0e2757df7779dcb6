"""Partners that were suspended or ended, and those that come back: what their people are to be told, once each time.

Told by ``bots.admin.envoy``. Everything may be repeated after a crash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bridge.domain.partners import Partner, PartnerState, Standing
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.rules.partners import is_active, is_over
from bridge.services.containing import outsiders_of
from bridge.services.reconcile import Reconciler
from bridge.services.society import Society
from bridge.services.world import World

OUT: Final = "partner-out"
"""Keeps that a partner is out, as long as it is."""
WORD: Final = "partner-word"
"""What people of a partner are still to be told."""
KEPT: Final = timedelta(days=1096)
TELL_WITHIN: Final = timedelta(days=7)
"""Who cannot be told for so long is not told any more."""


class Turn(StrEnum):
    """What became of an agreement."""

    SUSPENDED = "suspended"
    ENDED = "ended"
    AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewells:
    """Stands on what is known of the world."""

    society: Society
    reconciler: Reconciler

    async def gather(self) -> None:
        """Keep what is to be told, in the unit of work that remembers it. Writes nothing where nothing is new. Raises
        ``StoreError``."""
        world = self.society.world()
        if world is None:
            return
        now = self.reconciler.clock.now()
        today, partners = now.astimezone(self.reconciler.timezone).date(), world.facts.directory.partners
        async with self.society.store.view() as view:
            known = {item.document["partner"]: item for item in await view.pending.open(OUT)}
        for partner_id in sorted(known.keys() | partners.keys()):
            partner, before = partners.get(partner_id), known.get(partner_id)
            turn = _turn(partner, today) if partner else None
            if turn != (before.document["turn"] if before else None):
                again = Turn.AGAIN if partner and is_active(partner, today) else None
                async with self.society.store.work() as work:
                    await _turned(work, partner_id, turn, turn or again, now)

    async def open(self) -> Sequence[Pending]:
        """What is still to be told, oldest first."""
        async with self.society.store.view() as view:
            return await view.pending.open(WORD)

    async def settle(self, item: Pending, outcome: str) -> None:
        """It was told, or is not to be."""
        async with self.society.store.work() as work:
            await work.pending.settle(item.key, outcome, self.reconciler.clock.now())


def people_of(world: World, partner: Partner) -> Sequence[str]:
    """Whoever of the partner was let in, or is named by it or by a group, sorted; also while it is out."""
    directory, outsiders = world.facts.directory, outsiders_of(world, partner)
    gone = {user for user, guest in directory.guests.items() if guest.standing is Standing.OUT}
    named = {user for group in directory.groups.values() for user in group.members}
    theirs = filter(outsiders.brought, {*outsiders.people, *partner.users, *named})
    return sorted(set(theirs) - gone)


def _turn(partner: Partner, today: date) -> Turn | None:
    if not is_over(partner, today):
        return None
    return Turn.SUSPENDED if partner.state is PartnerState.SUSPENDED else Turn.ENDED


async def _turned(work: UnitOfWork, partner: str, turn: Turn | None, word: Turn | None, now: datetime) -> None:
    """Remember ``turn`` in place of what was before, and have ``word`` told, where there is one."""
    await work.pending.remove([_key(partner)])
    if turn is not None:
        await work.pending.put(_item(OUT, _key(partner), {"partner": partner, "turn": str(turn)}, now))
    if word is not None:
        key = f"{WORD}:{partner}:{word}:{now.isoformat()}"
        await work.pending.put(_item(WORD, key, {"partner": partner, "turn": str(word)}, now))


def _key(partner: str) -> str:
    return f"{OUT}:{partner}"


def _item(kind: str, key: str, document: Mapping[str, str], now: datetime) -> Pending:
    lasts = KEPT if kind == OUT else TELL_WITHIN
    return Pending(key=key, kind=kind, asker="", room_id="", document=document, created_at=now, expires_at=now + lasts)
