"""Applying a plan: leases, stage by stage, rooms side by side, every action audited, then a look at the result."""

import asyncio
from base64 import b32encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Final

import structlog

from bridge.domain.errors import ErrorKind, HomeserverError, ParvisError, only_ours
from bridge.domain.rooms import RoomKind
from bridge.domain.viewers import OPEN, Compartment
from bridge.planning.actions import CreateRoom, Phase, Publish, SetAlias
from bridge.planning.plan import Plan, PlanPart
from bridge.ports.clock import Chance, Clock
from bridge.ports.homeserver import Homeserver
from bridge.ports.messenger import Messenger
from bridge.ports.store import Run, Store
from bridge.rules.naming import plain_marker
from bridge.services.applying.course import Course, Tally
from bridge.services.applying.doing import Doing
from bridge.services.applying.hands import Sealed, unasked
from bridge.services.applying.lease import BUSY, URGENT, Hold, leased
from bridge.services.applying.ledger import Ledger
from bridge.services.applying.pace import Pace
from bridge.services.applying.resolving import resolve
from bridge.services.applying.results import Progress, RunResult, silent
from bridge.services.applying.slots import Slots
from bridge.services.applying.stages import stages, weight
from bridge.services.applying.way import Going, Way
from bridge.services.verify import Verifier

GROUPS: Final = (RoomKind.GROUP, RoomKind.SUBSPACE)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """Applies plans on one homeserver; ``pace`` says how many rooms change at once. An ``urgent`` one goes before all
    others that share its ``way``, and does not look at what became of what others left unfinished. ``sealed`` is asked
    before a room becomes encrypted, and raises when the bot has a device."""

    homeserver: Homeserver
    messenger: Messenger
    store: Store
    verifier: Verifier
    clock: Clock
    chance: Chance
    language: str
    room_version: str | None = None
    pace: Pace = field(default_factory=Pace)
    way: Way = field(default_factory=Way)
    urgent: bool = False
    sealed: Sealed = unasked

    async def apply(
        self,
        plan: Plan,
        *,
        employees: frozenset[str],
        actor: str = "",
        origin: str = "",
        progress: Progress = silent,
        leave_busy: bool = False,
        agreed: int | None = None,
    ) -> RunResult:
        """Apply ``plan`` on behalf of ``actor``; ``origin`` is the command's event id, if one asked. ``agreed`` is the
        edition of what is decided about partners by which it was planned: by an older one nothing is done.

        A failing room stops for this run, the others go on. Raises a conflict while somebody else applies in one of
        the plan's compartments; with ``leave_busy`` such hidden groups are left out instead, for another time.
        """
        parts = [part for part in plan.parts if part.actions]
        wanted = [part.compartment for part in parts]
        going = Going(self.way, urgent=self.urgent)
        async with self._leases(wanted, going, leave_busy=leave_busy) as hold:
            if agreed is not None and await self._agreed() != agreed:
                return RunResult(run="", done=0, total=0, stepped_aside=True)
            held = [part for part in parts if part.compartment in hold.compartments]
            if parts and not held:
                return RunResult(run="", done=0, total=0, left_out=True)
            run = await self._begin(held, plan.fingerprint, actor=actor, origin=origin)
            tally = Tally(total=_steps(held), progress=progress)
            course = _Run(self, run, employees, hold, tally, going)
            # Hidden groups come last and are waited for by nobody: what is open is over, and free, before they begin.
            opened = [part for part in held if part.compartment == OPEN]
            await course.through(opened)
            if opened:  # a log has many readers: it counts nothing that is hidden
                log.info("applied", run=run.id, done=tally.done, total=_steps(opened), findings=len(tally.findings))
            await course.through([part for part in held if part.compartment != OPEN])
            result = RunResult(
                run=run.id,
                done=tally.done,
                total=tally.total,
                findings=tuple(tally.findings),
                touched=Plan.of(held).rooms(),
                left_out=len(held) < len(parts),
                stepped_aside=going.stopped,
            )
            await self._finish(result)
        return result

    @asynccontextmanager
    async def _leases(self, wanted: Sequence[Compartment], going: Going, *, leave_busy: bool) -> AsyncIterator[Hold]:
        """Those of the plan. What is urgent closes the way to everything else first, here and in other processes."""
        leases = partial(leased, self.store, self.clock, self.chance)
        if not self.urgent:
            if self.way.closed:
                raise ParvisError(BUSY, kind=ErrorKind.CONFLICT)
            async with leases(wanted, leave_busy=leave_busy, aside=going.step_aside) as hold:
                yield hold
            return
        with self.way.cleared():
            async with leases([URGENT], urgent=True), leases(wanted, urgent=True) as hold:
                yield hold

    async def _agreed(self) -> int:
        async with self.store.view() as view:
            return await view.partners.edition()

    async def _begin(self, parts: Sequence[PlanPart], fingerprint: str, *, actor: str, origin: str) -> Run:
        run = Run(
            id=_readable(self.chance.token()),
            origin=origin,
            actor=actor,
            compartments=tuple(part.compartment for part in parts),
            fingerprint=fingerprint,
            groups=_groups(parts),
            started_at=self.clock.now(),
        )
        async with self.store.work() as work:
            await work.runs.begin(run)
        return run

    async def _finish(self, result: RunResult) -> None:
        summary = {"done": result.done, "total": result.total, "findings": len(result.findings)}
        async with self.store.work() as work:
            await work.runs.finish(result.run, at=self.clock.now(), summary=summary)

    async def recover(self) -> None:
        """Find out what became of actions whose outcome nobody stored: those of a process that died.

        What somebody else is doing at the moment is theirs. Raises a conflict when that is the open compartment.
        """
        async with self.store.view() as view:
            found = {entry.compartment for entry in await view.audit.unresolved()}
        if not found:
            return
        async with leased(self.store, self.clock, self.chance, found, leave_busy=True) as hold:
            await resolve(self.homeserver, self.store, self.verifier, self.clock, hold.compartments)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run on its way through the compartments that it holds."""

    executor: Executor
    run: Run
    employees: frozenset[str]
    hold: Hold
    tally: Tally
    going: Going
    troubles: list[HomeserverError] = field(default_factory=list)

    async def through(self, parts: Sequence[PlanPart]) -> None:
        """Do these parts side by side, and give each compartment back as soon as it is done."""
        if not parts:
            return
        executor = self.executor
        compartments = frozenset(part.compartment for part in parts)
        if not executor.urgent:
            await resolve(executor.homeserver, executor.store, executor.verifier, executor.clock, compartments)
        doing, slots = await self._prepare(parts), Slots(executor.pace)
        try:
            async with asyncio.TaskGroup() as tasks:
                for part in parts:
                    tasks.create_task(self._part(part, Course(doing=doing, slots=slots, tally=self.tally)))
        except BaseExceptionGroup as group:
            if (ours := only_ours(group)) is None:
                raise
            raise ours from group
        if self.troubles:
            raise self.troubles[0]

    async def _part(self, part: PlanPart, course: Course) -> None:
        for stage in stages(part.actions, urgent=self.executor.urgent):
            await course.run(stage)
        if not self.going.stopped:
            await self._verify(part, course)
        await self.hold.release([part.compartment])

    async def _verify(self, part: PlanPart, course: Course) -> None:
        try:
            listed = {action.ref for action in part.actions if isinstance(action, Publish | SetAlias)}
            await self.executor.verifier.verify(
                {action.ref for action in part.actions}, directory=False, unlisted=course.doing.made - listed
            )
        except HomeserverError as error:
            # Told when all have ended: one that cannot be read now stops no other.
            self.troubles.append(error)

    async def _prepare(self, parts: Sequence[PlanPart]) -> Doing:
        executor = self.executor
        compartments = {action.ref: part.compartment for part in parts for action in part.actions}
        version = executor.room_version or ""
        if not version and any(action.phase is Phase.CREATE for part in parts for action in part.actions):
            version = await executor.homeserver.default_room_version()
        async with executor.store.work() as work:
            bindings = {binding.ref: binding for binding in await work.rooms.bindings()}
            made = {action.ref for part in parts for action in part.actions if isinstance(action, CreateRoom)}
            for ref in sorted(made - bindings.keys()):
                marker = executor.chance.token() if compartments[ref] else plain_marker(ref)
                bindings[ref] = await work.rooms.intend(ref, marker)
        return Doing(
            homeserver=executor.homeserver,
            messenger=executor.messenger,
            ledger=Ledger(
                store=executor.store,
                clock=executor.clock,
                chance=executor.chance,
                run=self.run.id,
                actor=self.run.actor,
            ),
            bindings=bindings,
            room_ids={ref: binding.room_id for ref, binding in bindings.items() if binding.room_id},
            compartments=compartments,
            going=self.going,
            sealed=executor.sealed,
            employees=self.employees,
            language=executor.language,
            room_version=version,
        )


def _readable(token: str) -> str:
    """A run's id: twelve small letters and digits, which can be read out and which nothing takes for an option."""
    return b32encode(sha256(token.encode()).digest())[:12].decode().lower()


def _groups(parts: Sequence[PlanPart]) -> tuple[str, ...]:
    """The groups whose rooms change."""
    refs = {action.ref for part in parts for action in part.actions}
    return tuple(sorted({ref.id for ref in refs if ref.kind in GROUPS}))


def _steps(parts: Sequence[PlanPart]) -> int:
    return sum(weight(action) for part in parts for action in part.actions)
