"""A room that people made is to serve a group: who governs the group asks, who has power in the room agrees.

Called by commands and by answers; ``taking_over`` does what was agreed to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from bridge.domain.errors import ErrorKind, HomeserverError, InputError, ParvisError
from bridge.domain.messages import say
from bridge.domain.policy import GroupPolicy, Value
from bridge.domain.rooms import Membership, group_room
from bridge.domain.viewers import OPEN, Viewer
from bridge.planning.world import compartment_of_binding
from bridge.ports.homeserver import Homeserver
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome
from bridge.rules.adopting import Candidate, hindrance, of_group
from bridge.services.adoptable import Adoption, adoption_of, has_words, joining, seen_as
from bridge.services.adopted import ADOPTING, ADOPTION
from bridge.services.decided import merged
from bridge.services.doorstep import for_the_first_time
from bridge.services.governing import Supposed
from bridge.services.policies import Policies
from bridge.services.world import World

LASTS: Final = timedelta(days=7)
"""How long the question waits for an answer, and the agreement for people to give up their power."""
NOT_SEEN: Final = say(
    "I do not see that room with both of us in it. Invite me there, be there yourself, then ask again."
)


class CannotAdopt(ParvisError):
    """The room cannot serve the group; the sentence says why and what can be done."""

    kind = ErrorKind.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopting:
    """Stands on the decisions about groups, whose doors it uses."""

    policies: Policies

    @property
    def homeserver(self) -> Homeserver:
        """The company's."""
        return self.policies.reconciler.homeserver

    async def propose(
        self, viewer: Viewer, text: str, room: str = "", *, here: str = "", agreed: bool = False
    ) -> Adoption | None:
        """That the ``room`` (an id or alias) serves the group that ``text`` names; without one, the room ``here``.
        Somebody must be there to agree, unless it is ``agreed`` already.

        None when there is no such group for this viewer. Raises ``NotAllowed``, ``CannotAdopt``, ``InputError``, and
        ``HomeserverError`` when it is busy or down.
        """
        group = self.policies.find(viewer, text)
        world, access = self.policies.society.world(), self.policies.society.access()
        if group is None or world is None or access is None:
            return None
        if (ended := next(of_group(group), None)) is not None:
            raise CannotAdopt(ended)
        if not (room or here):
            raise InputError(say("Which room? Write its address, or its id, behind the group."))
        room_id = await self._room_id(room) if room else here
        if here and room_id != here:
            raise InputError(say("Ask me that in the room itself, or in a conversation with me alone."))
        found = await self.candidate(group.id, room_id)
        if found is None or found.room.members.get(viewer.asker) is not Membership.JOIN:
            raise CannotAdopt(NOT_SEEN)
        if ref := world.refs.get(room_id):
            known = compartment_of_binding(world.bindings[ref]) in access.compartments(viewer)
            raise CannotAdopt(say("That room serves a group, or the company, already.") if known else NOT_SEEN)
        if (wrong := hindrance(group, found)) is not None:
            raise CannotAdopt(wrong)
        adoption = await self._adoption(world, group.id, found)
        if not (agreed or adoption.admins):
            raise CannotAdopt(say("Nobody in that room has enough power to agree for it."))
        return adoption

    async def ask(self, adoption: Adoption, *, asker: str, origin: str) -> Pending:
        """Put the question, to be shown elsewhere than under a command; the same for a repeated ``origin``."""
        now = self.policies.clock.now()
        item = Pending(
            key=f"{ADOPTION}:{origin}",
            kind=ADOPTION,
            asker=asker,
            room_id=adoption.room_id,
            document=document_of(adoption, asker),
            created_at=now,
            expires_at=now + LASTS,
        )
        async with self.policies.store.work() as work:
            return await work.pending.put(item)

    async def may_agree(self, item: Pending, user: str) -> bool:
        """Whether the person has the power to agree, or had it when they were asked: they may have given it up since,
        as they were asked to. Whoever has answered already may hear their answer again."""
        if item.settled:
            return True
        found = await self.candidate(item.document["group"], item.document["room"])
        if found is None or user not in found.people:
            return False
        return user in item.document["agreeing"] or user in self._agreeing(found)

    def _agreeing(self, found: Candidate) -> frozenset[str]:
        """Who has power there. A room that the bridge made itself, and knows no longer, is also its administrators'."""
        if found.admins or found.creators != {found.bot}:
            return found.admins
        return found.people & self.policies.society.admins

    async def agree(self, adoption: Adoption, *, asker: str, by: str, origin: str) -> None:
        """``by`` agreed by the event ``origin`` to what ``asker`` asked for; it is done soon."""
        now, document = self.policies.clock.now(), {**document_of(adoption, asker), "by": by}
        async with self.policies.store.work() as work:
            if await for_the_first_time(work, f"agreed:{origin}", now):
                await work.pending.put(
                    Pending(
                        key=f"{ADOPTING}:{origin}",
                        kind=ADOPTING,
                        asker=asker,
                        room_id=adoption.room_id,
                        document=document,
                        created_at=now,
                        expires_at=now + LASTS,
                    )
                )
                token = self.policies.chance.token()
                await work.audit.intend([entry_of("adoption-agreed", document, id_=token, actor=by, at=now)])
        self.policies.changed()

    async def candidate(self, group_id: str, room_id: str) -> Candidate | None:
        """The room as it is now; None where we are not in it."""
        world = self.policies.society.world()
        group = world.facts.directory.groups.get(group_id) if world else None
        if group is None:
            return None
        try:
            room, creators = await seen_as(self.homeserver, group, room_id)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            return None
        staff = self.policies.society.service_users() | {self.homeserver.bot}
        return Candidate(room=room, creators=creators, bot=self.homeserver.bot, staff=staff)

    async def _adoption(self, world: World, group_id: str, found: Candidate) -> Adoption:
        group = world.facts.directory.groups[group_id]
        own = world.room_ids().get(group_room(group_id), "")
        if own and await has_words(self.homeserver, own, ours=found.staff):
            raise CannotAdopt(
                say(
                    "People have talked in the room that {group} has, so it keeps that one. Make a group of its own for"
                    " this room.",
                    group=group.name,
                )
            )
        joiners = joining(group, found.people, world.facts)
        async with self.policies.store.view() as view:
            known = await view.policies.get(group_id)
        now = self.policies.clock.now()
        supposed = (
            [merged(known, group_id, with_members(known, joiners), frozenset(), by="", at=now)] if joiners else []
        )
        then = await self.policies.reconciler.glance(read=False, supposing=Supposed(groups=tuple(supposed)))
        return adoption_of(group, found, then, agreeing=self._agreeing(found), joining=joiners, aside=own)

    async def _room_id(self, text: str) -> str:
        """The id of the room that an id or alias names."""
        if not text.startswith("#"):
            return text
        try:
            answer = await self.homeserver.request("GET", f"/_matrix/client/v3/directory/room/{quote(text, safe='')}")
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            raise CannotAdopt(NOT_SEEN) from error
        return str(answer["room_id"])


def document_of(adoption: Adoption, asker: str) -> dict[str, Any]:
    """What is kept of a question: enough to ask again, and to see whether something else would come of it."""
    return {
        "group": adoption.group.id,
        "room": adoption.room_id,
        "asker": asker,
        "reference": adoption.reference,
        "leaving": list(adoption.leaving),
        "agreeing": sorted(adoption.admins),
    }


def with_members(known: GroupPolicy | None, users: tuple[str, ...]) -> dict[str, Value]:
    """The members that are decided, with these."""
    named = known.values.get("members") if known else None
    before = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
    return {"members": [*before, *(user for user in users if user not in before)]}


def entry_of(kind: str, detail: Mapping[str, Any], *, id_: str, actor: str, at: datetime) -> AuditEntry:
    """A step for the audit log. Hidden groups adopt nothing, so it concerns none of them."""
    return AuditEntry(
        id=id_,
        at=at,
        actor=actor,
        compartment=OPEN,
        kind=kind,
        run="",
        detail=dict(detail),
        outcome=Outcome.DONE,
        outcome_at=at,
    )
