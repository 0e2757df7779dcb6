"""Applying a plan: one lease, stage by stage, rooms side by side, every action audited, then a look at the result."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bridge.domain.errors import HomeserverError, only_ours
from bridge.domain.findings import Finding
from bridge.domain.rooms import RoomRef
from bridge.planning.actions import Action
from bridge.planning.plan import Plan
from bridge.ports.clock import Chance, Clock
from bridge.ports.homeserver import Homeserver
from bridge.ports.messenger import Messenger
from bridge.ports.store import Run, Store
from bridge.rules.naming import plain_marker
from bridge.services.applying.doing import Doing
from bridge.services.applying.lease import leased
from bridge.services.applying.ledger import Ledger
from bridge.services.applying.resolving import resolve
from bridge.services.applying.results import Progress, RunResult, silent
from bridge.services.applying.stages import Stage, stages, weight
from bridge.services.verify import Verifier

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """Applies plans on one homeserver; ``in_flight`` is how many rooms change at once (more only adds latency)."""

    homeserver: Homeserver
    messenger: Messenger
    store: Store
    verifier: Verifier
    clock: Clock
    chance: Chance
    language: str
    room_version: str | None = None
    in_flight: int = 4

    async def apply(
        self,
        plan: Plan,
        *,
        employees: frozenset[str],
        actor: str = "",
        origin: str = "",
        progress: Progress = silent,
    ) -> RunResult:
        """Apply ``plan`` on behalf of ``actor``; ``origin`` is the command's event id, if one asked.

        A failing room stops for this run, the others go on. Raises a conflict while somebody else applies.
        """
        async with leased(self.store, self.clock, self.chance):
            await resolve(self.homeserver, self.store, self.verifier, self.clock)
            run = Run(
                id=self.chance.token(),
                origin=origin,
                actor=actor,
                compartments=tuple(part.compartment for part in plan.parts if part.actions),
                fingerprint=plan.fingerprint,
                started_at=self.clock.now(),
            )
            async with self.store.work() as work:
                await work.runs.begin(run)
            doing = await self._prepare(plan, run, employees)
            course = Course(
                doing=doing, in_flight=self.in_flight, total=sum(map(weight, plan.actions)), progress=progress
            )
            for stage in stages(plan.actions):
                await course.run(stage)
            touched = plan.rooms()
            await self.verifier.verify(touched, directory=False)
            result = RunResult(
                run=run.id, done=course.done, total=course.total, findings=tuple(course.findings), touched=touched
            )
            async with self.store.work() as work:
                await work.runs.finish(
                    run.id,
                    at=self.clock.now(),
                    summary={"done": result.done, "total": result.total, "findings": len(result.findings)},
                )
        log.info("applied", run=run.id, done=result.done, total=result.total, findings=len(result.findings))
        return result

    async def recover(self) -> None:
        """Find out what became of actions whose outcome nobody stored: those of a process that died."""
        async with self.store.view() as view:
            if not await view.audit.unresolved():
                return
        async with leased(self.store, self.clock, self.chance):
            await resolve(self.homeserver, self.store, self.verifier, self.clock)

    async def _prepare(self, plan: Plan, run: Run, employees: frozenset[str]) -> Doing:
        version = self.room_version or await self.homeserver.default_room_version()
        compartments = {action.ref: part.compartment for part in plan.parts for action in part.actions}
        async with self.store.work() as work:
            bindings = {binding.ref: binding for binding in await work.rooms.bindings()}
            for ref in sorted(plan.rooms() - bindings.keys()):
                marker = self.chance.token() if compartments.get(ref) else plain_marker(ref)
                bindings[ref] = await work.rooms.intend(ref, marker)
        return Doing(
            homeserver=self.homeserver,
            messenger=self.messenger,
            ledger=Ledger(store=self.store, clock=self.clock, chance=self.chance, run=run.id, actor=run.actor),
            bindings=bindings,
            room_ids={ref: binding.room_id for ref, binding in bindings.items() if binding.room_id},
            compartments=compartments,
            employees=employees,
            language=self.language,
            room_version=version,
        )


class Course:
    """The way through the stages of one run: counts steps, gathers findings, leaves failed rooms alone."""

    def __init__(self, *, doing: Doing, in_flight: int, total: int, progress: Progress) -> None:
        self.doing = doing
        self.total = total
        self.done = 0
        self.findings: list[Finding] = []
        self._failed: set[RoomRef] = set()
        self._slots = asyncio.Semaphore(in_flight)
        self._progress = progress

    async def run(self, stage: Stage) -> None:
        """Do a stage: all its rooms, at most ``in_flight`` at once. Raises ``ParvisError`` when the store fails."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for ref, actions in stage.items():
                    tasks.create_task(self._room(ref, actions))
        except BaseExceptionGroup as group:
            if (ours := only_ours(group)) is None:
                raise
            raise ours from group

    async def _room(self, ref: RoomRef, actions: Sequence[Action]) -> None:
        async with self._slots:
            for action in actions:
                if ref in self._failed:
                    return
                try:
                    findings = await self.doing.do(action)
                except HomeserverError as error:
                    self._failed.add(ref)
                    self.findings.append(self.doing.finding("room-stopped", action, str(ref), error.message))
                    log.warning("room stopped", error=error.detail or error.errcode or error.status)
                    return
                self.findings += findings
                self.done += weight(action) - len(findings)
                self._progress(self.done, self.total)
