"""``!glass``: an administrator asks to see a hidden group that is not theirs; another one answers on a card.

Every answer here is the same whether what is typed names a hidden group or nothing.
"""

from typing import Final

from bots.admin.glass_words import spelled
from bots.kit.commands import Call, Command, Reply, Status, argument
from bots.kit.questions import Answered, Question
from bots.kit.tokens import as_typed
from bots.kit.wording import SENTENCE
from bridge.domain.document import document, paragraph
from bridge.domain.messages import Message, say
from bridge.rules.calling import called
from bridge.services.glass import Glass, Received
from bridge.services.glazing import GLASS, Step

ADMIN: Final = frozenset({"admin"})


def glass_commands(glass: Glass) -> tuple[Command, ...]:
    """Asking, and ending it before its time."""

    async def ask(call: Call) -> Reply:
        typed, reason = call.arguments["name"], as_typed(call.arguments["reason"])
        received = await glass.ask(call.sender, typed, reason=reason, origin=call.event_id)
        status = Status.OK if received is Received.RECORDED else Status.ERROR
        return Reply(document(paragraph(_answer(received, glass))), status)

    async def end(call: Call) -> Reply:
        if not await glass.end(call.sender):
            nothing = say("There is nothing to end: nothing that you ask for in this way is shown to you or waits for "
                          "an answer.")  # fmt: skip
            return Reply(document(paragraph(nothing)))
        sentence = say("Ended: whatever you asked for in this way is not shown to you any more, nor to be answered.")
        return Reply(document(paragraph(sentence)))

    name = argument(
        "name", label=say("name"), help=say("Its name or its id; in quotation marks if it is several words.")
    )
    reason = argument("reason", label=say("reason"), help=say("Those who answer, and the group's members, read it."),
                      type=SENTENCE, nargs=-1)  # fmt: skip
    return (
        Command(
            path=("glass",),
            french=("bris",),
            summary=say("Ask to see a hidden group that you are no member of."),
            run=ask,
            rights=ADMIN,
            parameters=(name, reason),
            details=say("For emergencies. Another administrator has to agree; the group's members are told at once, "
                        "and it stands in the audit log for ever. You then see the group for a while, alone with me, "
                        "and decide nothing about it."),
        ),
        Command(
            path=("glass", "end"),
            french=("bris", "terminer"),
            summary=say("See no longer what you asked to see, or take back your request."),
            run=end,
            rights=ADMIN,
        ),
    )  # fmt: skip


def glass_question(glass: Glass) -> Question:
    """What ✅ and ❌ under the card do, from another administrator than who asks."""

    async def yes(answered: Answered) -> Reply:
        await _conclude(glass, answered, Step.GRANTED)
        sentence = say("Agreed: {name} is told, and sees for {time} what is called so.",
                       name=_asker(glass, answered), time=spelled(glass.limits.lasts))  # fmt: skip
        return Reply(document(paragraph(sentence)))

    async def no(answered: Answered) -> Reply:
        await _conclude(glass, answered, Step.REFUSED)
        return Reply(document(paragraph(say("Refused: {name} is told.", name=_asker(glass, answered)))))

    async def late(answered: Answered) -> Reply:
        await glass.conclude(answered.item, Step.LAPSED, by="")
        return Reply(document(paragraph(say("The time to answer this is over. Nothing is shown to anybody."))),
                     Status.ERROR)  # fmt: skip

    return Question(kind=GLASS, command="glass", yes=yes, no=no, late=late, may=glass.may_answer, rights=ADMIN)


async def _conclude(glass: Glass, answered: Answered, what: Step) -> None:
    await glass.conclude(answered.item, what, by=answered.call.sender)


def _asker(glass: Glass, answered: Answered) -> str:
    world = glass.society.world()
    return called(world.facts, answered.item.asker) if world else answered.item.asker


def _answer(received: Received, glass: Glass) -> Message:
    limits = glass.limits
    match received:
        case Received.RECORDED:
            return say("Recorded. The other administrators are asked in their room; I write to you what they say, or "
                       "that nobody answered within {time}.", time=spelled(limits.answer))  # fmt: skip
        case Received.TOO_MANY:
            return say("Within {time} you may ask {count} times in this way; ask again later.",
                       time=spelled(limits.within), count=limits.requests)  # fmt: skip
        case Received.NOBODY:
            return say("There is no other administrator who could agree, so this cannot be asked for. Whoever runs the "
                       "bridge names one under admins in config.yaml.")  # fmt: skip
