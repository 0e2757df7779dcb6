"""``!terms``, ``accept`` and ``refuse``: what people of partners say to the terms that they are shown."""

from typing import Final

from bots.admin.terms_cards import terms_card
from bots.kit.commands import Call, Command, Reply, Status
from bots.kit.questions import Answered, Question
from bridge.domain.document import document, paragraph
from bridge.domain.messages import Message, say
from bridge.rules.roles import GUEST
from bridge.rules.terms import Due
from bridge.services.terms import TERMS, TermsDesk

RIGHTS: Final = frozenset({GUEST})
"""Whoever is of a partner, with a seat or without."""


def terms_commands(desk: TermsDesk) -> list[Command]:
    """The commands of who has terms to accept; help names them to nobody else."""

    def concerns(call: Call) -> bool:
        return _due(desk, call) is not None

    async def read(call: Call) -> Reply:
        one = _due(desk, call)
        return await _shown(desk, call, one) if one else _nothing()

    async def accept(call: Call) -> Reply:
        one = _due(desk, call)
        if one is None:
            return _nothing()
        item = await desk.question(one)
        if not await desk.is_shown(item):
            return await _shown(desk, call, one)
        await desk.accept(item, event=call.event_id, room=call.room_id)
        return _told(_thanks())

    async def refuse(call: Call) -> Reply:
        one = _due(desk, call)
        if one is None:
            return _nothing()
        await desk.refuse(await desk.question(one), event=call.event_id)
        return _told(_farewell(one))

    return [
        Command(
            path=("terms",),
            french=("conditions",),
            summary=say("Read the terms that you are to accept."),
            run=read,
            rights=RIGHTS,
            concerns=concerns,
        ),
        Command(
            path=("accept",),
            french=("accepter",),
            aliases=(("yes",), ("oui",), ("accepte",), ("j'accepte",), ("j’accepte",), ("i", "accept")),
            summary=say("Accept the terms that you were shown."),
            run=accept,
            rights=RIGHTS,
            concerns=concerns,
        ),
        Command(
            path=("refuse",),
            french=("refuser",),
            aliases=(("no",), ("non",), ("je", "refuse"), ("i", "refuse")),
            summary=say("Do not accept the terms that you were shown."),
            run=refuse,
            rights=RIGHTS,
            concerns=concerns,
        ),
    ]


def terms_question(desk: TermsDesk) -> Question:
    """What ✅ and ❌ under the terms do. Whoever answers late is heard, as long as they are wanted."""

    async def yes(answered: Answered) -> Reply:
        await desk.accept(answered.item, event=answered.call.event_id, room=answered.call.room_id)
        return _told(_thanks())

    async def no(answered: Answered) -> Reply:
        one = desk.due_from(answered.call.sender)
        await desk.refuse(answered.item, event=answered.call.event_id)
        return _told(_farewell(one))

    async def late(answered: Answered) -> Reply:
        await desk.lapse(answered.item)
        return _told(say("The time to answer this is over. Who invited you can do so again."), Status.ERROR)

    return Question(kind=TERMS, command="terms", yes=yes, no=no, late=late)


def _due(desk: TermsDesk, call: Call) -> Due | None:
    """Nobody accepts anything where others read along."""
    return desk.due_from(call.sender) if call.direct else None


async def _shown(desk: TermsDesk, call: Call, one: Due) -> Reply:
    item = await desk.question(one)
    async with desk.inviting.policies.store.work() as work:
        await work.pending.attach(item.key, call.event_id, room_id=call.room_id)
    return Reply(terms_card(one, call.language))


def _thanks() -> Message:
    return say("Thank you. What you may enter invites you within seconds.")


def _farewell(one: Due | None) -> Message:
    if one and one.by and one.guest is None:  # a file names them, and their day stands
        return say("You do not accept the terms. You stay in the rooms until {day}; until then, and after, you can"
                   " still accept.", day=one.by)  # fmt: skip
    return say("You do not accept the terms, so you are not invited any more. Who invited you is told.")


def _nothing() -> Reply:
    return _told(say("There are no terms for you to accept at the moment."))


def _told(sentence: Message, status: Status = Status.OK) -> Reply:
    return Reply(document(paragraph(sentence)), status)
