"""Asking to be let into a group: by ``!join`` or by knocking, answered by its owners, who decide who belongs to it.

Where the directory alone decides, whoever asks is told so. Everything may be repeated after a crash; what people are to
be told is kept as notices (``doorstep``) until a bot has told them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bridge.domain.directory import Group, GroupState, JoinRequests, Visibility
from bridge.domain.rooms import Membership, group_room
from bridge.domain.viewers import Viewer, alone
from bridge.ports.clock import Chance, Clock
from bridge.ports.homeserver import Homeserver
from bridge.ports.pending import Pending
from bridge.ports.store import Store
from bridge.rules.entering import answerers, may_ask, may_request, names_of
from bridge.rules.facts import Facts, is_hidden
from bridge.services.absences import ask_into_group
from bridge.services.deciding import Decision, decide, owners_decide
from bridge.services.doorstep import News, ask, for_the_first_time, key_of, request_of
from bridge.services.society import Society
from bridge.services.spreading import at_once
from bridge.services.summoning import answered, audit, note_invited, summon, turn_away_knock
from bridge.services.world import World

LASTS: Final = timedelta(days=14)
"""How long a request waits for an answer, unless the configuration says otherwise."""
LATE: Final = "late"


class Entry(StrEnum):
    """What somebody is told who asks to be let in."""

    INSIDE = "inside"
    INVITED = "invited"
    """An invitation waits for them, or comes at once."""
    ASKED = "asked"
    WAITING = "waiting"
    """They asked before, and nobody has answered yet."""
    DIRECTORY = "directory"
    CLOSED = "closed"
    BANNED = "banned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The answer: ``since`` is when they asked first, ``whom`` are user ids of those who may help otherwise."""

    entry: Entry
    group: Group
    since: datetime | None = None
    whom: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """``changed`` is called when rooms are to be looked at and people are to be told something, after what was decided
    was ``heeded``: known to whoever asks next."""

    store: Store
    society: Society
    homeserver: Homeserver
    clock: Clock
    chance: Chance
    changed: Callable[[], None]
    heeded: Callable[[], Awaitable[None]] | None = None
    lasts: timedelta = LASTS

    async def join(self, viewer: Viewer, text: str, *, reason: str, origin: str) -> Asked | None:
        """``viewer.asker`` asks, by the event ``origin``, to be let into the group that ``text`` names.

        None when there is none for them. Raises ``ParvisError``.
        """
        world, access = self.society.world(), self.society.access()
        group = access.find(viewer, text) if access else None
        if world is None or group is None:
            return None
        user, facts = viewer.asker, world.facts
        async with self.store.view() as view:
            room = (await view.rooms.actual([group_room(group.id)])).get(group_room(group.id))
        state = room.members.get(user) if room else None
        if state in (Membership.JOIN, Membership.BAN):
            entry = Entry.INSIDE if state is Membership.JOIN else Entry.BANNED
            return Asked(entry=entry, group=group, whom=self.whom(group.id))
        if group.state is GroupState.ACTIVE and user in facts.people_of(group.id):
            await self._ask_again(world, group, user)
            return Asked(entry=Entry.INVITED, group=group)
        whom = self.whom(group.id)
        if group.state is not GroupState.ACTIVE or not may_ask(facts, user, group):
            return Asked(entry=Entry.CLOSED, group=group, whom=whom)
        if group.visibility is Visibility.PUBLIC:
            return await self._invite(world, group, user, origin)
        closed = group.requests is JoinRequests.NONE or not may_request(facts, user, group)
        if group.visibility is Visibility.HIDDEN or closed:
            return Asked(entry=Entry.CLOSED, group=group, whom=whom)
        if not owners_decide(group):
            return Asked(entry=Entry.DIRECTORY, group=group, whom=whom)
        return await self._ask(facts, group, user, reason, origin)

    async def _ask(self, facts: Facts, group: Group, user: str, reason: str, origin: str) -> Asked:
        now = self.clock.now()
        async with self.store.work() as work:
            known = await request_of(work, group.id, user)
            if known is not None and known.key != key_of(origin):
                return Asked(entry=Entry.WAITING, group=group, since=known.created_at)
            item = await ask(
                work,
                key=key_of(origin),
                group=group.id,
                user=user,
                reason=reason,
                knock=False,
                now=now,
                lasts=self.lasts,
            )
            if not item.settled:
                await summon(work, item, facts, self.society.admins, id_=self.chance.token(), now=now)
        self.changed()
        return Asked(entry=Entry.ASKED, group=group, since=item.created_at)

    async def _ask_again(self, world: World, group: Group, user: str) -> None:
        async with self.store.work() as work:
            await ask_into_group(work, world, group.id, user)
            if is_hidden(group):
                await at_once(work, group_room(group.id), user, self.clock.now())
        self.changed()

    async def _invite(self, world: World, group: Group, user: str, origin: str) -> Asked:
        """Into a public room, where whoever may come in may stay."""
        room_id = world.room_ids().get(group_room(group.id))
        if room_id is None:
            return Asked(entry=Entry.CLOSED, group=group)
        await self.homeserver.invite(room_id, user)
        now = self.clock.now()
        async with self.store.work() as work:
            if await for_the_first_time(work, f"invited:{origin}", now):
                await work.rooms.note_members(room_id, {user: (Membership.INVITE, False)}, at=now)
                await note_invited(work, group.id, user, id_=self.chance.token(), now=now)
        return Asked(entry=Entry.INVITED, group=group)

    def whom(self, group_id: str) -> tuple[str, ...]:
        """Who decides about a group, sorted."""
        world = self.society.world()
        return tuple(sorted(answerers(world.facts, group_id, self.society.admins))) if world else ()

    async def may_answer(self, item: Pending, user: str) -> bool:
        """Whether this person decides about the request: an owner of the group, or an administrator who knows it."""
        access = self.society.access()
        return access is not None and access.may_govern(alone(user), item.document["group"])

    async def find(self, viewer: Viewer, handle: str) -> Pending | None:
        """The request that a card names, answered or not; None alike when there is none and when it is not theirs."""
        access = self.society.access()
        async with self.store.view() as view:
            item = await view.pending.get(f"join:{handle.strip().lower()}")
        group = item.document["group"] if item else ""
        return item if access is not None and access.may_govern(viewer, group) else None

    async def accept(self, item: Pending, *, by: str, origin: str) -> bool:
        """Let them in: from now on they belong to the group. False when the directory alone decides by now."""
        world, now, user = self.society.world(), self.clock.now(), item.asker
        group = world.facts.directory.groups.get(item.document["group"]) if world else None
        if world is None or group is None or not owners_decide(group):
            return False
        decision = Decision(
            id=self.chance.token(),
            group=group,
            user=user,
            present=True,
            by=by,
            origin=origin,
            names=names_of(world.facts, user),
        )
        async with self.store.work() as work:
            await decide(work, decision, now)
            await ask_into_group(work, world, group.id, user)
            await answered(work, item, News.ACCEPTED, now)
        if self.heeded:
            await self.heeded()
        self.changed()
        return True

    async def refuse(self, item: Pending, *, by: str, origin: str, reason: str = "") -> None:
        """Do not let them in; they are told, with the reason, and their knock is withdrawn."""
        now = self.clock.now()
        async with self.store.work() as work:
            if await for_the_first_time(work, f"refused:{origin}", now):
                await turn_away_knock(work, item, now)
                token = self.chance.token()
                await audit(work, item, "request-refused", id_=token, actor=by, now=now, reason=reason)
            await answered(work, item, News.REFUSED, now, reason=reason)
        self.changed()

    async def expire(self, item: Pending) -> None:
        """Nobody answered in time: they are told, and their knock is withdrawn."""
        now = self.clock.now()
        async with self.store.work() as work:
            await work.pending.settle(item.key, LATE, now)
            ended = await work.pending.get(item.key)
            if ended is None or not ended.outcome.startswith(LATE):
                return
            if await for_the_first_time(work, f"expired:{item.key}", now):
                await turn_away_knock(work, item, now)
                await audit(work, item, "request-expired", id_=self.chance.token(), actor="", now=now)
            await answered(work, item, News.EXPIRED, now)
        self.changed()
