"""Leases under which plans are applied, one per compartment: whoever changes its rooms is alone with them.

Per compartment, because a refusal that only a hidden group causes would tell of it (DESIGN section 7).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import Final

import structlog

from bridge.domain.errors import ErrorKind, ParvisError, StoreError
from bridge.domain.messages import say
from bridge.domain.viewers import OPEN, Compartment
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import Store

LEASE: Final = "apply"
SECONDS: Final = 15.0
"""Renewed three times as often; who was killed keeps others waiting no longer than this."""

URGENT: Final = "\0urgent"
"""Stands among compartments, and is none: whoever holds its lease goes before all others."""
PATIENCE: Final = SECONDS + 5.0
"""Seconds that what is urgent waits for leases: longer than the dead keep any and the living take to step aside."""
AGAIN: Final = 0.05
"""Seconds between two attempts to get them."""

TURN: Final = SECONDS + 5.0
"""Seconds for which a command waits its turn: longer than a process that was killed holds anything."""
LOOK: Final = 0.5
"""Seconds between two looks whether it has come."""

BUSY: Final = say("Another application of a plan is running. Wait until it has ended, then look at the plan again.")

log = structlog.get_logger()


class Hold:
    """The leases of one application; ``compartments`` are those that it still has."""

    def __init__(self, store: Store, clock: Clock, holder: str, *, urgent: bool = False) -> None:
        self._store, self._clock, self._holder, self._urgent = store, clock, holder, urgent
        self.compartments: frozenset[Compartment] = frozenset()
        self.begun = 0.0
        """On the loop's clock, when the taking of them began."""

    async def take(self, wanted: Collection[Compartment], *, leave_busy: bool) -> None:
        """Take all or none, with ``leave_busy`` all but the hidden ones that are taken. Raises a conflict."""
        self.begun = asyncio.get_running_loop().time()
        async with self._store.work() as work:
            if not self._urgent and await work.leases.taken([_name(URGENT)], now=self._clock.now()):
                raise ParvisError(BUSY, kind=ErrorKind.CONFLICT)
            # In one order everywhere, or two might wait for each other's row.
            taken = [
                one
                for one in sorted(set(wanted))
                if await work.leases.take(_name(one), self._holder, now=self._clock.now(), seconds=SECONDS)
            ]
            missing = set(wanted).difference(taken)
            if OPEN in missing or (missing and not leave_busy):
                raise ParvisError(BUSY, kind=ErrorKind.CONFLICT)
        self.compartments = frozenset(taken)

    async def take_soon(self, wanted: Collection[Compartment]) -> None:
        """Take all, as soon as those who have them have stepped aside. Raises a conflict when that takes too long."""
        end = self._clock.monotonic() + PATIENCE
        while True:
            try:
                return await self.take(wanted, leave_busy=False)
            except ParvisError as error:
                if error.kind is not ErrorKind.CONFLICT or self._clock.monotonic() >= end:
                    raise
            await self._clock.sleep(AGAIN)

    async def in_the_way(self) -> bool:
        """Whether somebody in a hurry waits for this to end."""
        if self._urgent:
            return False
        async with self._store.view() as view:
            return await view.leases.taken([_name(URGENT)], now=self._clock.now())

    async def renew(self) -> bool:
        """Once more for the full time; False when one of them is somebody else's now."""
        async with self._store.work() as work:
            now = self._clock.now()
            taken = [
                await work.leases.take(_name(one), self._holder, now=now, seconds=SECONDS)
                for one in sorted(self.compartments)
            ]
        return all(taken)

    async def release(self, compartments: Collection[Compartment]) -> None:
        """Give these back, the rest later."""
        given = self.compartments.intersection(compartments)
        self.compartments -= given
        if not given:
            return
        async with self._store.work() as work:
            for one in sorted(given):
                await work.leases.release(_name(one), self._holder)


def _name(compartment: Compartment) -> str:
    if compartment == URGENT:
        return "urgent"
    return f"{LEASE}/{compartment}" if compartment else LEASE


async def turn(store: Store, clock: Clock, compartments: Collection[Compartment]) -> bool:
    """Wait until nobody applies in these compartments, ``TURN`` at most; whether there was anything to wait for.

    Nobody can tell who died from who is at work, and both end; what waited must then look at the world again.
    """
    names = sorted(map(_name, compartments))
    waited, end = False, clock.monotonic() + TURN
    while clock.monotonic() < end:
        async with store.view() as view:
            if not await view.leases.taken(names, now=clock.now()):
                break
        waited = True
        await clock.sleep(LOOK)
    return waited


@asynccontextmanager
async def leased(
    store: Store,
    clock: Clock,
    chance: Chance,
    compartments: Collection[Compartment],
    *,
    leave_busy: bool = False,
    urgent: bool = False,
    aside: Callable[[], None] = lambda: None,
) -> AsyncIterator[Hold]:
    """Hold the leases of these compartments while the block runs, or until it gives them back.

    What is ``urgent`` waits for them a little; others are told to step ``aside`` when something urgent waits.

    Raises a conflict when somebody else holds one, also when that turns out in the middle: whoever could not renew in
    time must stop at once, or two would apply. With ``leave_busy`` hidden ones that are taken are left out instead.
    """
    hold = Hold(store, clock, chance.token(), urgent=urgent)
    if urgent:
        await hold.take_soon(compartments)
    else:
        await hold.take(compartments, leave_busy=leave_busy)
    try:
        async with asyncio.timeout_at(hold.begun + SECONDS) as end:
            renewal = asyncio.create_task(_renew(hold, clock, end, aside))
            try:
                yield hold
            finally:
                renewal.cancel()
                await asyncio.gather(renewal, return_exceptions=True)
                await hold.release(hold.compartments)
    except TimeoutError as error:
        if not end.expired():
            raise
        raise ParvisError(
            say("This application of the plan was stopped: another one may have begun."), kind=ErrorKind.CONFLICT
        ) from error


async def _renew(hold: Hold, clock: Clock, end: asyncio.Timeout, aside: Callable[[], None]) -> None:
    """Move ``end`` on with every renewal, and to the present when a lease is somebody else's."""
    loop = asyncio.get_running_loop()
    while True:
        await clock.sleep(SECONDS / 3)
        begun = loop.time()
        try:
            waited_for, ours = await hold.in_the_way(), await hold.renew()
        except StoreError as error:
            log.warning("the lease is not renewed yet", reason=str(error), detail=error.detail)
            continue
        end.reschedule(begun + SECONDS if ours else begun)
        if not ours:
            return
        if waited_for:
            aside()
