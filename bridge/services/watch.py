"""Says when to look: at start, at an interval, soon after events, and now and then at every room whole."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from bridge.domain.errors import ParvisError
from bridge.domain.findings import Finding
from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput
from bridge.ports.clock import Clock
from bridge.services.applying.results import STOPPED, RunResult
from bridge.services.dispatching.waiting import woken
from bridge.services.reconcile import Reconciler
from bridge.services.world import World

DEBOUNCE: Final = 0.5
"""Seconds in which a burst of events becomes one look; where looks take longer, as long as the last one took, so that
events without end keep the machine busy half of the time at most."""
LONGEST: Final = 5.0
"""Seconds that it becomes at most: what others break is put right soon in a large company, too."""
FULL: Final = timedelta(hours=1)
FAR: Final = datetime.max.replace(tzinfo=UTC)
RETRY: Final = 15.0
"""Seconds after a look that could not be made, and at first after one in which a room had to stop."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLook:
    """How the last pass went; ``error`` when it could not be made. ``due`` is when the last one was made that nothing
    made come: the others tell when something happens, in hidden rooms, too."""

    at: datetime
    due: datetime | None = None
    world: World | None = None
    result: RunResult | None = None
    findings: tuple[Finding, ...] = ()
    error: ParvisError | None = None


@dataclass(slots=True, kw_only=True)
class Watch:
    """Runs passes one after the other, never two at once.

    The directory is read ``every`` so often, and when an account or a first load ends, and all rooms every hour,
    whatever else makes it look, or keeps it from it; ``seen`` is told of each new world.
    """

    reconciler: Reconciler
    clock: Clock
    every: timedelta
    seen: Callable[[World], None]
    last: LastLook | None = None
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _read: bool = True
    _applied: str = ""
    _pause: float = 0.0
    _took: float = 0.0
    _due: datetime | None = None
    _known: asyncio.Event = field(default_factory=asyncio.Event)
    _free: asyncio.Event = field(default_factory=asyncio.Event)
    _newer: World | None = None
    _heeding: int = 0
    _heeded: int = 0
    _read_at: datetime = field(init=False)
    _full_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._read_at = self._full_at = self.clock.now()

    def wake(self, *, read: bool = False) -> None:
        """Ask for a pass soon; with ``read`` one that reads the directory again, because somebody's run is over."""
        self._read = self._read or read
        self._woken.set()
        if read:
            self._free.set()

    async def run(self) -> None:
        """Pass after pass until cancelled. A pass that fails is tried again soon; nothing stops the watch.

        The first look only looks, at the rooms as last seen: so that who asks for something soon after a start is
        answered, before every room has been read.
        """
        await self._begin()
        while True:
            began = self.clock.monotonic()
            whole = await self.look(verify=self.clock.now() >= self._full_at)
            self._took = self.clock.monotonic() - began
            if whole:
                await self._wait()
            else:
                # Events do not hurry: while another process applies a plan, each of its writes is one.
                await woken(self._free, self.clock, RETRY)

    async def known(self) -> None:
        """Wait until there was a look, or an error that says why there is none."""
        await self._known.wait()

    async def _begin(self) -> None:
        try:
            world = await self.reconciler.look(keep=True)
        except Exception as error:  # noqa: BLE001 - kept and logged; no trouble of the moment ends the watch
            self._failed(error)
        else:
            self._due = self.clock.now()
            self.looked(world)
        self._known.set()

    async def look(self, *, verify: bool = False) -> bool:
        """One pass; whether it could be made whole."""
        now = self.clock.now()
        due = verify or now >= self._read_at
        read, self._read = self._read or due, False
        self._woken.clear()
        self._free.clear()
        self._newer = None
        try:
            world, result, findings = await self.reconciler.settle(read=read, verify=verify, seen=self._found)
        except Exception as error:  # noqa: BLE001 - as above
            self._read = self._read or read
            self._failed(error)
            return False
        self._read_at = min(now + self.every, world.until or FAR) if read else self._read_at
        self._full_at = now + FULL if verify else self._full_at
        latest = world if self._newer is None else replace(self._newer, bindings=world.bindings)
        self._due = self.clock.now() if due else self._due
        self.last = LastLook(at=self.clock.now(), due=self._due, world=latest, result=result, findings=findings)
        self.seen(latest)
        if result is not None and result.done and world.plan.fingerprint != self._applied:
            # Look again: nothing should be left. The same plan twice in a row would never end, so it waits its turn.
            self._woken.set()
        if result is not None and result.stepped_aside:
            self._woken.set()  # what it was to do was planned before
        self._applied = world.plan.fingerprint if result is not None and not result.stepped_aside else ""
        stopped = result is not None and any(finding.kind == STOPPED for finding in result.findings)
        self._pause = max(RETRY, 2 * self._pause) if stopped else 0.0
        return result is None or not result.left_out

    @property
    def patience(self) -> float:
        """Seconds until the next look if nothing wakes it: when the directory, or all rooms, are to be read again, or
        somebody's turn comes to be invited. A room that had to stop is tried again soon, then ever more rarely."""
        world = self.last.world if self.last else None
        turns = [one.by for one in world.plan.later if one.drawn] if world else []
        due = min([self._read_at, self._full_at, *turns]) - self.clock.now()
        seconds = max(0.0, due.total_seconds())
        return min(self._pause, seconds) if self._pause else seconds

    def looked(self, world: World) -> None:
        """Who asks meanwhile is answered by what is known now, and need not wait until rooms follow."""
        self.last = LastLook(at=self.clock.now(), due=self._due, world=world, findings=world.findings)
        self.seen(world)

    def _found(self, world: World) -> None:
        """What a pass found counts, unless it began before something that was decided meanwhile."""
        self.looked(self._newer or world)

    async def heed(self) -> None:
        """Have what was just decided counted by whoever asks next, then ask for a pass: it comes a moment later, and
        rooms may take minutes to follow. No homeserver is asked anything."""
        self._heeding += 1
        mine = self._heeding
        try:
            world = await self.reconciler.glance(read=False)
        except ParvisError as error:
            self._failed(error)
        else:
            if mine > self._heeded:  # a glance that began later knows of more, whichever ends first
                self._heeded, self._newer = mine, world
                self.looked(world)
        self.wake()

    def _failed(self, error: Exception) -> None:
        """Keep what is known of the world, and say why there is nothing newer."""
        if isinstance(error, ParvisError):
            # What is wrong with a directory may name what few may know: the log says where, ``parvis check`` what.
            reason = {} if isinstance(error, InvalidInput) else {"reason": str(error.message)}
            log.warning("look failed", kind=str(error.kind), detail=error.detail, **reason)
        else:
            log.error("a look broke", exc_info=error)
            error = ParvisError(say("Something went wrong on our side; the log says what."), detail=repr(error))
        world = self.last.world if self.last else None
        self.last = LastLook(at=self.clock.now(), due=self._due, world=world, error=error)

    async def _wait(self) -> None:
        """Until woken, or as long as patience lasts; when woken a little longer: a burst becomes one pass."""
        await woken(self._woken, self.clock, self.patience)
        if self._woken.is_set():
            await self.clock.sleep(min(max(DEBOUNCE, self._took), LONGEST))
