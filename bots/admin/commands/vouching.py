"""``!invite accept`` and ``!invite refuse``, ✅ and ❌: the word of who answers for a partner."""

from functools import partial

from bots.admin.cards import name_of
from bots.admin.commands.deciding import EMPLOYEE
from bots.admin.commands.verdicts import HANDLE, REASON, reason_in, told, verdict, verdict_question
from bots.kit.commands import Call, Command, Reply, Status, denied
from bots.kit.questions import Answered, Outcome, Question
from bridge.domain.messages import say
from bridge.services.vouching import VOUCHING, Vouching


def vouching_commands(vouching: Vouching) -> list[Command]:
    """The commands of those whose word is needed."""

    async def accept(call: Call) -> Reply:
        return await _answer(vouching, call, yes=True)

    async def refuse(call: Call) -> Reply:
        return await _answer(vouching, call, yes=False)

    return [
        Command(
            path=("invite", "accept"),
            french=("inviter", "accepter"),
            summary=say("Agree that somebody of your partner is invited."),
            run=accept,
            rights=EMPLOYEE,
            parameters=(HANDLE,),
        ),
        Command(
            path=("invite", "refuse"),
            french=("inviter", "refuser"),
            summary=say("Do not agree that somebody of your partner is invited; who asked is told the reason."),
            run=refuse,
            rights=EMPLOYEE,
            parameters=(HANDLE, REASON),
        ),
    ]


def vouching_question(vouching: Vouching) -> Question:
    """What ✅ and ❌ under the card do."""
    return verdict_question(VOUCHING, "invite", partial(_conclude, vouching), may=vouching.may_answer)


async def _answer(vouching: Vouching, call: Call, *, yes: bool) -> Reply:
    item = await vouching.find(call.viewer, call.arguments["request"])
    if item is None:
        return denied()
    policies = vouching.inviting.policies
    return await verdict(policies.store, policies.clock, item, call, partial(_conclude, vouching), yes=yes)


async def _conclude(vouching: Vouching, answered: Answered, outcome: Outcome) -> Reply:
    item, call, (world, _) = answered.item, answered.call, vouching.inviting.now()
    name, user = name_of(world.facts, item.asker), item.document["user"]
    if outcome is Outcome.LATE:
        await vouching.end_late(item)
        return told(say("The time to answer this is over. {name} was told.", name=name), Status.ERROR)
    if outcome is Outcome.NO:
        await vouching.refuse(item, by=call.sender, reason=reason_in(call))
        return told(say("{user} is not invited, and {name} is told.", user=user, name=name))
    if not await vouching.accept(item, by=call.sender):
        return told(say("Something has changed since {name} asked, so nothing was done. They are told.", name=name),
                     Status.ERROR)  # fmt: skip
    return told(say("{user} is invited, and {name} is told.", user=user, name=name))
