"""Invitations that wait for the word of who answers for the partner, or of a second person where a group asks for two.
✅, ❌ or a command answers, silence ends them.

Put by ``inviting`` on behalf of an owner; everything may be repeated after a crash.
"""

from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from bridge.domain.partners import Farewell, Standing
from bridge.domain.viewers import Viewer, alone
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.rules.fields import read_day
from bridge.rules.inviting import NotInvitable, check_groups, check_until, may_second, partner_for, seconds
from bridge.services.doorstep import News, Notice, for_the_first_time, tell
from bridge.services.invited import Coming, ids, keep_asked, let_in, note, out
from bridge.services.inviting import Invitation, Inviting, taken_key

VOUCHING: Final = "vouching"
"""The kind of question; its document says who is to come, into which groups, until when and why."""
LATE: Final = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouching:
    """Stands on ``inviting``."""

    inviting: Inviting

    async def ask(self, invitation: Invitation, *, origin: str) -> Pending:
        """Have those asked whose word is needed; the same question for a repeated ``origin``."""
        policies, coming = self.inviting.policies, invitation.coming
        now = policies.clock.now()
        item = Pending(
            key=key_of(origin),
            kind=VOUCHING,
            asker=coming.by,
            room_id="",
            document={
                "user": coming.user,
                "partner": coming.partner,
                "groups": ids(coming.groups),
                "two": list(invitation.two),
                "until": coming.until.isoformat() if coming.until else "",
                "reason": coming.reason,
                "origin": origin,
            },
            created_at=now,
            expires_at=now + policies.approval_lasts,
        )
        async with policies.store.work() as work:
            item = await work.pending.put(item)
            if await for_the_first_time(work, taken_key(origin), now):
                await keep_asked(work, coming, policies.chance, origin=origin, now=now)
                await tell(work, _notice(item, "card", News.CARD), now)
        await self.inviting.follow()
        return item

    def answerers(self, item: Pending) -> tuple[str, ...]:
        """Who is asked, sorted: who answers for the partner, else administrators, or a second person; never who
        asked."""
        world, access = self.inviting.now()
        partner = world.facts.directory.partners.get(item.document["partner"])
        if partner is None:
            return ()
        if two := two_of(item):
            return seconds(access, partner, two, asker=item.asker)
        asked = world.facts.answerable(partner) or access.admins & world.facts.employees
        return tuple(sorted(user for user in asked if user != item.asker))

    async def may_answer(self, item: Pending, user: str) -> bool:
        """Whether this person may answer: never who asked."""
        return self._may_answer(item, alone(user))

    def _may_answer(self, item: Pending, viewer: Viewer) -> bool:
        _, access = self.inviting.now()
        partner, two = item.document["partner"], two_of(item)
        if viewer.asker == item.asker:
            return False
        return may_second(access, viewer, partner, two) if two else access.may_answer_for(viewer, partner)

    async def find(self, viewer: Viewer, handle: str) -> Pending | None:
        """What a card names, answered or not; None alike when there is none and when it is not theirs to answer."""
        async with self.inviting.policies.store.view() as view:
            item = await view.pending.get(f"{VOUCHING}:{handle.strip().lower()}")
        return item if item is not None and self._may_answer(item, viewer) else None

    async def accept(self, item: Pending, *, by: str) -> bool:
        """Make the invitation, in the name of who asked; once. False when it cannot be made as it was asked."""
        policies, (world, _) = self.inviting.policies, self.inviting.now()
        coming, now = self._coming(item, by), policies.clock.now()
        async with policies.store.view() as view:
            guest = await view.partners.guest(item.document["user"])
            ended = await view.pending.get(f"ended:{item.key}")
        if ended is not None:
            return guest is not None and by in guest.approved_by
        if coming is None:
            await self._end(item, News.OVERTAKEN, Farewell.REFUSED, by=by)
            return False
        async with policies.store.work() as work:
            if await self._conclude(work, item, News.GRANTED):
                await let_in(work, coming, world, policies.chance, origin=item.document["origin"], now=now)
        await self.inviting.follow()
        return True

    def _coming(self, item: Pending, by: str) -> Coming | None:
        """Who is to come, if who asked may still invite them so."""
        _, access = self.inviting.now()
        asked, viewer, today = item.document, alone(item.asker), self.inviting.today()
        groups, until = self.inviting.groups_of(asked["groups"]), read_day(asked["until"])
        try:
            partner = partner_for(access, viewer, asked["user"], today)
            check_groups(access, viewer, partner, groups)
            check_until(partner, until, today)
        except NotInvitable:
            return None
        if partner.id != asked["partner"] or ids(groups) != asked["groups"]:
            return None
        return Coming(
            user=asked["user"],
            partner=partner.id,
            groups=groups,
            until=until,
            reason=asked["reason"],
            by=item.asker,
            approved=(by,),
        )

    async def refuse(self, item: Pending, *, by: str, reason: str = "") -> None:
        """They are not invited; who asked is told, with the reason."""
        await self._end(item, News.DECLINED, Farewell.REFUSED, by=by, reason=reason)

    async def expire(self) -> None:
        """Nobody answered in time: nothing is done, and who asked is told. Called by the rounds."""
        policies = self.inviting.policies
        now = policies.clock.now()
        async with policies.store.view() as view:
            late = [item for item in await view.pending.expired(now) if item.kind == VOUCHING]
        for item in late:
            async with policies.store.work() as work:
                await work.pending.settle(item.key, LATE, now)
            await self.end_late(item)

    async def end_late(self, item: Pending) -> None:
        """It is settled as not answered in time."""
        await self._end(item, News.UNANSWERED, Farewell.REFUSED, by="")

    async def _end(self, item: Pending, news: News, why: Farewell, *, by: str, reason: str = "") -> None:
        policies = self.inviting.policies
        now = policies.clock.now()
        async with policies.store.work() as work:
            guest = await work.partners.guest(item.document["user"])
            if await self._conclude(work, item, news, reason=reason) and guest and guest.standing is Standing.ASKED:
                gone = out(guest, why=why, now=now)
                await work.partners.put_guest(gone)
                origin = item.document["origin"]
                await note(work, gone, "guest-out", policies.chance, actor=by, origin=origin, now=now)
        await self.inviting.follow()

    async def _conclude(self, work: UnitOfWork, item: Pending, news: News, *, reason: str = "") -> bool:
        """Tell who asked and close the cards; whether that is done now for the first time."""
        now = self.inviting.policies.clock.now()
        if not await for_the_first_time(work, f"ended:{item.key}", now):
            return False
        await tell(work, _notice(item, "end", news, to=item.asker, reason=reason), now)
        await tell(work, _notice(item, "closed", News.CLOSED), now)
        return True

    async def waiting(self, viewer: Viewer) -> tuple[Pending, ...]:
        """What waits for an answer that the asker may give, oldest first."""
        policies = self.inviting.policies
        async with policies.store.view() as view:
            items = await view.pending.open(VOUCHING)
        now = policies.clock.now()
        return tuple(item for item in items if now < item.expires_at and self._may_answer(item, viewer))


def key_of(origin: str) -> str:
    """The key of the question that an event asks; what stands behind the colon is short enough to be typed."""
    return f"{VOUCHING}:" + b32encode(sha256(origin.encode(errors="replace")).digest())[:10].decode().lower()


def handle_of(item: Pending) -> str:
    """What people type to answer."""
    return item.key.removeprefix(f"{VOUCHING}:")


def two_of(item: Pending) -> tuple[str, ...]:
    """The ids of the groups for whose sake a second person is asked; none where who answers for the partner is."""
    return tuple(item.document.get("two", ()))


def _notice(item: Pending, name: str, news: News, *, to: str = "", reason: str = "") -> Notice:
    return Notice(
        key=f"{name}:{item.key}", to=to, news=news, group="", request=item.key, about=item.asker, reason=reason
    )
