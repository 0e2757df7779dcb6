"""Plans for a viewer: shown through the gate, applied when their fingerprint is quoted. Used by commands in chat."""

from dataclasses import dataclass

from bridge.domain.findings import Finding
from bridge.domain.rooms import group_room
from bridge.domain.viewers import Viewer
from bridge.planning.choosing import of_rooms
from bridge.planning.plan import Plan
from bridge.ports.store import Run, Store
from bridge.services.applying.results import Progress, RunResult, silent
from bridge.services.reconcile import Reconciler
from bridge.services.showing import for_chat
from bridge.services.society import Society
from bridge.services.watch import Watch
from bridge.services.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A plan as one viewer sees it: only the parts that they are cleared for, under a fingerprint of just these.

    ``whole`` unless it is a part, of one group, of more that they may see; only a whole plan can be applied.
    """

    world: World
    plan: Plan
    whole: bool = True

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What to look at besides, fit for this viewer."""
        return for_chat(one for one in self.world.findings if one.kind == "directory-unreadable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """Looks and applies on behalf of somebody."""

    reconciler: Reconciler
    society: Society
    store: Store
    watch: Watch

    async def show(self, viewer: Viewer, *, group: str | None = None) -> Shown | None:
        """The plan now, of all rooms or of one group's; None when the viewer knows no such group."""
        world = await self.reconciler.look()
        access = self.society.gate(world)
        everything = plan = world.plan.seen_by(access.compartments(viewer))
        if group is not None:
            found = access.find(viewer, group)
            if found is None:
                return None
            plan = of_rooms(plan, {group_room(found.id)})
        return Shown(world=world, plan=plan, whole=plan.fingerprint == everything.fingerprint)

    async def apply(self, shown: Shown, *, actor: str, origin: str, progress: Progress = silent) -> RunResult:
        """Apply what was shown. Raises ``ParvisError``."""
        result = await self.reconciler.apply(shown.world, shown.plan, actor=actor, origin=origin, progress=progress)
        self.watch.wake(read=True)
        return result

    async def earlier(self, origin: str) -> Run | None:
        """The run that this command began before, if it is repeated after a crash."""
        async with self.store.view() as view:
            return await view.runs.of_origin(origin)
