"""``!invite accept`` and ``!invite refuse``, ✅ and ❌: the word of who answers for a partner."""

from bots.admin.cards import name_of
from bots.admin.commands.deciding import EMPLOYEE
from bots.kit.commands import Call, Command, Reply, Status, argument, denied
from bots.kit.questions import Answered, Outcome, Question, settle
from bridge.domain.document import document, paragraph
from bridge.domain.messages import Message, say
from bridge.services.doorstep import short_reason
from bridge.services.vouching import VOUCHING, Vouching


def vouching_commands(vouching: Vouching) -> list[Command]:
    """The commands of those whose word is needed."""

    async def accept(call: Call) -> Reply:
        return await _answer(vouching, call, yes=True)

    async def refuse(call: Call) -> Reply:
        return await _answer(vouching, call, yes=False)

    handle = argument("request", label=say("request"), help=say("The letters and digits that stand on the card."))
    reason = argument("reason", label=say("reason"), help=say("What they are told."), nargs=-1, required=False)
    return [
        Command(
            path=("invite", "accept"),
            french=("inviter", "accepter"),
            summary=say("Agree that somebody of your partner is invited."),
            run=accept,
            rights=EMPLOYEE,
            parameters=(handle,),
        ),
        Command(
            path=("invite", "refuse"),
            french=("inviter", "refuser"),
            summary=say("Do not agree that somebody of your partner is invited; who asked is told the reason."),
            run=refuse,
            rights=EMPLOYEE,
            parameters=(handle, reason),
        ),
    ]


def vouching_question(vouching: Vouching) -> Question:
    """What ✅ and ❌ under the card do: the same as the commands."""

    async def yes(answered: Answered) -> Reply:
        return await _conclude(vouching, answered, Outcome.YES)

    async def no(answered: Answered) -> Reply:
        return await _conclude(vouching, answered, Outcome.NO)

    async def late(answered: Answered) -> Reply:
        return await _conclude(vouching, answered, Outcome.LATE)

    return Question(kind=VOUCHING, command="invite", yes=yes, no=no, late=late, may=vouching.may_answer)


async def _answer(vouching: Vouching, call: Call, *, yes: bool) -> Reply:
    item = await vouching.find(call.viewer, call.arguments["request"])
    if item is None:
        return denied()
    policies = vouching.inviting.policies
    settled = await settle(policies.store, item.key, yes=yes, event_id=call.event_id, now=policies.clock.now())
    if settled is None:
        return _told(say("Somebody has answered this request before."), Status.ERROR)
    item, outcome = settled
    return await _conclude(vouching, Answered(item=item, call=call), outcome)


async def _conclude(vouching: Vouching, answered: Answered, outcome: Outcome) -> Reply:
    item, call, (world, _) = answered.item, answered.call, vouching.inviting.now()
    name, user = name_of(world.facts, item.asker), item.document["user"]
    if outcome is Outcome.LATE:
        await vouching.end_late(item)
        return _told(say("The time to answer this is over. {name} was told.", name=name), Status.ERROR)
    if outcome is Outcome.NO:
        reason = short_reason(" ".join(call.arguments.get("reason", ())))
        await vouching.refuse(item, by=call.sender, reason=reason)
        return _told(say("{user} is not invited, and {name} is told.", user=user, name=name))
    if not await vouching.accept(item, by=call.sender):
        return _told(say("Something has changed since {name} asked, so nothing was done. They are told.", name=name),
                     Status.ERROR)  # fmt: skip
    return _told(say("{user} is invited, and {name} is told.", user=user, name=name))


def _told(sentence: Message, status: Status = Status.OK) -> Reply:
    return Reply(document(paragraph(sentence)), status)
