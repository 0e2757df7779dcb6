"""The way of one compartment through its stages: rooms side by side, each in order; a failing one stops alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from bridge.domain.errors import HomeserverError, only_ours
from bridge.domain.findings import Finding
from bridge.domain.rooms import RoomRef
from bridge.planning.actions import Action
from bridge.services.applying.doing import Doing
from bridge.services.applying.results import STOPPED, Progress, silent
from bridge.services.applying.slots import Slots
from bridge.services.applying.stages import Stage, weight

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a whole run has done so far, of ``total`` steps; tells ``progress`` whenever that changes."""

    total: int
    progress: Progress = silent
    done: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, steps: int, findings: Sequence[Finding]) -> None:
        """An action of so many steps has ended; each finding is a step that was not done."""
        self.findings += findings
        self.done += steps - len(findings)
        self.progress(self.done, self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Rooms whose homeserver failed them once are left alone for the rest of the course."""

    doing: Doing
    slots: Slots
    tally: Tally
    _failed: set[RoomRef] = field(default_factory=set)

    async def run(self, stage: Stage) -> None:
        """Do a stage: all its rooms, as many at once as have a slot. Raises ``ParvisError`` when the store fails."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for ref, actions in stage.items():
                    tasks.create_task(self._room(ref, actions))
        except BaseExceptionGroup as group:
            if (ours := only_ours(group)) is None:
                raise
            raise ours from group

    async def _room(self, ref: RoomRef, actions: Sequence[Action]) -> None:
        for action in actions:
            if ref in self._failed or self.doing.going.stopped:
                return
            # A slot for each action, not for the room: who has to slow down must not wait until a large room is full.
            async with self.slots.one():
                if not self.doing.going.stopped:
                    await self._action(ref, action)

    async def _action(self, ref: RoomRef, action: Action) -> None:
        try:
            findings = await self.doing.do(action)
        except HomeserverError as error:
            self._failed.add(ref)
            self.tally.findings.append(self.doing.finding(STOPPED, action, str(ref), error.message))
            if not self.doing.compartments.get(ref):  # a log has many readers: it counts nothing that is hidden
                log.warning("room stopped", error=error.detail or error.errcode or error.status)
            return
        if not self.doing.going.stopped:  # else nobody knows how much of it
            self.tally.add(weight(action), findings)
