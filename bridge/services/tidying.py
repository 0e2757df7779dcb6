"""Open questions that end by themselves, or that no event told of. Called by the rounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from bridge.domain.directory import JoinRequests
from bridge.domain.rooms import ActualRoom, Membership, RoomRef, group_room
from bridge.ports.clock import Clock
from bridge.ports.pending import Pending
from bridge.ports.store import Store
from bridge.rules.entering import may_request
from bridge.services.approvals import APPROVAL, Approvals
from bridge.services.deciding import owners_decide
from bridge.services.doorstep import JOIN_REQUEST, NOTICE, TURNED_AWAY, News, ask, key_of, request_of
from bridge.services.intruders import INTRUDER
from bridge.services.requests import LATE, Requests
from bridge.services.summoning import answered, summon
from bridge.services.world import World

DONE: Final = "done"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidying:
    """Goes over what is open; a round with nothing to do writes nothing."""

    store: Store
    requests: Requests
    approvals: Approvals
    clock: Clock

    async def go(self) -> None:
        """One round. Raises ``StoreError``."""
        world = self.requests.society.world()
        if world is None:
            return
        await self._expire()
        async with self.store.view() as view:
            asked = await view.pending.open(JOIN_REQUEST)
            away = await view.pending.open(TURNED_AWAY)
            rooms = await view.rooms.actual({group_room(item.document["group"]) for item in away}) if away else {}
        for item in asked:
            if item.asker in world.facts.members.get(item.document["group"], ()):
                await self._belongs_now(item)
        for item in away:
            if not _knocks(item, rooms):
                async with self.store.work() as work:
                    await work.pending.settle(item.key, DONE, self.clock.now())
        await self._find_knocks(world, {(item.document["group"], item.asker) for item in (*asked, *away)})

    async def _expire(self) -> None:
        now = self.clock.now()
        async with self.store.view() as view:
            expired = await view.pending.expired(now)
        for item in expired:
            if item.kind == JOIN_REQUEST:
                await self.requests.expire(item)
            if item.kind == APPROVAL:
                await self.approvals.expire(item)
            if item.kind not in (NOTICE, INTRUDER):
                continue
            if item.kind == NOTICE:
                log.warning("a notice could not be told in time")
            async with self.store.work() as work:
                await work.pending.settle(item.key, LATE, now)

    async def _belongs_now(self, item: Pending) -> None:
        """Somebody added them meanwhile: that is an answer, too."""
        now = self.clock.now()
        async with self.store.work() as work:
            if await work.pending.settle(item.key, DONE, now):
                await answered(work, item, News.ACCEPTED, now)
        self.requests.changed()

    async def _find_knocks(self, world: World, known: set[tuple[str, str]]) -> None:
        """Knocks of which no event came, because the homeserver dropped it."""
        groups = [one for one in world.facts.directory.groups.values() if one.requests is JoinRequests.KNOCK]
        refs = {group_room(one.id): one for one in groups if owners_decide(one)}
        if not refs:
            return
        now = self.clock.now()
        async with self.store.view() as view:
            awaited = {ref: users for ref, users in (await view.rooms.overdue(now)).items() if ref in refs}
            unknown = [ref for ref, users in awaited.items() if any((ref.id, user) not in known for user in users)]
            rooms = await view.rooms.actual(unknown) if unknown else {}
        for ref, room in rooms.items():
            for user in sorted(awaited[ref]):
                knocks = room.members.get(user) is Membership.KNOCK and (ref.id, user) not in known
                if knocks and may_request(world.facts, user, refs[ref]):
                    await self._asked(world, ref.id, user)

    async def _asked(self, world: World, group: str, user: str) -> None:
        now = self.clock.now()
        async with self.store.work() as work:
            if await request_of(work, group, user):
                return
            key = key_of(f"{group} {user} {now.isoformat()}")
            item = await ask(
                work, key=key, group=group, user=user, reason="", knock=True, now=now, lasts=self.requests.lasts
            )
            await summon(
                work, item, world.facts, self.requests.society.admins, id_=self.requests.chance.token(), now=now
            )
        self.requests.changed()


def _knocks(item: Pending, rooms: Mapping[RoomRef, ActualRoom]) -> bool:
    room = rooms.get(group_room(item.document["group"]))
    return room is not None and room.members.get(item.asker) is Membership.KNOCK
