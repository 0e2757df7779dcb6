"""Plans for a viewer: shown through the gate, applied when their fingerprint is quoted. Used by commands in chat."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from bridge.domain.findings import Finding
from bridge.domain.rooms import group_room, subspace
from bridge.domain.viewers import Viewer
from bridge.planning.choosing import of_rooms
from bridge.planning.plan import Plan
from bridge.ports.store import Run, Store
from bridge.services.applying.lease import turn
from bridge.services.applying.results import Progress, RunResult, silent
from bridge.services.reconcile import Reconciler
from bridge.services.remarks import UNREAD, for_chat
from bridge.services.society import Society
from bridge.services.truth import EARLY
from bridge.services.watch import Watch
from bridge.services.world import World

OF_THE_WHOLE: Final = UNREAD | {"directory-empty", "people-doubted", "people-contested", "groups-awaited",
                                 "terms-asked", EARLY}  # fmt: skip
"""Findings that concern no group: why a plan says nothing of what the directory does not say now, and what files ask
of people beside the rooms."""
DOUBTED: Final = "group-doubted"
"""The same of one group, for those who may know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A plan as one viewer sees it: only the parts that they are cleared for, under a fingerprint of just these.

    ``whole`` unless it is a part, of one group, of more that they may see; only a whole plan can be applied.
    ``doubted`` are ids of the groups among them of whose members not everything is believed yet.
    """

    world: World
    plan: Plan
    whole: bool = True
    doubted: frozenset[str] = frozenset()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What to look at besides, fit for this viewer."""
        return for_chat(
            one
            for one in self.world.findings
            if one.kind in OF_THE_WHOLE or (one.kind == DOUBTED and one.group in self.doubted)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """Looks and applies on behalf of somebody."""

    reconciler: Reconciler
    society: Society
    store: Store
    watch: Watch
    _under_way: dict[str, asyncio.Task[RunResult]] = field(default_factory=dict, init=False)

    async def show(
        self, viewer: Viewer, *, group: str | None = None, keep: bool = False, at_once: bool = False
    ) -> Shown | None:
        """The plan now, of all rooms or of one group's; None when the viewer knows no such group.

        With ``keep`` the directory's reading counts from now on, and what it says is done without further asking. With
        ``at_once`` nobody is invited later.
        """
        world = await self.reconciler.look(keep=keep, at_once=at_once)
        if self._is_news(world):
            world = await self.reconciler.look(keep=True, at_once=at_once)
            self.watch.looked(world)
            self.watch.wake()
        access = self.society.gate(world)
        everything = plan = world.plan.seen_by(access.compartments(viewer))
        if group is not None:
            found = access.find(viewer, group)
            if found is None:
                return None
            plan = of_rooms(plan, {group_room(found.id), subspace(found.id)})
        doubted = {one.group for one in world.findings if one.kind == DOUBTED and one.group}
        return Shown(
            world=world,
            plan=plan,
            whole=plan.fingerprint == everything.fingerprint,
            doubted=frozenset(one for one in doubted if access.may_know(viewer, one) and group in (None, one)),
        )

    def _is_news(self, world: World) -> bool:
        """Whether files say anew what changes no room, such as a person's name or terms. That is not there to be
        applied: it counts before the answer, so that whoever asks next is not told of the reading before."""
        known = self.watch.last.world if self.watch.last else None
        return bool(known and world.plan.empty and world.edition and world.edition != known.edition)

    async def turn(self, plan: Plan) -> bool:
        """Wait a little while somebody else applies where this plan would, or did when it was killed; True when there
        was anything to wait for, so that the plan is to be shown again."""
        store, clock = self.store, self.reconciler.clock
        return await turn(store, clock, {part.compartment for part in plan.parts if part.actions})

    async def apply(self, shown: Shown, *, actor: str, origin: str, progress: Progress = silent) -> RunResult:
        """Apply what was shown. Raises ``ParvisError``.

        It goes on when whoever waits for it gives up: an event has a deadline, a large plan has none. The repeated
        event finds it with ``under_way``.
        """
        task = asyncio.create_task(self._apply(shown, actor, origin, progress), name=f"apply for {origin}")
        self._under_way[origin] = task
        task.add_done_callback(lambda _: self._under_way.pop(origin, None))
        return await asyncio.shield(task)

    async def _apply(self, shown: Shown, actor: str, origin: str, progress: Progress) -> RunResult:
        self.watch.looked(shown.world)  # what people do in rooms while they are filled is judged by it
        result = await self.reconciler.apply(shown.world, shown.plan, actor=actor, origin=origin, progress=progress)
        self.watch.wake(read=True)
        return result

    async def under_way(self, origin: str) -> RunResult | None:
        """Wait for what this command began and is still being done; None when nothing is."""
        task = self._under_way.get(origin)
        return await asyncio.shield(task) if task else None

    async def stop(self) -> None:
        """Leave what is under way as a crash would: the next start looks at what became of it."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def earlier(self, origin: str) -> Run | None:
        """The run that this command began before, if it is repeated after a crash."""
        async with self.store.view() as view:
            return await view.runs.of_origin(origin)
