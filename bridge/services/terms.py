"""Terms that people of partners accept before their first room: whom to ask, and what their answer means.

``bots.admin.notary`` asks in a conversation with the person alone. Everything may be repeated after a crash; an
acceptance is kept as a proof (version, time, event, room), and the audit log tells of it.
"""

from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import Final

from bridge.domain.ids import is_user_id
from bridge.domain.partners import Acceptance, Farewell, Guest, Standing
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.rules.terms import Due, due, due_from, staying
from bridge.services.doorstep import News, Notice, for_good, for_the_first_time, tell
from bridge.services.invited import note, out
from bridge.services.inviting import Inviting

TERMS: Final = "terms"
"""The kind of question: whether somebody accepts the terms of a partner, in one version."""
OPENED: Final = "terms-opened"
"""In which room somebody was invited to read the terms."""
REMIND_AFTER: Final = timedelta(days=7)
LATE: Final = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsDesk:
    """Stands on ``inviting``."""

    inviting: Inviting

    def due(self) -> Sequence[Due]:
        """Who has terms to accept. Nobody before there was a look."""
        world = self.inviting.policies.society.world()
        return tuple(due(world.facts, self.inviting.today())) if world else ()

    def due_from(self, user: str) -> Due | None:
        """What this person has to accept."""
        world, _ = self.inviting.now()
        return due_from(world.facts, user, self.inviting.today())

    async def question(self, one: Due) -> Pending:
        """The question that they are asked, answered or not; put when it is not there yet."""
        policies = self.inviting.policies
        now = policies.clock.now()
        async with policies.store.view() as view:
            known = await view.pending.get(key_of(one))
        if known is not None:
            return known
        item = Pending(
            key=key_of(one),
            kind=TERMS,
            asker=one.user,
            room_id="",
            document={"user": one.user, "partner": one.partner.id, "version": one.terms.version},
            created_at=now,
            expires_at=self._ends(one, now),
        )
        async with policies.store.work() as work:
            return await work.pending.put(item)

    def _ends(self, one: Due, now: datetime) -> datetime:
        """Who is in already has until their day is over; whoever is new has as long as an invitation."""
        if one.by:
            return max(now, datetime.combine(one.by + timedelta(days=1), time(), UTC))
        return now + self.inviting.policies.reconciler.invitations

    async def announce(self) -> None:
        """Who answers for a partner hears, once, that its people who are in are asked, and until when."""
        policies, world = self.inviting.policies, self.inviting.policies.society.world()
        now = policies.clock.now()
        for one in staying(world.facts, self.inviting.today()) if world else ():
            about = f"{one.partner.id}:{one.partner.terms}:{one.terms.version}"
            async with policies.store.work() as work:
                if not await for_good(work, f"terms-asked:{about}", now):
                    continue
                for user in world.facts.answerable(one.partner) if world else ():
                    notice = Notice(key=f"terms-asked:{user}:{about}", to=user, news=News.TERMS_ASKED, group="",
                                    about=one.partner.id, reason=one.by.isoformat() if one.by else "")  # fmt: skip
                    await tell(work, notice, now)

    async def room_of(self, item: Pending) -> str | None:
        """Where they were invited to read the terms."""
        async with self.inviting.policies.store.view() as view:
            opened = await view.pending.get(f"{OPENED}:{item.key}")
        return opened.room_id if opened else None

    async def opened(self, item: Pending, room_id: str) -> None:
        """They were invited there."""
        async with self.inviting.policies.store.work() as work:
            opened = replace(item, key=f"{OPENED}:{item.key}", kind=OPENED, room_id=room_id, document={})
            await work.pending.put(opened)
            await work.pending.settle(opened.key, "done", self.inviting.policies.clock.now())

    async def is_shown(self, item: Pending) -> bool:
        """Whether they have the text before them."""
        async with self.inviting.policies.store.view() as view:
            return bool(await view.pending.shown(item.key))

    async def accept(self, item: Pending, *, event: str, room: str) -> None:
        """From now on they may come in; once, with the first event that says so."""
        policies, (world, _) = self.inviting.policies, self.inviting.now()
        now, asked = policies.clock.now(), item.document
        async with policies.store.work() as work:
            await work.pending.settle(item.key, f"yes {event}", now)
            if await for_the_first_time(work, f"accepted:{item.key}", now):
                known = await work.partners.guest(item.asker)
                base = known or Guest(user=item.asker, partner=asked["partner"], since=now, at=now)
                proof = Acceptance(version=asked["version"], at=now, event=event, room=room)
                guest = replace(base, accepted=proof, at=now)
                await work.partners.put_guest(guest)
                partner = world.facts.directory.partners.get(asked["partner"])
                more = {"terms": partner.terms if partner else "", "version": asked["version"]}
                await note(work, guest, "guest-accepted", policies.chance, actor=item.asker, origin=event, now=now,
                           more=more)  # fmt: skip
        await self.inviting.follow()

    async def refuse(self, item: Pending, *, event: str = "", news: News = News.DECLINED) -> None:
        """They do not want to, or cannot be asked (``News.BLOCKED``): who invited them is told, once."""
        await self._end(item, f"no {event}".strip(), news)

    async def lapse(self, item: Pending) -> None:
        """They have not answered in time: an invitation is taken back; whoever was in before is out until they do."""
        await self._end(item, LATE, News.UNANSWERED)

    async def _end(self, item: Pending, outcome: str, news: News) -> None:
        policies = self.inviting.policies
        now = policies.clock.now()
        async with policies.store.work() as work:
            await work.pending.settle(item.key, outcome, now)
            if await for_the_first_time(work, f"ended:{item.key}", now):
                await self._let_go(work, item, news, now)
        await self.inviting.follow()

    async def _let_go(self, work: UnitOfWork, item: Pending, news: News, now: datetime) -> None:
        guest = await work.partners.guest(item.asker)
        if guest is None or guest.standing is not Standing.INVITED:
            return
        if guest.accepted is None or news is not News.UNANSWERED:
            gone = out(guest, why=Farewell.DECLINED, now=now)
            await work.partners.put_guest(gone)
            await note(work, gone, "guest-out", self.inviting.policies.chance, actor=item.asker, origin=item.key,
                       now=now)  # fmt: skip
        if is_user_id(guest.invited_by):
            notice = Notice(key=f"end:{item.key}", to=guest.invited_by, news=news, group="", request=item.key,
                            about=item.asker)  # fmt: skip
            await tell(work, notice, now)

    def is_reminder_due(self, item: Pending) -> bool:
        """Whether they have had the text for so long that they are to be asked once more."""
        return self.inviting.policies.clock.now() >= min(item.created_at + REMIND_AFTER, item.expires_at)


def key_of(one: Due) -> str:
    """The key of the question: another one for another version, and for who is invited anew."""
    since = one.guest.since.isoformat() if one.guest and one.guest.invited_by else ""
    told = repr((one.user, one.partner.terms, one.terms.version, since))
    return f"{TERMS}:" + b32encode(sha256(told.encode()).digest())[:16].decode().lower()
