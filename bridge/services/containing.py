"""Shutting a partner out at once: everybody of it out of every room, the doors closed behind them, all of it read back.

Begun by whoever suspends or ends an agreement, from an item that is stored with the decision; a restart goes on.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.partners import Partner, PartnerState
from bridge.domain.rooms import partner_space
from bridge.domain.viewers import OPEN
from bridge.planning.containing import Outsiders, containment
from bridge.planning.plan import Plan
from bridge.ports.clock import Chance, Clock
from bridge.ports.pending import Pending
from bridge.ports.store import Store
from bridge.rules.partners import acl_names, belonging
from bridge.services.applying.executor import Executor
from bridge.services.doorstep import for_the_first_time
from bridge.services.receipts import RECEIPT, Receipt, gathered, receipt_entries
from bridge.services.reconcile import Reconciler
from bridge.services.world import World

CONTAINMENT: Final = "containment"
"""The kind of the items that say that a partner is to be shut out."""
LASTS: Final = timedelta(days=90)
OUT: Final = frozenset({PartnerState.SUSPENDED, PartnerState.ENDED})
AGAIN: Final = 2.0
"""Seconds until the next attempt while the homeserver or another process is in the way."""
PASSES: Final = 5
"""Attempts at what the homeserver refuses, before the receipt says that it remains."""
DONE, OVERTAKEN = "done", "overtaken"

log = structlog.get_logger()


def containment_item(
    partner: Partner, *, actor: str, origin: str, at: datetime, room_id: str = "", reason: str = ""
) -> Pending:
    """What is stored with the decision of the event ``origin`` that the partner, as it will be, is out. The receipt is
    told in ``room_id``; empty for nowhere."""
    return Pending(
        key=f"{CONTAINMENT}:{origin}",
        kind=CONTAINMENT,
        asker=actor,
        room_id=room_id,
        document={"partner": partner.id, "state": partner.state.value, "origin": origin, "reason": reason},
        created_at=at,
        expires_at=at + LASTS,
    )


def outsiders_of(world: World, partner: Partner) -> Outsiders:
    """Who is shut out with a partner."""
    claims, _ = belonging([partner], own_server=world.facts.server_name)
    guests = world.facts.directory.guests.values()
    return Outsiders(
        claims=claims,
        people=frozenset(guest.user for guest in guests if guest.partner == partner.id) - world.facts.employees,
        servers=acl_names(partner),
        space=world.room_ids().get(partner_space(partner.id), ""),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Containing:
    """``executor`` is an urgent one. ``ended`` is called when somebody has been shut out, so that rooms get their other
    changes and the receipt is told."""

    store: Store
    reconciler: Reconciler
    executor: Executor
    clock: Clock
    chance: Chance
    ended: Callable[[], None]
    _under_way: dict[str, asyncio.Task[None]] = field(default_factory=dict, init=False)

    async def go(self) -> None:
        """Begin whatever is stored and not under way: what was just decided, or what a crash interrupted."""
        async with self.store.view() as view:
            items = await view.pending.open(CONTAINMENT)
        for item in items:
            self.begin(item)

    def begin(self, item: Pending) -> None:
        """Shut a partner out, in a task of its own."""
        if item.key not in self._under_way:
            task = asyncio.create_task(self._until_done(item), name=item.key)
            self._under_way[item.key] = task
            task.add_done_callback(lambda _: self._under_way.pop(item.key, None))

    async def over(self) -> None:
        """Wait for the end of what is under way."""
        await asyncio.gather(*self._under_way.values())

    async def stop(self) -> None:
        """Leave what is under way as a crash would: the next start goes on with it."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _until_done(self, item: Pending) -> None:
        """A homeserver, store or process in trouble is waited for, however long it takes."""
        while not await self._attempted(item):
            await self.clock.sleep(AGAIN)

    async def _attempted(self, item: Pending) -> bool:
        """False when it is to be tried again soon; what is broken is tried again by the next round."""
        try:
            await self.contain(item)
        except ParvisError as error:
            log.warning("shutting a partner out waits", reason=str(error.message), detail=error.detail)
            return error.kind not in (ErrorKind.TEMPORARY, ErrorKind.CONFLICT)
        except Exception:
            log.exception("shutting a partner out broke")
        return True

    async def contain(self, item: Pending) -> None:
        """Do it, read it back, and store the receipt: first of all that is open, so that nobody can tell by the time
        whether there was more. Everything may be repeated. Raises ``ParvisError``."""
        if await self._shut(item, hidden=False):
            await self._shut(item, hidden=True)

    async def _shut(self, item: Pending, *, hidden: bool) -> bool:
        """One of the two; False when something else was decided since."""
        attempts, read = 0, False
        while True:
            found = await self._look(item, hidden=hidden)
            if found is None:
                await self._overtaken(item, hidden=hidden)
                return False
            world, partner, plan = found
            receipt = (await self._receipt(item, world, partner, plan)).within(hidden=hidden)
            if (plan.empty and read) or attempts == PASSES:
                break
            if plan.empty:  # somebody else did it, or a process that died
                await self.executor.verifier.verify(receipt.rooms, directory=False)
            else:
                await self.clock.sleep(AGAIN if attempts else 0)
                await self.executor.apply(plan, employees=world.facts.employees, actor=item.asker)
                attempts += 1
            read = True
        await self._conclude(item, receipt, hidden=hidden)
        return True

    async def _receipt(self, item: Pending, world: World, partner: Partner, left: Plan) -> Receipt:
        outsiders, now = outsiders_of(world, partner), self.clock.now()
        return await gathered(self.store, item, partner, outsiders, left, verified_at=now)

    async def _look(self, item: Pending, *, hidden: bool) -> tuple[World, Partner, Plan] | None:
        """The world, and what is still to do in it; None when something else was decided since."""
        world = await self.reconciler.glance(read=False, urgent=True)
        partner = world.facts.directory.partners.get(item.document["partner"])
        if partner is None or partner.state not in OUT:
            return None
        plan = containment(world.plan, outsiders_of(world, partner))
        return world, partner, Plan.of(part for part in plan.parts if (part.compartment != OPEN) is hidden)

    async def _conclude(self, item: Pending, receipt: Receipt, *, hidden: bool) -> None:
        now = self.clock.now()
        entries = [
            replace(entry, id=self.chance.token())
            for entry in receipt_entries(receipt)
            if (entry.compartment != OPEN) is hidden
        ]
        async with self.store.work() as work:
            if not hidden and not await for_the_first_time(work, f"{item.key}:open", now):
                return
            if hidden and not await work.pending.settle(item.key, DONE, now):
                return
            await work.audit.intend(entries)
            for entry in entries:
                await work.pending.put(_untold(item, entry.id, entry.compartment, now))
        if not hidden:
            log.info("a partner is shut out", partner=receipt.partner, state=str(receipt.state))
        self.ended()

    async def _overtaken(self, item: Pending, *, hidden: bool) -> None:
        """Whoever asked is told that there is no receipt, unless they have the one of all that is open."""
        now = self.clock.now()
        async with self.store.work() as work:
            open_done = await work.pending.get(f"{item.key}:open") is not None
            if await work.pending.settle(item.key, OVERTAKEN, now) and not (hidden or open_done):
                await work.pending.put(_untold(item, "", OPEN, now))
        self.ended()


def _untold(item: Pending, entry: str, compartment: str, now: datetime) -> Pending:
    """That the part of a receipt which the audit log holds as ``entry`` is still to be told; without one, that there
    is none."""
    return replace(
        item,
        key=f"{RECEIPT}:{entry or item.key}",
        kind=RECEIPT,
        document={**item.document, "entry": entry, "compartment": compartment},
        created_at=now,
        expires_at=now + LASTS,
    )
