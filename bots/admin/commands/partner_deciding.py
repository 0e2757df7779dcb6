"""From a decision about a partner to the reply: taken at once, or shown first and taken by ✅ or ``--yes``.

Shared by the commands of ``partner`` and of whoever decides about partners.
"""

from collections.abc import Mapping
from typing import Any, Final

from bots.admin.commands.deciding import CHANGED, EMPLOYEE, asked, decision_document
from bots.admin.commands.partner_words import command_for
from bots.kit.commands import Call, Reply, denied
from bots.kit.questions import Answered, Question
from bridge.domain.document import Code, Strong, document, paragraph
from bridge.domain.messages import Message, Text, say
from bridge.domain.partners import Partner, PartnerState
from bridge.domain.viewers import OPEN, Viewer
from bridge.rules.partner_decisions import STATE
from bridge.services.decided import NotAllowed
from bridge.services.partner_readback import TAKE_BACK, PartnerReadBack
from bridge.services.partnerships import PartnerProposal, Partnerships

DECIDE: Final = "partner-decide"
"""The kind of question that a decision about a partner asks; its document holds the decision."""


async def settled(
    partnerships: Partnerships, call: Call, proposal: PartnerProposal | None, *, origin: str = ""
) -> Reply:
    """Take the decision, or ask first where there is a reason to. ``origin`` is the event that asked, unless it is this
    call's."""
    if proposal is None:
        return denied()
    if proposal.unchanged is not None and not await partnerships.taken(proposal, call.event_id):
        if proposal.kept:
            await partnerships.take(proposal, actor=call.sender, origin=call.event_id)
        return Reply(document(paragraph(Strong(proposal.after.name)), paragraph(proposal.unchanged)))
    if proposal.reasons and not call.arguments.get("yes"):
        return _asked(proposal, None, origin or call.event_id)
    return await _taken(partnerships, call, proposal, origin or call.event_id)


def partner_question(partnerships: Partnerships) -> Question:
    """What ✅ under a decision does: take it, if nothing that was shown has changed."""

    async def confirmed(answered: Answered) -> Reply:
        call, shown = answered.call, answered.item.document
        try:
            proposal = await _again(partnerships, call, shown)
        except NotAllowed:
            proposal = None
        if proposal is None:
            return denied()
        # What is new is found again by the event that asked for it, everything else was decided by this answer.
        origin = shown["origin"] if proposal.created else call.event_id
        if proposal.reference != shown["reference"] and not await partnerships.taken(proposal, origin):
            return _asked(proposal, CHANGED, shown["origin"])
        return await _taken(partnerships, call, proposal, origin)

    return Question(kind=DECIDE, command="partner", yes=confirmed, rights=EMPLOYEE)


async def _again(partnerships: Partnerships, call: Call, shown: Mapping[str, Any]) -> PartnerProposal | None:
    if shown["created"]:
        return await partnerships.propose_new(call.viewer, shown["values"], shown["origin"])
    return await partnerships.propose(call.viewer, shown["partner"], shown["values"], frozenset(shown["unset"]))


def _asked(proposal: PartnerProposal, said: Message | None, origin: str) -> Reply:
    shown = {
        "partner": proposal.after.id,
        "values": dict(proposal.values),
        "unset": sorted(proposal.unset),
        "created": proposal.created,
        "origin": origin,
        "reference": proposal.reference,
    }
    return asked(proposal, said, kind=DECIDE, shown=shown)


async def _taken(partnerships: Partnerships, call: Call, proposal: PartnerProposal, origin: str) -> Reply:
    way = await _way_back(partnerships, call, proposal)
    back = way.in_language(call.language) if way else ""
    follows = bool(proposal.changes) or await partnerships.taken(proposal, origin)  # by a repeated event, perhaps
    await partnerships.take(proposal, actor=call.sender, origin=origin)
    if follows:
        await completed(partnerships, call, proposal, back=back)
    if proposal.after.state is PartnerState.PROPOSED:
        last = say("It counts once an administrator agrees; they are told.")
    elif proposal.reasons:
        last = say("The rooms follow within seconds.")
    else:
        last = say("It counts from now on.")
    ways = [paragraph(TAKE_BACK, " ", Code(back))] if back else []
    return Reply(decision_document(proposal, None, paragraph(last), *ways))


async def completed(partnerships: Partnerships, call: Call, proposal: PartnerProposal, *, back: str = "") -> None:
    """Have the answer edited once rooms have followed; ``back`` is the command that takes the decision back."""
    readback = PartnerReadBack(partnerships=partnerships)
    where = {"origin": call.event_id, "room_id": call.room_id, "command": call.command}
    await readback.keep(proposal, actor=call.sender, back=back, **where)


async def _way_back(partnerships: Partnerships, call: Call, proposal: PartnerProposal) -> Text | None:
    """The command that takes the decision back; None where none does: a partner stays known once it was added, and its
    state has commands of its own."""
    fields = (*proposal.values, *proposal.unset)
    if proposal.created or len(fields) != 1 or fields[0] == STATE:
        return None
    return await way_back(partnerships, call.viewer, proposal.before, fields[0])


async def way_back(partnerships: Partnerships, viewer: Viewer, partner: Partner, field: str) -> Text | None:
    """The command that decides about the field what is decided now; None for who may not, or where others read along,
    for it may say what was agreed before."""
    access = partnerships.society.access()
    if access is None or OPEN not in access.compartments(viewer) or not access.may_answer_for(viewer, partner.id):
        return None
    return command_for(partner.id, field, (await partnerships.decided(partner.id)).get(field))
