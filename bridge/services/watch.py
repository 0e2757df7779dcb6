"""Says when to look: at start, at an interval, soon after events, and now and then at every room whole."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bridge.domain.errors import ParvisError
from bridge.domain.findings import Finding
from bridge.ports.clock import Clock
from bridge.services.applying.results import RunResult
from bridge.services.reconcile import Reconciler
from bridge.services.world import World

DEBOUNCE: Final = 0.5
"""Seconds in which a burst of events becomes one look."""
FULL: Final = timedelta(hours=1)
RETRY: Final = 15.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLook:
    """How the last pass went; ``error`` when it could not be made."""

    at: datetime
    world: World | None = None
    result: RunResult | None = None
    findings: tuple[Finding, ...] = ()
    error: ParvisError | None = None


@dataclass(slots=True, kw_only=True)
class Watch:
    """Runs passes one after the other, never two at once.

    ``every`` is the interval between readings of the directory; ``seen`` is told of each new world.
    """

    reconciler: Reconciler
    clock: Clock
    every: timedelta
    seen: Callable[[World], None]
    last: LastLook | None = None
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _read: bool = True
    _applied: str = ""
    _known: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self, *, read: bool = False) -> None:
        """Ask for a pass soon; with ``read`` one that reads the directory again."""
        self._read = self._read or read
        self._woken.set()

    async def run(self) -> None:
        """Pass after pass until cancelled. A pass that fails is tried again soon; nothing stops the watch.

        The first look only looks, at the rooms as last seen: so that who asks for something soon after a start is
        answered, before every room has been read.
        """
        await self._begin()
        full_at = self.clock.now()
        while True:
            verify = self.clock.now() >= full_at
            failed = not await self.look(verify=verify)
            if verify and not failed:
                full_at = self.clock.now() + FULL
            await self._wait(RETRY if failed else self.every.total_seconds())

    async def known(self) -> None:
        """Wait until there was a look, or an error that says why there is none."""
        await self._known.wait()

    async def _begin(self) -> None:
        try:
            world = await self.reconciler.look(keep=True)
        except ParvisError as error:
            self.last = LastLook(at=self.clock.now(), error=error)
            log.warning("first look failed", kind=str(error.kind), reason=str(error.message), detail=error.detail)
        else:
            self.last = LastLook(at=self.clock.now(), world=world, findings=world.findings)
            self.seen(world)
        self._known.set()

    async def look(self, *, verify: bool = False) -> bool:
        """One pass; whether it could be made."""
        read, self._read = self._read, False
        self._woken.clear()
        try:
            world, result, findings = await self.reconciler.settle(read=read or verify, verify=verify)
        except ParvisError as error:
            self._read = self._read or read
            self.last = LastLook(at=self.clock.now(), world=self.last.world if self.last else None, error=error)
            log.warning("look failed", kind=str(error.kind), reason=str(error.message), detail=error.detail)
            return False
        self.last = LastLook(at=self.clock.now(), world=world, result=result, findings=findings)
        self.seen(world)
        if result is not None and result.complete and world.plan.fingerprint != self._applied:
            # Look again: nothing should be left. The same plan twice in a row would never end, so it waits its turn.
            self._woken.set()
        self._applied = world.plan.fingerprint if result is not None else ""
        return True

    async def _wait(self, seconds: float) -> None:
        """Until woken, at most ``seconds``; then a little longer, so that a burst becomes one pass."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            self._read = True
            return
        await self.clock.sleep(DEBOUNCE)
