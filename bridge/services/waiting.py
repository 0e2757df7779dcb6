"""Invitations of partners' people that are not at their end: where each stands, for lists and for who invited them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from bridge.domain.directory import Group
from bridge.domain.ids import is_user_id
from bridge.domain.partners import Farewell, Guest, Standing
from bridge.domain.rooms import Absence, ActualRoom, Membership, RoomRef, group_room, partner_space
from bridge.domain.viewers import Viewer, alone
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.rules.access import Access
from bridge.rules.facts import is_hidden
from bridge.services.deciding import MEMBERS, Decision, decide
from bridge.services.doorstep import News, Notice, for_good, for_the_first_time, tell
from bridge.services.invited import note, out
from bridge.services.terms import TermsDesk
from bridge.services.vouching import VOUCHING


class Stage(StrEnum):
    """Where an invitation stands."""

    ASKED = "asked"
    """It waits for the word of who answers for the partner."""
    CALLED = "called"
    """They are to read the terms, and have not come to do so."""
    SHOWN = "shown"
    """They have the terms before them."""
    SENT = "sent"
    """Rooms invite them."""
    COMING = "coming"
    """Nothing has reached them yet: their homeserver does not answer, or it is a matter of seconds."""
    BLOCKED = "blocked"
    LEFT = "left"
    """They declined, or left."""
    LAPSED = "lapsed"
    DECLINED = "declined"
    """They did not accept the terms."""


OF_ABSENCE: Final[Mapping[Absence, Stage]] = {
    Absence.LEFT: Stage.LEFT,
    Absence.BLOCKED: Stage.BLOCKED,
    Absence.LAPSED: Stage.LAPSED,
}
TOLD: Final[Mapping[Stage, News]] = {Stage.BLOCKED: News.BLOCKED, Stage.LEFT: News.GONE, Stage.LAPSED: News.LAPSED}
"""What who invited them is told unasked, once."""


Groups: TypeAlias = Mapping[str, tuple[Group, ...]]
"""By user id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """One invitation: into which ``groups`` as far as the viewer may know them, and since when."""

    guest: Guest
    stage: Stage
    groups: tuple[Group, ...] = ()

    @property
    def since(self) -> datetime:
        """When it was made."""
        return self.guest.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Stands on the terms, and on what they stand on."""

    desk: TermsDesk

    async def rows(self, viewer: Viewer) -> list[Waits]:
        """Of the partners that the asker answers for, and of those whom they invited themselves; by user id."""
        _, access = self.desk.inviting.now()
        async with self.desk.inviting.policies.store.view() as view:
            known = await view.partners.guests()
        guests = [one for one in known.values() if _may_see(access, viewer, one)]
        groups = _groups(access, {one.user: viewer for one in guests})
        return [waits for waits in await self._stages(guests, groups) if waits is not None]

    async def _stages(self, guests: list[Guest], groups: Groups) -> list[Waits | None]:
        refs = {group_room(group.id) for named in groups.values() for group in named}
        refs |= {partner_space(one.partner) for one in guests}
        async with self.desk.inviting.policies.store.view() as view:
            rooms = await view.rooms.actual(refs) if guests else {}
        return [await self._stage(one, groups.get(one.user, ()), rooms) for one in guests]

    async def _stage(
        self, guest: Guest, groups: tuple[Group, ...], rooms: Mapping[RoomRef, ActualRoom]
    ) -> Waits | None:
        """None for who is inside, or out for good."""
        if guest.standing is Standing.ASKED:
            return Waits(guest=guest, stage=Stage.ASKED, groups=groups)
        if guest.standing is Standing.OUT:
            declined = guest.farewell is Farewell.DECLINED
            return Waits(guest=guest, stage=Stage.DECLINED, groups=groups) if declined else None
        if one := self.desk.due_from(guest.user):
            shown = await self.desk.is_shown(await self.desk.question(one))
            return Waits(guest=guest, stage=Stage.SHOWN if shown else Stage.CALLED, groups=groups)
        # Whoever is in all of their groups has answered, also when they leave the space aside.
        refs = [group_room(group.id) for group in groups] or [partner_space(guest.partner)]
        stage = _furthest(guest.user, [rooms[ref] for ref in refs if ref in rooms])
        return Waits(guest=guest, stage=stage, groups=groups) if stage else None

    async def tell(self) -> None:
        """Tell who invited somebody what came of it, once for each invitation. Called by the rounds.

        Of hidden groups nothing is told beside them: in their rooms everybody inside sees who declines.
        """
        policies = self.desk.inviting.policies
        world = policies.society.world()
        if world is None:
            return
        known = world.facts.directory.guests.values()
        guests = [one for one in known if one.standing is Standing.INVITED and is_user_id(one.invited_by)]
        _, access = self.desk.inviting.now()
        known_groups = _groups(access, {one.user: alone(one.invited_by) for one in guests})
        groups = {user: tuple(one for one in named if not is_hidden(one)) for user, named in known_groups.items()}
        for waits in await self._stages(guests, groups):
            news = TOLD.get(waits.stage) if waits else None
            if waits is None or news is None:
                continue
            one, now = waits.guest, policies.clock.now()
            key = f"guest:{news}:{one.user}:{one.since.isoformat()}"
            async with policies.store.view() as view:
                told = await view.pending.get(f"told:{key}") is not None
            if not told:
                async with policies.store.work() as work:
                    await for_good(work, f"told:{key}", now)
                    await tell(work, Notice(key=key, to=one.invited_by, news=news, group="", about=one.user), now)

    async def revoke(self, viewer: Viewer, user: str, *, origin: str) -> Guest | None:
        """Take an invitation back, or let somebody go who is inside; None when there is none of the asker's."""
        policies, (_, access) = self.desk.inviting.policies, self.desk.inviting.now()
        now = policies.clock.now()
        async with policies.store.work() as work:
            guest = await work.partners.guest(user)
            if guest is None or not _may_see(access, viewer, guest):
                return None
            if guest.standing is not Standing.OUT:
                gone = out(guest, why=Farewell.REMOVED, now=now)
                await work.partners.put_guest(gone)
                for item in await work.pending.open(VOUCHING):
                    if item.document["user"] == user:
                        await _settle(work, item, now)
                await self._out_of_groups(work, gone, viewer, origin=origin, now=now)
                await note(work, gone, "guest-out", policies.chance, actor=viewer.asker, origin=origin, now=now)
        await self.desk.inviting.follow()
        return guest

    async def _out_of_groups(
        self, work: UnitOfWork, guest: Guest, viewer: Viewer, *, origin: str, now: datetime
    ) -> None:
        """They are named by no group any more that the asker may know; in the others they have no seat either."""
        policies, (_, access) = self.desk.inviting.policies, self.desk.inviting.now()
        for group in _groups(access, {guest.user: viewer}).get(guest.user, ()):
            policy = await work.policies.get(group.id)
            members = policy.values.get(MEMBERS) if policy else None
            if isinstance(members, list) and guest.user in members:
                decision = Decision(
                    id=policies.chance.token(), group=group, user=guest.user, present=False, by=viewer.asker,
                    origin=origin,
                )  # fmt: skip
                await decide(work, decision, now)


def _groups(access: Access, viewers: Mapping[str, Viewer]) -> Groups:
    """The groups that name these people, as far as the viewer of each may know them. One pass: there may be many."""
    found: dict[str, tuple[Group, ...]] = {}
    for group in access.facts.directory.groups.values() if viewers else ():
        for user in viewers.keys() & set(group.members) if group.partners else ():
            if access.may_know(viewers[user], group.id):
                found[user] = (*found.get(user, ()), group)
    return found


def _may_see(access: Access, viewer: Viewer, guest: Guest) -> bool:
    """Who answers for the partner sees all that somebody invited, and everybody whom they invited themselves."""
    if not guest.invited_by or guest.partner not in {one.id for one in access.visible_partners(viewer)}:
        return False
    return access.may_answer_for(viewer, guest.partner) or guest.invited_by == viewer.asker


def _furthest(user: str, rooms: list[ActualRoom]) -> Stage | None:
    """What is most worth telling: an invitation that waits, or one that came to nothing; None when all is well."""
    states = [room.members.get(user) for room in rooms]
    if Membership.INVITE in states:
        return Stage.SENT
    absent = [room.out[user] for room in rooms if user in room.out]
    if absent and Membership.JOIN not in states:
        return OF_ABSENCE[absent[0]]
    return None if Membership.JOIN in states else Stage.COMING


async def _settle(work: UnitOfWork, item: Pending, now: datetime) -> None:
    """Nobody needs to answer any more."""
    await work.pending.settle(item.key, "late revoked", now)
    if await for_the_first_time(work, f"ended:{item.key}", now):
        closed = Notice(key=f"closed:{item.key}", to="", news=News.CLOSED, group="", request=item.key, about=item.asker)
        await tell(work, closed, now)
