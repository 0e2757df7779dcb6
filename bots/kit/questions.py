"""Questions that wait for an answer, by kind: who may answer, and what yes and no do.

A bot gives ``talk`` a ``Question`` for each kind that it asks. Answers come as reactions (``reacting``); a command that
answers the same question calls ``settle`` itself, so that the two count as one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bots.kit.commands import Call, Reply, Status
from bridge.domain.document import document, paragraph
from bridge.domain.messages import say
from bridge.ports.pending import Pending
from bridge.ports.store import Store


class Outcome(StrEnum):
    """How a question ended."""

    YES = "yes"
    NO = "no"
    LATE = "late"
    """Somebody answered when its time was over: nothing was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer that counts. ``call.event_id`` is the answering event: the origin of whatever is done now."""

    item: Pending
    call: Call


Deed: TypeAlias = Callable[[Answered], Awaitable[Reply | None]]
"""What an answer does, and the reply to it; None for none. It may be called again after a crash, like a command."""

Insist: TypeAlias = Callable[[str], Reply | None]
"""The reply to a line that does not answer the question; None where the line declines it."""

May: TypeAlias = Callable[[Pending, str], Awaitable[bool]]
"""Whether a person may answer, judged at that moment."""


async def asker_alone(item: Pending, user_id: str) -> bool:
    """Only on whose behalf it is asked."""
    return item.asker == user_id


async def cancelled(_: Answered) -> Reply | None:
    """No means that nothing happens."""
    return Reply(document(paragraph(say("Cancelled: nothing was changed."))))


async def expired(_: Answered) -> Reply | None:
    """Too late."""
    return Reply(document(paragraph(say("The time to answer this is over. Nothing was changed."))), Status.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One kind of question. ``command`` is the stable name that replies to an answer carry.

    Who is not allowed to answer, by ``may`` or for want of one of ``rights``, changes nothing and gets no reply. An
    error of ``yes`` is told, and the question stays answered.
    """

    kind: str
    command: str
    yes: Deed
    no: Deed = cancelled
    late: Deed = expired
    may: May = asker_alone
    rights: frozenset[str] = frozenset()
    text: bool = False
    """Whether it is to agree to a text: then "accept" means yes."""
    insist: Insist | None = None
    """What is said to a line that answers nothing and is no command; then the question stays the one that is open."""

    def deed(self, outcome: Outcome) -> Deed:
        """What this outcome does."""
        return {Outcome.YES: self.yes, Outcome.NO: self.no, Outcome.LATE: self.late}[outcome]


async def settle(store: Store, key: str, *, yes: bool, event_id: str, now: datetime) -> tuple[Pending, Outcome] | None:
    """Answer the question with this event: the item and how it ended, or None when another event answered before.

    The same event asks again after a crash and gets the same outcome, also when the time has run out meanwhile.
    """
    async with store.work() as work:
        item = await work.pending.get(key)
        if item is None:
            return None
        if not item.settled:
            answer = Outcome.YES if yes else Outcome.NO
            outcome = answer if now < item.expires_at else Outcome.LATE
            await work.pending.settle(key, f"{outcome} {event_id}", now)
            return item, outcome
    word, _, by = item.outcome.partition(" ")
    return (item, Outcome(word)) if by == event_id else None
