"""Looking and acting: has rooms read and the world looked at, applies the plan unless it is held.

Called by the watch (timers and events), by commands in chat and by the command line.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from typing import Final

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.findings import Finding
from bridge.domain.messages import say
from bridge.domain.partners import PartnerPolicy
from bridge.domain.policy import GroupPolicy
from bridge.planning.choosing import released
from bridge.planning.plan import Plan
from bridge.planning.spacing import Spacing
from bridge.ports.clock import Clock
from bridge.ports.homeserver import Homeserver
from bridge.ports.store import Store
from bridge.services.absences import forget
from bridge.services.applying.executor import Executor
from bridge.services.applying.results import Progress, RunResult, silent
from bridge.services.drifts import mended
from bridge.services.earlier import KEPT_FOR, remember
from bridge.services.governing import NOTHING, Supposed
from bridge.services.looking import Errand, Looker
from bridge.services.spreading import draw
from bridge.services.verify import Verifier
from bridge.services.world import World

INVITATIONS: Final = timedelta(days=30)
"""How long invitations wait, unless the configuration says otherwise."""


class Moved(ParvisError):
    """The plan that was quoted is no longer the plan."""

    kind = ErrorKind.CONFLICT

    def __init__(self, plan: Plan) -> None:
        super().__init__(say("The world has moved since that plan was shown. Quote the fingerprint of the new plan."))
        self.plan = plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """The one way by which rooms change. Invitations that nobody answers wait for ``invitations``,
    and what was an alias of a room stays one for ``aliases``. Those to hidden rooms are spread over ``spread``."""

    looker: Looker
    store: Store
    homeserver: Homeserver
    verifier: Verifier
    executor: Executor
    clock: Clock
    timezone: tzinfo
    invitations: timedelta = INVITATIONS
    aliases: timedelta = KEPT_FOR
    spread: timedelta = timedelta()

    async def look(
        self, *, read: bool = True, keep: bool = False, verify: bool = False, at_once: bool = False
    ) -> World:
        """The world now and the plan for it.

        With ``read`` the directory is read again, and with ``keep`` this reading counts (else it is only looked at).
        With ``verify`` every room is read from the homeserver first, else only those never read. With ``at_once``
        nobody is invited later. Raises ``ParvisError`` when there is nothing to go by.
        """
        findings = await self._verify(everything=verify)
        world = await self.glance(read=read, keep=keep, at_once=at_once)
        return replace(world, findings=(*world.findings, *findings)) if findings else world

    async def glance(
        self,
        *,
        read: bool = True,
        keep: bool = False,
        supposing: Supposed = NOTHING,
        urgent: bool = False,
        at_once: bool = False,
    ) -> World:
        """The same from what is known, without asking the homeserver about any room; ``supposing`` some decisions.
        What is ``urgent`` waits for no other look."""
        now = self.clock.now()
        spread = timedelta() if at_once else self.spread
        world = await self.looker.look(
            Errand(
                today=now.astimezone(self.timezone).date(),
                read=read,
                keep=keep,
                service_user=self.homeserver.service_user,
                retains=self.homeserver.retains,
                overdue=now - self.invitations,
                spent=now - self.aliases,
                supposing=supposing,
                urgent=urgent,
                now=now,
                spread=spread,
            )
        )
        if not keep or not spread or supposing:
            return world
        plan = await draw(self.store, world.plan, Spacing(now=now, over=spread), self.executor.chance)
        return world if plan is world.plan else replace(world, plan=plan)

    async def _verify(self, *, everything: bool) -> tuple[Finding, ...]:
        if everything:
            await self.homeserver.learn_retention()
            return await self.verifier.verify()
        async with self.store.view() as view:
            unread = await view.rooms.unread()
        return await self.verifier.verify(unread) if unread else ()

    async def _follow(self, world: World) -> None:
        """Once nothing of the plan follows from decisions any more, they are how things are."""
        if world.unmet and not any(part.decided for part in world.plan.parts):
            async with self.store.work() as work:
                await work.policies.follow([one for one in world.unmet if isinstance(one, GroupPolicy)])
                await work.partners.follow([one for one in world.unmet if isinstance(one, PartnerPolicy)])

    async def apply(
        self,
        world: World,
        plan: Plan,
        *,
        actor: str = "",
        origin: str = "",
        progress: Progress = silent,
    ) -> RunResult:
        """Apply ``plan``, which is ``world``'s or the part of it that its asker may see."""
        return await self.executor.apply(
            plan, employees=world.facts.employees, actor=actor, origin=origin, progress=progress, agreed=world.agreed
        )

    async def settle(
        self, *, read: bool = True, verify: bool = False, seen: Callable[[World], None] = lambda _: None
    ) -> tuple[World, RunResult | None, tuple[Finding, ...]]:
        """One pass by ourselves: clear up after a crash, look, and apply every part that is not held.

        ``seen`` is told of the world before anything is applied, which may take long.
        """
        await self.executor.recover()
        world = await self.look(read=read, keep=True, verify=verify)
        await forget(self.store, world)
        await remember(self.store, world, self.clock.now(), self.aliases)
        await mended(self.store, world.plan, self.clock.now())
        await self._follow(world)
        seen(world)
        ready = released(world.plan)
        if ready.empty:
            return world, None, world.findings
        employees, agreed = world.facts.employees, world.agreed
        result = await self.executor.apply(ready, employees=employees, leave_busy=True, agreed=agreed)
        # With the rooms just made: what people do in them at once must be known to be in a room of ours.
        async with self.store.view() as view:
            bindings = {binding.ref: binding for binding in await view.rooms.bindings()}
        return replace(world, bindings=bindings), result, (*world.findings, *result.findings)
