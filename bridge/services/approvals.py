"""Decisions that wait for somebody else's word: critical ones for a second person with the same right, and what
administrators alone decide for one of them, when somebody asks.

Commands put them; ✅, ❌ or a command answers, silence ends them. Everything may be repeated after a crash.
"""

from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from bridge.domain.directory import Visibility
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.policy import Critical
from bridge.domain.viewers import OPEN, Compartment, Viewer, alone
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, UnitOfWork
from bridge.rules.critical import critical_in
from bridge.services.decided import NotAllowed, Proposal, taken_key
from bridge.services.doorstep import News, Notice, for_the_first_time, short_reason, tell
from bridge.services.policies import Policies
from bridge.services.restating import again, basis, kept

APPROVAL: Final = "approval"
"""The kind of question; its document is the decision as ``restating`` keeps it, with what is said here beside."""
LATE: Final = "late"


class Need(StrEnum):
    """Whose word a decision waits for."""

    SECOND = "second"
    """Of somebody else with the same right."""
    ADMIN = "admin"
    """Of an administrator: who asks may not decide it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Stands on the decisions about groups, whose doors it uses."""

    policies: Policies

    def critical(self, proposal: Proposal) -> frozenset[Critical]:
        """Why the decision takes a second person; nothing where it does not."""
        if proposal.created:
            return frozenset()
        return critical_in(proposal.group, proposal.after) & self.policies.critical

    async def ask(self, proposal: Proposal, need: Need, *, asker: str, reason: str, origin: str) -> Pending:
        """Have those asked who may answer; the same question for a repeated ``origin``.

        Raises ``NotAllowed`` when there is nobody who may.
        """
        now = self.policies.clock.now()
        secret = Visibility.HIDDEN in (proposal.group.visibility, proposal.after.visibility)
        document = {
            **kept(proposal, origin=origin),
            "need": str(need),
            "critical": sorted(map(str, self.critical(proposal))),
            "reason": short_reason(reason),
            "secret": secret,
            "compartment": proposal.after.id if secret else OPEN,
        }
        item = Pending(
            key=key_of(origin),
            kind=APPROVAL,
            asker=asker,
            room_id="",
            document=document,
            created_at=now,
            expires_at=now + self.policies.approval_lasts,
        )
        if not self.answerers(item):
            raise NotAllowed(say("This takes the word of somebody else who may decide it, and there is nobody."))
        async with self.policies.store.work() as work:
            item = await work.pending.put(item)
            if await for_the_first_time(work, f"asked:{item.key}", now):
                await tell(work, _notice(item, "card", News.CARD), now)
                await self._note(work, item, "approval-asked", actor=asker)
        self.policies.changed()
        return item

    def answerers(self, item: Pending) -> tuple[str, ...]:
        """Who may answer and is told so, sorted: owners and delegates of the group, and administrators."""
        world, admins = self.policies.society.world(), self.policies.society.admins
        if world is None:
            return ()
        facts, group = world.facts, item.document["group"]
        asked = set(admins)
        if item.document["need"] == Need.SECOND:
            asked |= facts.owners.get(group, frozenset())
            asked |= facts.delegates_over(group)
        return tuple(sorted(user for user in asked if self._may_answer(item, alone(user))))

    async def may_answer(self, item: Pending, user: str) -> bool:
        """Whether this person may answer: never who asked."""
        return self._may_answer(item, alone(user))

    def _may_answer(self, item: Pending, viewer: Viewer) -> bool:
        access, document = self.policies.society.access(), item.document
        if access is None or viewer.asker == item.asker:
            return False
        if document["need"] == Need.ADMIN:
            # Whoever reads along learns what is answered: about what is to be hidden, that is nobody.
            fit = viewer.personal or not document["secret"]
            return fit and access.is_admin(viewer.asker) and OPEN in access.compartments(viewer)
        delegating = Critical.DELEGATE in document["critical"]
        may = access.may_delegate if delegating else access.may_govern
        return may(viewer, document["group"])

    async def waiting(self, viewer: Viewer) -> tuple[Pending, ...]:
        """What waits for an answer that the asker may give, oldest first."""
        now = self.policies.clock.now()
        async with self.policies.store.view() as view:
            items = await view.pending.open(APPROVAL)
        return tuple(item for item in items if now < item.expires_at and self._may_answer(item, viewer))

    async def find(self, viewer: Viewer, handle: str) -> Pending | None:
        """What a card names, answered or not; None alike when there is none and when it is not theirs to answer."""
        async with self.policies.store.view() as view:
            item = await view.pending.get(f"{APPROVAL}:{handle.strip().lower()}")
        return item if item is not None and self._may_answer(item, viewer) else None

    async def accept(self, item: Pending, *, by: str) -> bool:
        """Take the decision, in the name of who asked; once. False when it cannot be taken any more as it was asked."""
        document = item.document
        async with self.policies.store.view() as view:
            taken = await view.pending.get(taken_key(document["origin"], document["group"]))
            ended = await view.pending.get(f"ended:{item.key}")
        if taken is None and ended is not None:
            return False
        if taken is None:
            proposal = await self._again(item)
            if proposal is None:
                await self._conclude(item, News.OVERTAKEN, "approval-overtaken", by=by)
                return False
            await self.policies.take(proposal, actor=item.asker, origin=document["origin"], approved=by,
                                     reason=document["reason"])  # fmt: skip
        await self._conclude(item, News.GRANTED, "", by=by)
        return True

    async def _again(self, item: Pending) -> Proposal | None:
        """The decision as it was asked for; None when the world has moved on."""
        granted = item.document["need"] == Need.ADMIN
        try:
            proposal = await again(self.policies, alone(item.asker), item.document, granted=granted)
        except ParvisError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            return None
        return proposal if proposal is not None and basis(proposal) == item.document["basis"] else None

    async def refuse(self, item: Pending, *, by: str, reason: str = "") -> None:
        """Do not take it; who asked is told, with the reason."""
        await self._conclude(item, News.DECLINED, "approval-refused", by=by, reason=reason)

    async def expire(self, item: Pending) -> None:
        """Nobody answered in time: nothing is done, and who asked is told."""
        async with self.policies.store.work() as work:
            await work.pending.settle(item.key, LATE, self.policies.clock.now())
            ended = await work.pending.get(item.key)
        if ended is not None and ended.outcome.startswith(LATE):
            await self._conclude(item, News.UNANSWERED, "approval-expired", by="")

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
        compartment: Compartment = document["compartment"]
        detail: Mapping[str, Any] = {
            "group": document["group"],
            "user": item.asker,
            "origin": document["origin"],
            "reason": reason or document["reason"],
        }
        entry = AuditEntry(
            id=self.policies.chance.token(),
            at=now,
            actor=actor,
            compartment=compartment,
            kind=kind,
            run="",
            detail=detail,
            outcome=Outcome.DONE,
            outcome_at=now,
        )
        await work.audit.intend([entry])


def key_of(origin: str) -> str:
    """The key of the question that an event asks; what stands behind the colon is short enough to be typed."""
    return f"{APPROVAL}:" + b32encode(sha256(origin.encode(errors="replace")).digest())[:10].decode().lower()


def handle_of(item: Pending) -> str:
    """What people type to answer."""
    return item.key.removeprefix(f"{APPROVAL}:")


def _notice(item: Pending, name: str, news: News, *, to: str = "", reason: str = "") -> Notice:
    group = item.document["group"]
    return Notice(
        key=f"{name}:{item.key}", to=to, news=news, group=group, request=item.key, about=item.asker, reason=reason
    )
