"""``!group adopt``: a room that people made is to serve a group; who has power in that room agrees by ✅."""

from dataclasses import replace
from typing import Any, Final

from bots.admin.commands.deciding import EMPLOYEE
from bots.admin.commands.policies import group_argument
from bots.admin.foretold import foretold, waiting_for
from bots.kit.cards import Cards
from bots.kit.commands import Call, Command, Confirmation, Reply, Status, argument, denied
from bots.kit.questions import Answered, Question
from bridge.domain.document import document, paragraph
from bridge.domain.messages import Message, say
from bridge.domain.viewers import Viewer, alone
from bridge.services.adoptable import Adoption
from bridge.services.adopted import ADOPTION
from bridge.services.adopting import LASTS, Adopting, CannotAdopt, document_of

CHANGED: Final = say("Something has changed since this was shown. This is how it is now:")


def adopt_command(adopting: Adopting, cards: Cards) -> Command:
    """The command, for whoever may govern a group."""

    async def adopt(call: Call) -> Reply:
        here = "" if call.direct else call.room_id
        adoption = await adopting.propose(call.viewer, call.arguments["group"], call.arguments["room"] or "", here=here)
        if adoption is None:
            return denied()
        if here or call.sender in adoption.admins:
            return _asked(adoption, call.sender)
        return await _asked_elsewhere(adopting, cards, call, adoption)

    return Command(
        path=("group", "adopt"),
        french=("groupe", "adopter"),
        summary=say("Make a room that exists the room of a group, if who has power there agrees."),
        details=say("Invite me into the room first and give me power 100 there. In the room itself no room is named."),
        run=adopt,
        rights=EMPLOYEE,
        parameters=(
            group_argument(),
            argument("room", label=say("room"), help=say("Its address, its id, or a link to it."), required=False),
        ),
    )


def adopt_question(adopting: Adopting) -> Question:
    """What ✅ does: agree, if what was shown would still come of it and whoever asked may still ask."""

    async def agreed(answered: Answered) -> Reply:
        call, shown = answered.call, answered.item.document
        viewer = _on_behalf(shown["asker"], call.viewer)
        adoption = await adopting.propose(viewer, shown["group"], shown["room"], agreed=True)
        if adoption is None:
            return denied()
        if adoption.reference != shown["reference"] or not set(adoption.leaving) <= set(shown["leaving"]):
            admins = adoption.admins | set(shown["agreeing"])  # who gave power up meanwhile was asked to
            return _asked(replace(adoption, admins=admins), shown["asker"], CHANGED)
        await adopting.agree(adoption, asker=shown["asker"], by=call.sender, origin=call.event_id)
        return Reply(document(paragraph(say("Agreed.")), *waiting_for(adoption)))

    return Question(kind=ADOPTION, command="group adopt", yes=agreed, may=adopting.may_agree)


def _on_behalf(asker: str, viewer: Viewer) -> Viewer:
    """Whoever asked decides about the group; whoever reads along now is to know of it."""
    readers = viewer.readers | {asker, viewer.asker}
    return Viewer(asker=asker, readers=readers, everyone=viewer.everyone, partners=viewer.partners)


def _asked(adoption: Adoption, asker: str, said: Message | None = None) -> Reply:
    content: dict[str, Any] = document_of(adoption, asker)
    confirmation = Confirmation(kind=ADOPTION, document=content, lasts=LASTS)
    return Reply(foretold(adoption, said), Status.CONFIRM, adoption.reference, confirmation)


async def _asked_elsewhere(adopting: Adopting, cards: Cards, call: Call, adoption: Adoption) -> Reply:
    """In the room, if everybody who reads there may know of the group; else those alone who may agree."""
    society = adopting.policies.society
    access = society.access()
    surroundings = await cards.speaker.messenger.surroundings(adoption.room_id)
    readers = await society.viewer_of(surroundings, call.sender)
    group_id = adoption.group.id
    told = sorted(user for user in adoption.admins if access and access.may_know(alone(user), group_id))
    if access is None or not told:
        raise CannotAdopt(say("Nobody who could agree for that room may know of the group."))
    item = await adopting.ask(adoption, asker=call.sender, origin=call.event_id)
    if access.may_know(readers, group_id):
        await cards.show_card(adoption.room_id, call.sender, foretold(adoption), pending=item.key)
        return Reply(document(paragraph(say("I have asked in the room. These can agree: {names}.", names=tuple(told)))))
    for user in told:
        await cards.send_card(user, foretold(adoption), pending=item.key)
    sentence = say(
        "Some people in the room may not know of the group, so I have asked these alone: {names}.", names=tuple(told)
    )
    return Reply(document(paragraph(sentence)))
