"""``!approval``: decisions that wait for somebody else's word; ``give`` and ``refuse``, ✅ and ❌: that word."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from bots.admin import approval_cards, partner_cards
from bots.admin.commands.deciding import EMPLOYEE
from bots.admin.commands.verdicts import HANDLE, REASON, reason_in, told, verdict, verdict_question
from bots.admin.partner_cards import handle_of
from bots.kit.commands import Call, Command, Reply, Status, denied
from bots.kit.questions import Answered, Outcome, Question
from bridge.domain.document import Code, Document, Items, Strong, document, paragraph
from bridge.domain.messages import Message, Text, say
from bridge.ports.pending import Pending
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.services.approvals import APPROVAL
from bridge.services.consulting import Consulting
from bridge.services.ending import ENDING

ASKED_FOR: Final[Mapping[str, Callable[[Pending, Facts], Message]]] = {
    APPROVAL: approval_cards.asked_for,
    ENDING: partner_cards.asked_for,
}
"""By kind of question: who asks for what, in one sentence."""


def approval_commands(*desks: Consulting) -> list[Command]:
    """The commands of those whose word is needed."""

    async def waiting(call: Call) -> Reply:
        items = sorted([item for desk in desks for item in await desk.waiting(call.viewer)], key=_age)
        world = desks[0].policies.society.world()
        if not items or world is None:
            return Reply(document(paragraph(say("Nothing waits for your word that I can show here."))))
        rows = tuple((Code(handle_of(item)), " – ", ASKED_FOR[item.kind](item, world.facts)) for item in items)
        handle = handle_of(items[0])
        answer = say("Answer with {yes} or {no}, or with ✅ or ❌ under its card.",
                     yes=Text(en=f"!approval give {handle}", fr=f"!accord donner {handle}"),
                     no=Text(en=f"!approval refuse {handle}", fr=f"!accord refuser {handle}"))  # fmt: skip
        return Reply(Document((paragraph(Strong(say("What waits for your word"))), Items(rows), paragraph(answer))))

    async def give(call: Call) -> Reply:
        return await _answer(desks, call, yes=True)

    async def refuse(call: Call) -> Reply:
        return await _answer(desks, call, yes=False)

    return [
        Command(
            path=("approval",),
            french=("accord",),
            summary=say("What waits for your word."),
            run=waiting,
            rights=EMPLOYEE,
        ),
        Command(
            path=("approval", "give"),
            french=("accord", "donner"),
            summary=say("Say yes to a decision that somebody asked for."),
            run=give,
            rights=EMPLOYEE,
            parameters=(HANDLE,),
        ),
        Command(
            path=("approval", "refuse"),
            french=("accord", "refuser"),
            summary=say("Say no to a decision that somebody asked for; they are told the reason."),
            run=refuse,
            rights=EMPLOYEE,
            parameters=(HANDLE, REASON),
        ),
    ]


def approval_question(desk: Consulting, kind: str) -> Question:
    """What ✅ and ❌ under the card do."""
    return verdict_question(kind, "approval", partial(_conclude, desk), may=desk.may_answer)


def _age(item: Pending) -> tuple[float, str]:
    return item.created_at.timestamp(), item.key


async def _answer(desks: Sequence[Consulting], call: Call, *, yes: bool) -> Reply:
    handle = call.arguments["request"]
    found = [(desk, item) for desk in desks if (item := await desk.find(call.viewer, handle))]
    if not found:
        return denied()
    [(desk, item), *_] = found
    policies = desk.policies
    return await verdict(policies.store, policies.clock, item, call, partial(_conclude, desk), yes=yes)


async def _conclude(desk: Consulting, answered: Answered, outcome: Outcome) -> Reply:
    item, call = answered.item, answered.call
    world = desk.policies.society.world()
    name = called(world.facts, item.asker) if world else item.asker
    if outcome is Outcome.LATE:
        await desk.expire(item)
        return told(say("The time to answer this is over. {name} was told.", name=name), Status.ERROR)
    if outcome is Outcome.NO:
        await desk.refuse(item, by=call.sender, reason=reason_in(call))
        return told(say("Nothing is done, and {name} is told.", name=name))
    if not await desk.accept(item, by=call.sender):
        return told(say("Something has changed since {name} asked, so nothing was done. They are told.", name=name),
                     Status.ERROR)  # fmt: skip
    return told(say("It is done, and {name} is told. The rooms follow within seconds.", name=name))
