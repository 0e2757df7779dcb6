"""Whether a decision about a partner has arrived in the rooms that admit it: read back from the homeserver once rooms
should have followed. Kept by commands beside their answer, which ``bots.admin.echo`` completes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar, Final

from bridge.domain.messages import Message, Text, say, say_n
from bridge.domain.partners import Partner
from bridge.domain.rooms import Membership, RoomRef, group_room, partner_space
from bridge.domain.viewers import Viewer
from bridge.planning.choosing import of_rooms
from bridge.ports.pending import Pending
from bridge.rules.access import Access
from bridge.rules.facts import Facts
from bridge.rules.partner_effects import effect_of, spoken
from bridge.rules.partners import partner_of
from bridge.services.partnerships import PartnerProposal, Partnerships
from bridge.services.readback import Course
from bridge.services.showing import room_name
from bridge.services.world import World

READ: Final = 20
"""Rooms that are read back at most."""
TAKE_BACK: Final = say("To take it back:")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerEcho:
    """What may be told now: ``effects`` are the decided fields in words, ``rooms`` what the homeserver says of each,
    ``more`` how many others there are, ``back`` the command back, ``reason`` why it is not so yet."""

    name: Text
    furthest_behind: Course
    effects: tuple[Message, ...] = ()
    rooms: tuple[Message, ...] = ()
    more: int = 0
    back: str = ""
    reason: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerReadBack:
    """Looks at rooms that decisions about partners were to change."""

    KIND: ClassVar[str] = "partner-read-back"
    LASTS: ClassVar[timedelta] = timedelta(hours=1)

    partnerships: Partnerships

    async def keep(
        self, proposal: PartnerProposal, *, actor: str, origin: str, room_id: str, command: str, back: str = ""
    ) -> None:
        """The answer of ``command`` in ``room_id`` is to be completed; once per event ``origin``, however often.
        ``back`` is the command that takes the decision back, as it is typed there."""
        now = self.partnerships.clock.now()
        item = Pending(
            key=f"{self.KIND}:{origin}",
            kind=self.KIND,
            asker=actor,
            room_id=room_id,
            document={
                "partner": proposal.after.id,
                "fields": [*proposal.values, *sorted(proposal.unset)],
                "origin": origin,
                "command": command,
                "back": back,
            },
            created_at=now,
            expires_at=now + self.LASTS,
        )
        async with self.partnerships.store.work() as work:
            await work.pending.put(item)

    async def open(self) -> tuple[Pending, ...]:
        """The decisions that are still to be told of."""
        async with self.partnerships.store.view() as view:
            return tuple(await view.pending.open(self.KIND))

    async def close(self, item: Pending, course: str) -> None:
        """No more of this."""
        async with self.partnerships.store.work() as work:
            await work.pending.settle(item.key, course, self.partnerships.clock.now())

    async def look(self, item: Pending, viewer: Viewer) -> PartnerEcho | None:
        """How it is now; None when this viewer may not decide about the partner any more. Raises ``ParvisError``."""
        access, id_ = self.partnerships.society.access(), str(item.document["partner"])
        if access is None or not access.may_answer_for(viewer, id_):
            return None
        world = await self.partnerships.reconciler.glance(read=False)
        partner = world.facts.directory.partners.get(id_)
        if partner is None:
            return None
        refs = _rooms(world, access, viewer, id_)
        echo = PartnerEcho(
            name=partner.name,
            furthest_behind=Course.WAITING,
            effects=tuple(effect_of(spoken(partner, world.facts), one) for one in item.document["fields"]),
            back=item.document["back"],
        )
        plan = of_rooms(world.plan.seen_by(access.compartments(viewer)), refs)
        if plan.held:
            return replace(echo, furthest_behind=Course.HELD, reason=plan.held.reason)
        if not plan.empty:
            missing = say_n("{count} change is still to come.", "{count} changes are still to come.",
                            sum(1 for _ in plan.actions))  # fmt: skip
            return replace(echo, reason=missing)
        return await self._read(echo, world, partner, refs)

    async def _read(self, echo: PartnerEcho, world: World, partner: Partner, refs: Sequence[RoomRef]) -> PartnerEcho:
        ids, rows = world.room_ids(), list[Message]()
        known = [ref for ref in refs if ref in ids]
        for ref in known[:READ]:
            view = await self.partnerships.reconciler.homeserver.read_room(ids[ref])
            of = world.facts.claims
            states = [state for user, state in view.members.items() if partner_of(user, of) == partner.id]
            rows.append(_row(ref, states, world.facts))
        return replace(echo, furthest_behind=Course.DONE, rooms=tuple(rows), more=len(known[READ:]))


def _rooms(world: World, access: Access, viewer: Viewer, partner: str) -> Sequence[RoomRef]:
    """The rooms that admit the partner, its space first, as far as the viewer may see them."""
    groups = (group for group in access.visible_groups(viewer) if partner in group.partners)
    refs = (partner_space(partner), *(group_room(group.id) for group in groups))
    compartments, desired = access.compartments(viewer), world.desired.rooms
    return [ref for ref in refs if ref in desired and desired[ref].compartment in compartments]


def _row(ref: RoomRef, states: Sequence[Membership], facts: Facts) -> Message:
    return say(
        "{room}: of the people of the partner, {joined} in it, {invited} invited",
        room=room_name(ref, facts),
        joined=states.count(Membership.JOIN),
        invited=states.count(Membership.INVITE),
    )
