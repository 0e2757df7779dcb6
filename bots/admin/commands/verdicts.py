"""Questions that are answered under their card, by ✅ and ❌, as well as by two commands: what these share."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from bots.kit.commands import Call, Reply, Status, argument
from bots.kit.questions import Answered, Deed, May, Outcome, Question, settle
from bots.kit.tokens import as_typed
from bots.kit.wording import SENTENCE
from bridge.domain.document import document, paragraph
from bridge.domain.messages import Message, say
from bridge.ports.clock import Clock
from bridge.ports.pending import Pending
from bridge.ports.store import Store
from bridge.services.doorstep import short_reason

HANDLE: Final = argument("request", label=say("request"), help=say("The letters and digits that stand on the card."))
REASON: Final = argument(
    "reason", label=say("reason"), help=say("What they are told."), type=SENTENCE, nargs=-1, required=False
)

Conclude: TypeAlias = Callable[[Answered, Outcome], Awaitable[Reply]]
"""What an answer does, by how the question ended, and the reply to it."""


def verdict_question(kind: str, command: str, conclude: Conclude, *, may: May) -> Question:
    """What ✅ and ❌ under the card do: the same as the commands."""

    def deed(outcome: Outcome) -> Deed:
        async def ends(answered: Answered) -> Reply:
            return await conclude(answered, outcome)

        return ends

    yes, no, late = map(deed, (Outcome.YES, Outcome.NO, Outcome.LATE))
    return Question(kind=kind, command=command, yes=yes, no=no, late=late, may=may)


async def verdict(store: Store, clock: Clock, item: Pending, call: Call, conclude: Conclude, *, yes: bool) -> Reply:
    """What a command does that answers the question: the first answer counts, also against a reaction."""
    settled = await settle(store, item.key, yes=yes, event_id=call.event_id, now=clock.now())
    if settled is None:
        return told(say("Somebody has answered this request before."), Status.ERROR)
    item, outcome = settled
    return await conclude(Answered(item=item, call=call), outcome)


def reason_in(call: Call) -> str:
    """What who asked is told, as it was typed; empty where nothing was."""
    return short_reason(as_typed(call.arguments.get("reason", ())))


def told(sentence: Message, status: Status = Status.OK) -> Reply:
    """One sentence."""
    return Reply(document(paragraph(sentence)), status)
