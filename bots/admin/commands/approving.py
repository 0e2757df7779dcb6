"""``!approval``: decisions that wait for somebody else's word; ``give`` and ``refuse``, ✅ and ❌: that word."""

from bots.admin.approval_cards import asked_for
from bots.admin.commands.deciding import EMPLOYEE
from bots.kit.commands import Call, Command, Reply, Status, argument, denied
from bots.kit.questions import Answered, Outcome, Question, settle
from bots.kit.tokens import as_typed
from bots.kit.wording import SENTENCE
from bridge.domain.document import Code, Document, Items, Strong, document, paragraph
from bridge.domain.messages import Message, say
from bridge.rules.calling import called
from bridge.services.approvals import APPROVAL, Approvals, handle_of
from bridge.services.doorstep import short_reason


def approval_commands(approvals: Approvals) -> list[Command]:
    """The commands of those whose word is needed."""

    async def waiting(call: Call) -> Reply:
        items, world = await approvals.waiting(call.viewer), approvals.policies.society.world()
        if not items or world is None:
            return Reply(document(paragraph(say("Nothing waits for your word that I can show here."))))
        rows = tuple((Code(handle_of(item)), " – ", asked_for(item, world.facts)) for item in items)
        return Reply(Document((paragraph(Strong(say("What waits for your word"))), Items(rows))))

    async def give(call: Call) -> Reply:
        return await _answer(approvals, call, yes=True)

    async def refuse(call: Call) -> Reply:
        return await _answer(approvals, call, yes=False)

    handle = argument("request", label=say("request"), help=say("The letters and digits that stand on the card."))
    reason = argument("reason", label=say("reason"), help=say("What they are told."), type=SENTENCE, nargs=-1,
                      required=False)  # fmt: skip
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
            parameters=(handle,),
        ),
        Command(
            path=("approval", "refuse"),
            french=("accord", "refuser"),
            summary=say("Say no to a decision that somebody asked for; they are told the reason."),
            run=refuse,
            rights=EMPLOYEE,
            parameters=(handle, reason),
        ),
    ]


def approval_question(approvals: Approvals) -> Question:
    """What ✅ and ❌ under the card do: the same as the commands."""

    async def yes(answered: Answered) -> Reply:
        return await _conclude(approvals, answered, Outcome.YES)

    async def no(answered: Answered) -> Reply:
        return await _conclude(approvals, answered, Outcome.NO)

    async def late(answered: Answered) -> Reply:
        return await _conclude(approvals, answered, Outcome.LATE)

    return Question(kind=APPROVAL, command="approval", yes=yes, no=no, late=late, may=approvals.may_answer)


async def _answer(approvals: Approvals, call: Call, *, yes: bool) -> Reply:
    item = await approvals.find(call.viewer, call.arguments["request"])
    if item is None:
        return denied()
    policies = approvals.policies
    now = policies.clock.now()
    settled = await settle(policies.store, item.key, yes=yes, event_id=call.event_id, now=now)
    if settled is None:
        return Reply(document(paragraph(say("Somebody has answered this request before."))), Status.ERROR)
    item, outcome = settled
    return await _conclude(approvals, Answered(item=item, call=call), outcome)


async def _conclude(approvals: Approvals, answered: Answered, outcome: Outcome) -> Reply:
    item, call = answered.item, answered.call
    world = approvals.policies.society.world()
    name = called(world.facts, item.asker) if world else item.asker
    if outcome is Outcome.LATE:
        await approvals.expire(item)
        return _told(say("The time to answer this is over. {name} was told.", name=name), Status.ERROR)
    if outcome is Outcome.NO:
        reason = short_reason(as_typed(call.arguments.get("reason", ())))
        await approvals.refuse(item, by=call.sender, reason=reason)
        return _told(say("Nothing is done, and {name} is told.", name=name))
    if not await approvals.accept(item, by=call.sender):
        return _told(say("Something has changed since {name} asked, so nothing was done. They are told.", name=name),
                     Status.ERROR)  # fmt: skip
    return _told(say("It is done, and {name} is told. The rooms follow within seconds.", name=name))


def _told(sentence: Message, status: Status = Status.OK) -> Reply:
    return Reply(document(paragraph(sentence)), status)
