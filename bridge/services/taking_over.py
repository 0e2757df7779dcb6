"""What was agreed to is done: our mark in the room, then its binding with all that goes with it, then the plan.

Called by the rounds, so that it happens once, whenever the process dies, and can wait for people to give up power.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.rooms import MARKER, former_room, group_room
from bridge.domain.viewers import OPEN, alone
from bridge.ports.activity import Backfill
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.rules.facts import is_hidden
from bridge.rules.naming import plain_marker
from bridge.services.adoptable import Adoption
from bridge.services.adopted import ADOPTING
from bridge.services.adopting import Adopting, entry_of, with_members
from bridge.services.applying.lease import leased
from bridge.services.decided import merged
from bridge.services.doorstep import News, Notice, tell
from bridge.services.policies import Policies
from bridge.services.recalling import DECIDE
from bridge.services.world import World

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingOver:
    """Goes over what was agreed to and is not done; a round with nothing to do writes nothing."""

    adopting: Adopting

    @property
    def _policies(self) -> Policies:
        return self.adopting.policies

    async def go(self) -> None:
        """One round. Raises ``ParvisError`` (temporary) when something has to wait."""
        world = self._policies.society.world()
        if world is None:
            return
        async with self._policies.store.view() as view:
            items = await view.pending.open(ADOPTING)
            bound = {one.ref: one.room_id for one in await view.rooms.bindings()} if items else {}
        for item in items:
            if bound.get(group_room(item.document["group"])) == item.document["room"]:
                await self._await_plan(world, item)
            elif self._late(item):
                await self._end(world, item, News.NOT_ADOPTED)
            else:
                await self._begin(world, item)

    def _late(self, item: Pending) -> bool:
        return self._policies.clock.now() >= item.expires_at

    async def _await_plan(self, world: World, item: Pending) -> None:
        """It is over once the room is as the group wants it; findings tell what cannot be put right."""
        ref = group_room(item.document["group"])
        read = ref in world.joined and world.room_ids().get(ref) == item.document["room"]
        if self._late(item) or (read and ref not in world.plan.rooms()):
            await self._end(world, item, News.ADOPTED)

    async def _begin(self, world: World, item: Pending) -> None:
        group_id, room_id = item.document["group"], item.document["room"]
        try:
            found = await self.adopting.candidate(group_id, room_id)
            if found is not None and found.equals:
                return  # they have been told what is awaited of them
            adoption = await self.adopting.propose(alone(item.asker), group_id, room_id, agreed=True)
        except ParvisError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.info("a room cannot be adopted any more", kind=str(error.kind))
            adoption = None
        if adoption is None or adoption.reference != item.document["reference"]:
            await self._end(world, item, News.NOT_ADOPTED)
        else:
            await self._take(item, adoption)

    async def _take(self, item: Pending, adoption: Adoption) -> None:
        """Alone with all rooms that are not hidden, so that nobody makes or binds another room for the group."""
        policies = self._policies
        try:
            await policies.reconciler.executor.recover()
            async with leased(policies.store, policies.clock, policies.chance, [OPEN]):
                await self._mark_and_bind(item, adoption)
        except ParvisError as error:
            if error.kind is not ErrorKind.CONFLICT:
                raise
            raise ParvisError(error.message, kind=ErrorKind.TEMPORARY) from error
        policies.changed()

    async def _mark_and_bind(self, item: Pending, adoption: Adoption) -> None:
        ref, room_id = group_room(adoption.group.id), adoption.room_id
        async with self._policies.store.view() as view:
            bound = {one.ref: one.room_id for one in await view.rooms.bindings()}
        own = bound.get(ref)
        if own != adoption.aside or room_id in bound.values():
            return  # somebody was faster: the next round looks again
        await self.adopting.homeserver.set_state(room_id, MARKER, "", {"group": plain_marker(ref)})
        async with self._policies.store.work() as work:
            if own:
                await work.rooms.set_aside(ref, former_room(own), secret=False)
            await work.rooms.intend(ref, plain_marker(ref))
            await work.rooms.bind(ref, room_id, adoption.version)
            past = Backfill(room=room_id, group=adoption.group.id, begun=self._policies.clock.now(), asker=item.asker)
            await work.activity.put_backfill(past)
            await self._name(work, item, adoption)
            await self._audit(work, "adoption", item.document, actor=item.asker)

    async def _name(self, work: UnitOfWork, item: Pending, adoption: Adoption) -> None:
        """Those inside become members, as whoever asked decided."""
        if not adoption.joining:
            return
        group, now = adoption.group, self._policies.clock.now()
        known = await work.policies.get(group.id)
        policy = merged(known, group.id, with_members(known, adoption.joining), frozenset(), by=item.asker, at=now)
        await work.policies.put(policy)
        detail = {"group": group.id, "field": "members", "added": list(adoption.joining), "origin": item.key}
        await self._audit(work, DECIDE, detail, actor=item.asker)

    async def _end(self, world: World, item: Pending, news: News) -> None:
        now, document = self._policies.clock.now(), item.document
        group = world.facts.directory.groups.get(document["group"])
        notice = Notice(
            key=f"end:{item.key}", to=item.asker, news=news, group=document["group"], about=document["room"]
        )
        async with self._policies.store.work() as work:
            if not await work.pending.settle(item.key, str(news), now):
                return
            if news is News.NOT_ADOPTED and group and not is_hidden(group):
                await self._audit(work, "adoption-failed", document, actor="")
            await tell(work, notice, now)
        self._policies.changed()

    async def _audit(self, work: UnitOfWork, kind: str, detail: Mapping[str, Any], *, actor: str) -> None:
        chance, clock = self._policies.chance, self._policies.clock
        await work.audit.intend([entry_of(kind, detail, id_=chance.token(), actor=actor, at=clock.now())])
