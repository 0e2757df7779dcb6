"""Looking and acting: gathers the world, has a plan made, applies it unless it is held.

Called by the watch (timers and events), by commands in chat and by the command line.
"""

import asyncio
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.findings import Finding
from bridge.domain.messages import say
from bridge.domain.rooms import RoomRef
from bridge.planning.choosing import released
from bridge.planning.plan import Brake, Plan
from bridge.ports.clock import Clock
from bridge.ports.homeserver import Homeserver
from bridge.ports.store import Store
from bridge.rules.settings import House
from bridge.services.applying.executor import Executor
from bridge.services.applying.results import Progress, RunResult, silent
from bridge.services.thinking import Answer, Question, think
from bridge.services.truth import DirectoryKeeper, Truth
from bridge.services.verify import Verifier
from bridge.services.world import World

LARGE: Final = 20_000
"""People and groups above which thinking leaves the event loop free by working in a thread."""


class Moved(ParvisError):
    """The plan that was quoted is no longer the plan."""

    kind = ErrorKind.CONFLICT

    def __init__(self, plan: Plan) -> None:
        super().__init__(say("The world has moved since that plan was shown. Quote the fingerprint of the new plan."))
        self.plan = plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """The one way by which rooms change."""

    keeper: DirectoryKeeper
    store: Store
    homeserver: Homeserver
    verifier: Verifier
    executor: Executor
    clock: Clock
    house: House
    brake: Brake
    timezone: tzinfo
    service_users: frozenset[str] = frozenset()

    async def look(self, *, read: bool = True, keep: bool = False, verify: bool = False) -> World:
        """The world now and the plan for it.

        With ``read`` the directory is read again, and with ``keep`` this reading counts (else it is only looked at).
        With ``verify`` every room is read from the homeserver first, else only those never read. Raises ``ParvisError``
        when there is nothing to go by.
        """
        truth = await self.keeper.read(keep=keep) if read else Truth(await self.keeper.last())
        findings = list(truth.findings)
        if verify:
            findings += await self.verifier.verify()
        async with self.store.view() as view:
            bindings = {binding.ref: binding for binding in await view.rooms.bindings()}
            actual = await view.rooms.actual()
        unread: set[RoomRef] = {ref for ref, binding in bindings.items() if binding.room_id and ref not in actual}
        if unread and not verify:
            findings += await self.verifier.verify(unread)
            async with self.store.view() as view:
                actual = await view.rooms.actual()
        question = Question(
            directory=truth.directory,
            today=self.clock.now().astimezone(self.timezone).date(),
            house=self.house,
            bot=self.homeserver.bot,
            service_users=self.service_users,
            service_user=self.homeserver.service_user,
            bindings=bindings,
            actual=actual,
            brake=self.brake,
        )
        answer = await self._think(question)
        return World(
            facts=answer.facts,
            desired=answer.desired,
            bindings=bindings,
            actual=actual,
            plan=answer.plan,
            findings=tuple(findings),
        )

    async def _think(self, question: Question) -> Answer:
        size = len(question.directory.people) + len(question.directory.groups)
        return await asyncio.to_thread(think, question) if size > LARGE else think(question)

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
            plan, employees=world.facts.employees, actor=actor, origin=origin, progress=progress
        )

    async def settle(
        self, *, read: bool = True, verify: bool = False
    ) -> tuple[World, RunResult | None, tuple[Finding, ...]]:
        """One pass by ourselves: clear up after a crash, look, and apply every part that is not held."""
        await self.executor.recover()
        world = await self.look(read=read, keep=True, verify=verify)
        ready = released(world.plan)
        if ready.empty:
            return world, None, world.findings
        result = await self.apply(world, ready)
        return world, result, (*world.findings, *result.findings)
