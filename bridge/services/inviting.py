"""Inviting somebody of a partner: looked at first, then stored, audited and followed, once per event.

``!invite`` and the command line come here. Where somebody else has to agree, ``vouching`` goes on; people come in once
they have accepted the terms, where there are some (``terms``).
"""

import asyncio
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Final

from bridge.domain.directory import Group
from bridge.domain.errors import ErrorKind, HomeserverError, ParvisError
from bridge.domain.ids import is_user_id
from bridge.domain.messages import Message, say
from bridge.domain.partners import Guest, Partner, Standing
from bridge.domain.policy import Terms
from bridge.domain.rooms import group_room, partner_space
from bridge.domain.viewers import Viewer
from bridge.ports.homeserver import Homeserver, Reach
from bridge.rules.access import Access
from bridge.rules.fields import BadValue
from bridge.rules.inviting import (
    NotInvitable,
    asking_for_two,
    check_groups,
    check_limits,
    check_until,
    invited,
    partner_for,
    seconds,
    terms_for,
)
from bridge.services.doorstep import for_the_first_time, short_reason
from bridge.services.invited import Coming, ids, let_in
from bridge.services.policies import Policies
from bridge.services.undone import COMMAND_LINE
from bridge.services.world import NOBODY, World

REACH_WITHIN: Final = 10.0
"""Seconds that somebody waits for an answer of another homeserver; after them it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation that may be made. ``guest`` is what is kept of the person, ``terms`` what they accept first,
    ``asks`` who has to agree (user ids; nobody where it is done at once), ``two`` the ids of the groups for whose sake
    a second person is asked, where it is not the partner's; ``unchanged`` why there is nothing to do."""

    coming: Coming
    partner: Partner
    guest: Guest | None = None
    terms: Terms | None = None
    asks: tuple[str, ...] = ()
    two: tuple[str, ...] = ()
    reach: Reach = Reach.UNKNOWN
    unchanged: Message | None = None

    @property
    def reference(self) -> str:
        """Ten letters and digits: another word when something that was shown is otherwise by now."""
        coming, version = self.coming, self.terms.version if self.terms else ""
        told = repr((coming.user, coming.partner, ids(coming.groups), coming.until, version, self.asks))
        return b32encode(sha256(told.encode(errors="replace")).digest())[:10].decode().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviting:
    """Stands on the decisions about groups, whose doors it uses."""

    policies: Policies
    homeserver: Homeserver

    async def propose(
        self, viewer: Viewer, user: str, groups: Sequence[str], *, until: date | None = None, reason: str = ""
    ) -> Invitation | None:
        """That somebody is invited into these groups, by their names; into none it is the partner's space alone.

        None when there is no such group for this viewer. Raises ``NotInvitable`` and ``BadValue``.
        """
        world, access = self.now()
        if not is_user_id(user):
            # Not repeated: it may be the name of a group that is for others to know.
            raise BadValue(say("First comes who is invited: a user id such as @bob:acme.example."))
        found = [access.find(viewer, text) for text in groups]
        named = tuple({group.id: group for group in found if group is not None}.values())
        if None in found:
            return None
        partner = partner_for(access, viewer, user, self.today())
        check_groups(access, viewer, partner, named)
        async with self.policies.store.view() as view:
            guest = await view.partners.guest(user)
        check_until(partner, until, self.today())
        coming = Coming(
            user=user,
            partner=partner.id,
            groups=named,
            until=until,
            reason=short_reason(reason),
            by=viewer.asker or COMMAND_LINE,
        )
        invitation = Invitation(
            coming=coming, partner=partner, guest=guest, terms=terms_for(world.facts, partner, guest)
        )
        unchanged = self._nothing_new(world, invitation)
        if unchanged is None and (guest is None or guest.standing is Standing.OUT):
            check_limits(world.facts, partner, user, waiting=self._waiting(world, partner))
        # Of who is asked for already, too: the event that asked comes again after a crash, and is answered the same.
        if unchanged is None or (guest and guest.standing is Standing.ASKED):
            invitation = self._asking(access, viewer, invitation)
        reach = await self._reach(user)
        return replace(invitation, reach=reach, unchanged=unchanged)

    def _nothing_new(self, world: World, invitation: Invitation) -> Message | None:
        """Who is asked for, or invited, or inside is told of; whoever left or did not answer is asked again."""
        coming, guest = invitation.coming, invitation.guest
        if guest is None or guest.standing is Standing.OUT or (coming.until and coming.until != guest.until):
            return None
        if guest.standing is Standing.ASKED:
            return say("{user} is to be invited already; it waits for somebody’s word.", user=coming.user)
        refs = [group_room(one.id) for one in coming.groups] or [partner_space(coming.partner)]
        if all(coming.user in world.joined.get(ref, NOBODY) for ref in refs):
            return say("{user} is inside already.", user=coming.user)
        seated = all(coming.user in world.facts.people_of(one.id) for one in coming.groups)
        return None if coming.groups and not seated else self._on_the_way(invitation)

    @staticmethod
    def _on_the_way(invitation: Invitation) -> Message | None:
        """Somebody who has still the terms to accept is not asked twice; another invitation is asked again."""
        if invitation.terms is not None:
            return say("{user} is invited already, and has still to accept the terms.", user=invitation.coming.user)
        return None

    def _waiting(self, world: World, partner: Partner) -> int:
        """How many of the partner were invited and are nowhere yet, as far as everybody may know."""
        space = world.joined.get(partner_space(partner.id), NOBODY)
        return sum(1 for guest in invited(world.facts, partner.id) if guest.user not in space)

    @staticmethod
    def _asking(access: Access, viewer: Viewer, invitation: Invitation) -> Invitation:
        """With those who have to agree: who answers for the partner, where the asker does not and nobody has agreed to
        the person yet; else a second person, where a group asks for two. Raises ``NotInvitable`` without any."""
        facts, guest, partner = access.facts, invitation.guest, invitation.partner
        invited_before = guest is not None and guest.standing is Standing.INVITED
        if not access.may_answer_for(viewer, partner.id) and not invited_before:
            return replace(invitation, asks=facts.answerable(partner) or tuple(sorted(access.admins & facts.employees)))
        user, strict = invitation.coming.user, asking_for_two(invitation.coming.groups)
        two = tuple(group.id for group in strict if user not in facts.people_of(group.id))
        if viewer.cleared or not two:
            return invitation
        asks = seconds(access, partner, two, asker=viewer.asker)
        if not asks:
            raise NotInvitable(say("This takes the word of somebody else who may decide it, and there is nobody."))
        return replace(invitation, asks=asks, two=two)

    async def _reach(self, user: str) -> Reach:
        try:
            async with asyncio.timeout(REACH_WITHIN):
                return await self.homeserver.reach(user)
        except (TimeoutError, HomeserverError):
            return Reach.UNKNOWN

    async def taken(self, origin: str) -> bool:
        """Whether the event ``origin`` made its invitation before, if it is repeated after a crash."""
        async with self.policies.store.view() as view:
            return await view.pending.get(taken_key(origin)) is not None

    async def take(self, invitation: Invitation, *, origin: str) -> None:
        """Make the invitation that nobody else has to agree to, once per event ``origin``."""
        policies, (world, _) = self.policies, self.now()
        now = policies.clock.now()
        async with policies.store.work() as work:
            if not await for_the_first_time(work, taken_key(origin), now):
                return
            await let_in(work, invitation.coming, world, policies.chance, origin=origin, now=now)
        await self.follow()

    async def follow(self) -> None:
        """What was just stored counts for whoever asks next, and rooms follow."""
        if self.policies.heeded:
            await self.policies.heeded()
        self.policies.changed()

    def groups_of(self, named: Sequence[str]) -> tuple[Group, ...]:
        """The groups with these ids, as far as there still are."""
        world, _ = self.now()
        groups = world.facts.directory.groups
        return tuple(groups[one] for one in named if one in groups)

    def now(self) -> tuple[World, Access]:
        """The world and the gate. Raises ``ParvisError`` before there was a look."""
        world, access = self.policies.society.world(), self.policies.society.access()
        if world is None or access is None:
            raise ParvisError(say("The directory has not been read yet."), kind=ErrorKind.CONFLICT)
        return world, access

    def today(self) -> date:
        """The day by which agreements begin and end."""
        reconciler = self.policies.reconciler
        return reconciler.clock.now().astimezone(reconciler.timezone).date()

    def end_of(self, day: date) -> datetime:
        """The moment at which the day is over (UTC), by the same clock."""
        midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=self.policies.reconciler.timezone)
        return midnight.astimezone(UTC)


def taken_key(origin: str) -> str:
    """Under which it is kept that the invitation of the event ``origin`` was made."""
    return f"invite:{origin}"


def day_in(text: str) -> date | None:
    """A day as it is kept with questions."""
    return datetime.fromisoformat(text).date() if text else None
