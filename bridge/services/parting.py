"""Suspending, resuming and ending an agreement on somebody's behalf: what it takes, doing it, and what became of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from bridge.domain.errors import ParvisError
from bridge.domain.messages import say
from bridge.domain.partners import Partner, PartnerState
from bridge.domain.rooms import ActualRoom, Membership, RoomRef
from bridge.domain.viewers import OPEN, Viewer
from bridge.rules.access import Access
from bridge.services.containing import OUT, containment_item, outsiders_of
from bridge.services.decided import NotAllowed
from bridge.services.partnerships import PartnerProposal, Partnerships
from bridge.services.receipts import Receipt, Receipts
from bridge.services.world import World

JOIN: Final = Membership.JOIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """What shutting a partner out takes, as far as the viewer may know: how many ``people`` are in how many ``rooms``,
    and how many people are ``invited`` into one."""

    people: int = 0
    rooms: int = 0
    invited: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """The last receipt of a partner, and who is invited and not in since it was resumed."""

    partner: Partner
    receipt: Receipt | None = None
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """The way out, as bots and the command line reach it."""

    partnerships: Partnerships
    receipts: Receipts

    async def propose(self, viewer: Viewer, text: str, state: PartnerState) -> PartnerProposal | None:
        """That the partner becomes suspended, ended, or active again after it was suspended.

        None when there is no such partner for this viewer. Raises what ``Partnerships.propose`` raises.
        """
        partner = self.partnerships.find(viewer, text)
        if partner is None:
            return None
        if state is PartnerState.ACTIVE and partner.state not in (PartnerState.SUSPENDED, PartnerState.ACTIVE):
            raise NotAllowed(say("Only what is suspended can be resumed, and {partner} is not.", partner=partner.name))
        if state is PartnerState.SUSPENDED and partner.state is PartnerState.ENDED:
            raise NotAllowed(say("The agreement with {partner} has ended: everybody of it is out.",
                                 partner=partner.name))  # fmt: skip
        if state is PartnerState.ACTIVE and not await self._is_created(partner):
            # What was decided goes back to what it was before: the very same, so that rooms follow it unasked.
            return await self.partnerships.propose(viewer, text, {}, frozenset({"state"}))
        return await self.partnerships.propose(viewer, text, {"state": state.value})

    async def _is_created(self, partner: Partner) -> bool:
        async with self.partnerships.store.view() as view:
            known = await view.partners.policy(partner.id)
        return known is not None and known.created

    async def toll(self, viewer: Viewer, partner: Partner) -> Toll:
        """What it takes to shut the partner out now."""
        world, access = self._now()
        outsiders, people, invited, rooms = outsiders_of(world, partner), set[str](), set[str](), 0
        for _, room in await self._rooms(world, access, viewer):
            here = {user: state for user, state in room.members.items() if outsiders.brought(user)}
            joined = {user for user, state in here.items() if state is JOIN}
            people |= joined
            rooms += bool(joined)
            invited |= {user for user, state in here.items() if state is Membership.INVITE}
        return Toll(people=len(people), rooms=rooms, invited=len(invited))

    async def take(
        self,
        proposal: PartnerProposal,
        *,
        actor: str,
        origin: str,
        room_id: str = "",
        reason: str = "",
        approved: str = "",
    ) -> None:
        """Take the decision, once per event ``origin``. Whoever is to be out goes at once, before anything else; the
        receipt is then told in ``room_id``. ``approved`` is who else said yes, where that was needed."""
        beside = None
        if proposal.after.state in OUT:
            beside = containment_item(
                proposal.after,
                actor=actor,
                origin=origin,
                at=self.partnerships.clock.now(),
                room_id=room_id,
                reason=reason,
            )
        await self.partnerships.take(
            proposal, actor=actor, origin=origin, beside=beside, approved=approved, reason=reason
        )

    async def receipt(self, viewer: Viewer, text: str) -> Parted | None:
        """The last receipt, for whoever answers for the partner; None when the viewer knows no such partner. Raises
        ``NotAllowed``."""
        partner, (world, access) = self.partnerships.find(viewer, text), self._now()
        if partner is None:
            return None
        if not access.may_answer_for(viewer, partner.id):
            raise NotAllowed(say("Its sponsor and administrators see what became of {partner}.", partner=partner.name))
        receipt = await self.receipts.newest(access, viewer, partner.id)
        waiting = await self._waiting(world, access, viewer, partner, receipt) if receipt else ()
        return Parted(partner=partner, receipt=receipt, waiting=waiting)

    async def _waiting(
        self, world: World, access: Access, viewer: Viewer, partner: Partner, receipt: Receipt
    ) -> tuple[str, ...]:
        """Who was in a room then, is invited again, and has not come into any."""
        if partner.state is not PartnerState.ACTIVE:
            return ()
        invited, joined = set[str](), set[str]()
        for _, room in await self._rooms(world, access, viewer):
            for user, state in room.members.items():
                (joined if state is JOIN else invited).add(user)
        return tuple(sorted(receipt.people & invited - joined))

    async def _rooms(self, world: World, access: Access, viewer: Viewer) -> Collection[tuple[RoomRef, ActualRoom]]:
        """The rooms that the viewer may know, as last seen."""
        compartments = access.compartments(viewer)
        async with self.partnerships.store.view() as view:
            actual: Mapping[RoomRef, ActualRoom] = await view.rooms.actual()
        desired = world.desired.rooms
        wanted = {ref: desired[ref].compartment if ref in desired else OPEN for ref in actual}
        return [(ref, room) for ref, room in actual.items() if viewer.cleared or wanted[ref] in compartments]

    def _now(self) -> tuple[World, Access]:
        world, access = self.partnerships.society.world(), self.partnerships.society.access()
        if world is None or access is None:
            raise ParvisError(say("The directory has not been read yet."))
        return world, access
