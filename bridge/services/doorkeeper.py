"""What membership events of clients mean: an owner's invitation or kick is a decision, a knock is a request.

Called by the observer, in the unit of work that notes the event, so that no look comes between the two.
"""

from dataclasses import dataclass
from datetime import timedelta

from bridge.domain.directory import Group, GroupState, JoinRequests, Visibility
from bridge.domain.events import Event
from bridge.domain.ids import server_of
from bridge.domain.rooms import Membership, RoomKind, RoomRef
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import UnitOfWork
from bridge.rules.entering import has_a_place, may_ask, may_let_in, may_request, names_of
from bridge.services import intruders
from bridge.services.deciding import Decision, decide, owners_decide
from bridge.services.doorstep import News, Notice, ask, key_of, request_of, tell, turn_away
from bridge.services.requests import LASTS
from bridge.services.summoning import settle, summon
from bridge.services.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorkeeper:
    """Judges events by the world as last seen. ``bot`` speaks for the bridge, whose own changes mean nothing new."""

    clock: Clock
    chance: Chance
    bot: str
    admins: frozenset[str] = frozenset()
    lasts: timedelta = LASTS

    async def note(self, work: UnitOfWork, event: Event, membership: Membership, world: World, ref: RoomRef) -> bool:
        """Judge an event in the room of ``ref``: whether somebody is to be told something now."""
        user = event.state_key or ""
        group = world.facts.directory.groups.get(ref.id) if ref.kind is RoomKind.GROUP else None
        if group is None or event.sender == self.bot or user in world.desired.service_users:
            return False
        if membership in (Membership.INVITE, Membership.JOIN) and intruders.is_stranger(world.facts, user):
            await intruders.note(work, event, group.id, self.clock.now())
        if membership is Membership.KNOCK:
            return await self._knocked(work, event, group, world)
        if membership is Membership.INVITE:
            return await self._invited(work, event, group, world)
        if membership is Membership.LEAVE and event.sender == user:
            gone = await self._gone(work, group, user)
            return gone or self._is_from_elsewhere(user, world)
        if membership in (Membership.LEAVE, Membership.BAN) and self._owns(event, group, world):
            await self._decide(work, event, group, world, present=False)
        return self._is_from_elsewhere(user, world)  # the room is told who is in it

    async def _invited(self, work: UnitOfWork, event: Event, group: Group, world: World) -> bool:
        """An employee's invitation by somebody who may let others in counts where owners decide; elsewhere an owner is
        told why it is undone, and so is whoever of ours invites somebody from elsewhere."""
        user = event.state_key or ""
        if self._is_from_elsewhere(user, world):
            return await self._invited_from_elsewhere(work, event, group, world)
        belongs = user in world.facts.people_of(group.id)
        invitable = group.visibility is not Visibility.HIDDEN and not group.partners
        if belongs or not invitable or user not in world.facts.employees:
            return False
        passed_on = group.visibility is Visibility.PUBLIC and not self._owns(event, group, world)
        if passed_on or not may_let_in(world.facts, event.sender, group):
            return False
        if owners_decide(group):
            await self._decide(work, event, group, world, present=True)
            return False
        if group.visibility is Visibility.PUBLIC:
            return False  # whoever may come in by themselves may also be invited
        now = self.clock.now()
        key = f"in-vain:{group.id}:{event.sender}:{now.date()}"  # once a day, whomever they invite
        notice = Notice(key=key, to=event.sender, news=News.INVITED_IN_VAIN, group=group.id, about=user)
        await tell(work, notice, now)
        return True

    async def _invited_from_elsewhere(self, work: UnitOfWork, event: Event, group: Group, world: World) -> bool:
        """Nobody is let in from another server by an invitation alone; an employee hears how it is done, once a day and
        group. Of others we know nobody who could do it."""
        facts, user = world.facts, event.state_key or ""
        if event.sender not in facts.employees or has_a_place(facts, user, group):
            return False
        now = self.clock.now()
        key = f"from-elsewhere:{group.id}:{event.sender}:{now.date()}"
        notice = Notice(key=key, to=event.sender, news=News.FROM_ELSEWHERE, group=group.id, about=user)
        await tell(work, notice, now)
        return True

    async def _knocked(self, work: UnitOfWork, event: Event, group: Group, world: World) -> bool:
        user, now = event.state_key or "", self.clock.now()
        if group.requests is not JoinRequests.KNOCK or group.visibility is not Visibility.INVITE_ONLY:
            return False
        if group.state is not GroupState.ACTIVE or user in world.facts.people_of(group.id):
            return False
        if not may_ask(world.facts, user, group):
            return False
        if not may_request(world.facts, user, group):
            await turn_away(work, group.id, user, now)
            return True
        if not owners_decide(group):
            await turn_away(work, group.id, user, now)
            await tell(work, Notice(key=f"told:{event.id}", to=user, news=News.DIRECTORY, group=group.id), now)
            return True
        if await request_of(work, group.id, user):
            return False
        item = await ask(
            work,
            key=key_of(event.id),
            group=group.id,
            user=user,
            reason=str(event.content.get("reason", "")),
            knock=True,
            now=now,
            lasts=self.lasts,
        )
        await summon(work, item, world.facts, self.admins, id_=self.chance.token(), now=now)
        return not item.settled

    async def _gone(self, work: UnitOfWork, group: Group, user: str) -> bool:
        """Who takes their knock back asks no longer."""
        if group.requests is not JoinRequests.KNOCK:
            return False
        item = await request_of(work, group.id, user)
        if item is None or not item.document["knock"]:
            return False
        return await settle(work, item, "withdrawn", self.clock.now())

    async def _decide(self, work: UnitOfWork, event: Event, group: Group, world: World, *, present: bool) -> None:
        if not owners_decide(group):
            return
        user = event.state_key or ""
        decision = Decision(
            id=self.chance.token(),
            group=group,
            user=user,
            present=present,
            by=event.sender,
            origin=event.id,
            names=names_of(world.facts, user),
        )
        await decide(work, decision, self.clock.now())

    def _owns(self, event: Event, group: Group, world: World) -> bool:
        return event.sender in world.facts.owners.get(group.id, ())

    def _is_from_elsewhere(self, user: str, world: World) -> bool:
        return server_of(user) != world.facts.server_name.lower()
