"""Decisions that wait for somebody else's word: asked once, answered by whoever may, ended by silence.

What is decided, and who may answer, is told by those who stand on this: ``approvals`` for groups, ``ending`` for
agreements with partners. Everything may be repeated after a crash.
"""

from abc import ABC, abstractmethod
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, Final

from bridge.domain.messages import Message
from bridge.domain.viewers import OPEN, Compartment, Viewer, alone
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, UnitOfWork
from bridge.services.decided import NotAllowed
from bridge.services.doorstep import News, Notice, for_the_first_time, tell
from bridge.services.policies import Policies

LATE: Final = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulting(ABC):
    """``policies`` say how long somebody's word is waited for. A question's document holds ``origin``, the event that
    asked, and ``reason``."""

    policies: Policies
    kind: ClassVar[str]
    """The kind of question."""
    nobody: ClassVar[Message]
    """Said where nobody may answer."""

    @abstractmethod
    def _asked(self, item: Pending) -> Iterable[str]:
        """Who might answer, as far as roles tell."""

    @abstractmethod
    def _may_answer(self, item: Pending, viewer: Viewer) -> bool:
        """Whether this viewer may; never who asked."""

    @abstractmethod
    def _subject(self, item: Pending) -> Mapping[str, Any]:
        """What it is about, for the audit log."""

    @abstractmethod
    async def accept(self, item: Pending, *, by: str) -> bool:
        """Take the decision, in the name of who asked; once. False when it cannot be taken any more as it was asked."""

    def answerers(self, item: Pending) -> tuple[str, ...]:
        """Who may answer and is told so, sorted."""
        return tuple(user for user in sorted(set(self._asked(item))) if self._may_answer(item, alone(user)))

    async def may_answer(self, item: Pending, user: str) -> bool:
        """Whether this person may answer."""
        return self._may_answer(item, alone(user))

    async def waiting(self, viewer: Viewer) -> tuple[Pending, ...]:
        """What waits for an answer that the asker may give, oldest first."""
        now = self.policies.clock.now()
        async with self.policies.store.view() as view:
            items = await view.pending.open(self.kind)
        return tuple(item for item in items if now < item.expires_at and self._may_answer(item, viewer))

    async def find(self, viewer: Viewer, handle: str) -> Pending | None:
        """What a card names, answered or not; None alike when there is none and when it is not theirs to answer."""
        async with self.policies.store.view() as view:
            item = await view.pending.get(f"{self.kind}:{handle.strip().lower()}")
        return item if item is not None and self._may_answer(item, viewer) else None

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

    async def expire_all(self) -> None:
        """The same for all whose time is over. Called by the rounds."""
        async with self.policies.store.view() as view:
            late = [one for one in await view.pending.expired(self.policies.clock.now()) if one.kind == self.kind]
        for item in late:
            await self.expire(item)

    async def _put(self, document: Mapping[str, Any], *, asker: str) -> Pending:
        """Have those asked who may answer; the same question for a repeated ``origin``.

        Raises ``NotAllowed`` when there is nobody who may.
        """
        now = self.policies.clock.now()
        item = Pending(
            key=f"{self.kind}:{handle_for(document['origin'])}",
            kind=self.kind,
            asker=asker,
            room_id="",
            document=document,
            created_at=now,
            expires_at=now + self.policies.approval_lasts,
        )
        if not self.answerers(item):
            raise NotAllowed(self.nobody)
        async with self.policies.store.work() as work:
            item = await work.pending.put(item)
            if await for_the_first_time(work, f"asked:{item.key}", now):
                await tell(work, _notice(item, "card", News.CARD), now)
                await self._note(work, item, "approval-asked", actor=asker)
        self.policies.changed()
        return item

    async def _ended(self, item: Pending) -> bool:
        """Whether who asked was told how it ended."""
        async with self.policies.store.view() as view:
            return await view.pending.get(f"ended:{item.key}") is not None

    async def _overtaken(self, item: Pending, *, by: str) -> None:
        """The world has moved on since it was asked for."""
        await self._conclude(item, News.OVERTAKEN, "approval-overtaken", by=by)

    async def _granted(self, item: Pending, *, by: str) -> None:
        """It was taken; the decision has an entry of its own in the audit log."""
        await self._conclude(item, News.GRANTED, "", by=by)

    async def _conclude(self, item: Pending, news: News, entry: str, *, by: str, reason: str = "") -> None:
        """Tell who asked and close the cards; ``entry`` is a kind in the audit log, none where empty."""
        now = self.policies.clock.now()
        async with self.policies.store.work() as work:
            if await for_the_first_time(work, f"ended:{item.key}", now):
                await tell(work, _notice(item, "end", news, to=item.asker, reason=reason), now)
                await tell(work, _notice(item, "closed", News.CLOSED), now)
                if entry:
                    await self._note(work, item, entry, actor=by, reason=reason)
        self.policies.changed()

    async def _note(self, work: UnitOfWork, item: Pending, entry: str, *, actor: str, reason: str = "") -> None:
        now, document = self.policies.clock.now(), item.document
        compartment: Compartment = document.get("compartment", OPEN)
        detail = {"user": item.asker, "origin": document["origin"], "reason": reason or document["reason"]}
        record = AuditEntry(
            id=self.policies.chance.token(),
            at=now,
            actor=actor,
            compartment=compartment,
            kind=entry,
            run="",
            detail={**self._subject(item), **detail},
            outcome=Outcome.DONE,
            outcome_at=now,
        )
        await work.audit.intend([record])


def handle_for(origin: str) -> str:
    """What people type to answer the question that an event asks: short, and the same for the same event."""
    return b32encode(sha256(origin.encode(errors="replace")).digest())[:10].decode().lower()


def _notice(item: Pending, name: str, news: News, *, to: str = "", reason: str = "") -> Notice:
    group = item.document.get("group", "")
    return Notice(
        key=f"{name}:{item.key}", to=to, news=news, group=group, request=item.key, about=item.asker, reason=reason
    )
