"""Ends of agreements that wait for a second administrator, where the organisation calls them critical.

``!partner end`` puts them; ✅, ❌ or a command answers, silence ends them. Everything may be repeated after a crash.
"""

from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.partners import PartnerState
from bridge.domain.viewers import OPEN, Viewer, alone
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, UnitOfWork
from bridge.rules.critical import critical_of_partner
from bridge.services.decided import NotAllowed
from bridge.services.doorstep import News, Notice, for_the_first_time, short_reason, tell
from bridge.services.parting import Parting
from bridge.services.partnerships import PartnerProposal
from bridge.services.policies import Policies

ENDING: Final = "ending"
"""The kind of question; its document says which agreement is to end, and why."""
LATE: Final = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """Stands on ``parting``; ``policies`` say what is critical, and how long somebody's word is waited for."""

    parting: Parting
    policies: Policies

    def critical(self, proposal: PartnerProposal) -> bool:
        """Whether the decision takes a second administrator."""
        return bool(critical_of_partner(proposal.before, proposal.after) & self.policies.critical)

    async def ask(
        self, proposal: PartnerProposal, *, asker: str, origin: str, room_id: str = "", reason: str = ""
    ) -> Pending:
        """Have administrators asked; the same question for a repeated ``origin``. The receipt is told in ``room_id``.

        Raises ``NotAllowed`` when there is no other administrator.
        """
        now = self.policies.clock.now()
        item = Pending(
            key=f"{ENDING}:" + b32encode(sha256(origin.encode(errors="replace")).digest())[:10].decode().lower(),
            kind=ENDING,
            asker=asker,
            room_id="",
            document={
                "partner": proposal.after.id,
                "state": proposal.before.state.value,
                "reason": short_reason(reason),
                "origin": origin,
                "room": room_id,
            },
            created_at=now,
            expires_at=now + self.policies.approval_lasts,
        )
        if not self.answerers(item):
            raise NotAllowed(
                say(
                    "This takes the word of another administrator, and there is none. To suspend"
                    " the partner waits for nobody."
                )
            )
        async with self.policies.store.work() as work:
            item = await work.pending.put(item)
            if await for_the_first_time(work, f"asked:{item.key}", now):
                await tell(work, _notice(item, "card", News.CARD), now)
                await self._note(work, item, "approval-asked", actor=asker)
        self.policies.changed()
        return item

    def answerers(self, item: Pending) -> tuple[str, ...]:
        """Who is asked, sorted: administrators, never who asked."""
        return tuple(user for user in sorted(self.policies.society.admins) if self._may_answer(item, alone(user)))

    async def may_answer(self, item: Pending, user: str) -> bool:
        """Whether this person may answer."""
        return self._may_answer(item, alone(user))

    def _may_answer(self, item: Pending, viewer: Viewer) -> bool:
        access = self.policies.society.access()
        if access is None or viewer.asker == item.asker:
            return False
        return access.is_admin(viewer.asker) and OPEN in access.compartments(viewer)

    async def waiting(self, viewer: Viewer) -> tuple[Pending, ...]:
        """What waits for an answer that the asker may give, oldest first."""
        now = self.policies.clock.now()
        async with self.policies.store.view() as view:
            items = await view.pending.open(ENDING)
        return tuple(item for item in items if now < item.expires_at and self._may_answer(item, viewer))

    async def find(self, viewer: Viewer, handle: str) -> Pending | None:
        """What a card names, answered or not; None alike when there is none and when it is not theirs to answer."""
        async with self.policies.store.view() as view:
            item = await view.pending.get(f"{ENDING}:{handle.strip().lower()}")
        return item if item is not None and self._may_answer(item, viewer) else None

    async def accept(self, item: Pending, *, by: str) -> bool:
        """End the agreement, in the name of who asked; once. False when that cannot be done any more as it was
        asked."""
        document = item.document
        async with self.policies.store.view() as view:
            ended = await view.pending.get(f"ended:{item.key}")
        taken = await self.parting.partnerships.decided_by(document["partner"], document["origin"])
        if ended is not None and not taken:
            return False
        if not taken:
            proposal = await self._again(item)
            if proposal is None or proposal.unchanged or proposal.before.state.value != document["state"]:
                await self._conclude(item, News.OVERTAKEN, "approval-overtaken", by=by)
                return False
            await self.parting.take(proposal, actor=item.asker, origin=document["origin"], room_id=document["room"],
                                    reason=document["reason"], approved=by)  # fmt: skip
        await self._conclude(item, News.GRANTED, "", by=by)
        return True

    async def _again(self, item: Pending) -> PartnerProposal | None:
        """The decision as the world is now; None when who asked may not take it any more."""
        try:
            return await self.parting.propose(alone(item.asker), item.document["partner"], PartnerState.ENDED)
        except ParvisError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            return None

    async def refuse(self, item: Pending, *, by: str, reason: str = "") -> None:
        """It goes on; who asked is told, with the reason."""
        await self._conclude(item, News.DECLINED, "approval-refused", by=by, reason=reason)

    async def expire(self, item: Pending) -> None:
        """Nobody answered in time: nothing is done, and who asked is told."""
        async with self.policies.store.work() as work:
            await work.pending.settle(item.key, LATE, self.policies.clock.now())
            ended = await work.pending.get(item.key)
        if ended is not None and ended.outcome.startswith(LATE):
            await self._conclude(item, News.UNANSWERED, "approval-expired", by="")

    async def expire_all(self) -> None:
        """The same for all whose time is over. Called by the rounds."""
        async with self.policies.store.view() as view:
            late = [one for one in await view.pending.expired(self.policies.clock.now()) if one.kind == ENDING]
        for item in late:
            await self.expire(item)

    async def _conclude(self, item: Pending, news: News, kind: str, *, by: str, reason: str = "") -> None:
        """Tell who asked and close the cards; ``kind`` of entry in the audit log, none where the decision has its
        own."""
        now = self.policies.clock.now()
        async with self.policies.store.work() as work:
            if await for_the_first_time(work, f"ended:{item.key}", now):
                await tell(work, _notice(item, "end", news, to=item.asker, reason=reason), now)
                await tell(work, _notice(item, "closed", News.CLOSED), now)
                if kind:
                    await self._note(work, item, kind, actor=by, reason=reason)
        self.policies.changed()

    async def _note(self, work: UnitOfWork, item: Pending, kind: str, *, actor: str, reason: str = "") -> None:
        now, document = self.policies.clock.now(), item.document
        entry = AuditEntry(
            id=self.policies.chance.token(),
            at=now,
            actor=actor,
            compartment=OPEN,
            kind=kind,
            run="",
            detail={
                "partner": document["partner"],
                "user": item.asker,
                "origin": document["origin"],
                "reason": reason or document["reason"],
            },
            outcome=Outcome.DONE,
            outcome_at=now,
        )
        await work.audit.intend([entry])


def _notice(item: Pending, name: str, news: News, *, to: str = "", reason: str = "") -> Notice:
    return Notice(
        key=f"{name}:{item.key}", to=to, news=news, group="", request=item.key, about=item.asker, reason=reason
    )
