"""From a decision that somebody asks for to the reply: taken at once, or shown first and taken by ✅ or ``--yes``.

Shared by the commands of ``policies`` and ``lifecycle``.
"""

from typing import Any, Final

from bots.kit.commands import CONFIRM_WITHIN, Call, Confirmation, Parameter, Reply, Status, denied, option
from bots.kit.questions import Answered, Question
from bridge.domain.document import Block, Document, paragraph
from bridge.domain.messages import Message, say
from bridge.services.decided import NotAllowed, Proposal
from bridge.services.policies import Policies
from bridge.services.proposing import proposal_blocks

DECIDE: Final = "decide"
"""The kind of question that a decision asks; its document holds the decision."""
EMPLOYEE: Final = frozenset({"employee"})
"""Whoever may own a group. Whose each group is, the gate says: owning a hidden one alone shows nowhere else."""
MINUTES: Final = int(CONFIRM_WITHIN.total_seconds()) // 60


def yes_option() -> Parameter:
    """``--yes``: no need to ask again."""
    return option(
        "--yes", "--oui", "yes", label=say("yes"), help=say("Do it without asking again."), is_flag=True, default=False
    )


async def settled(policies: Policies, call: Call, proposal: Proposal | None, *, said: Message | None = None) -> Reply:
    """Take the decision, or ask first where there is a reason to; ``said`` stands before everything else."""
    if proposal is None:
        return denied()
    if proposal.reasons and not call.arguments.get("yes"):
        return _asked(proposal, said)
    await policies.take(proposal, actor=call.sender, origin=call.event_id)
    return Reply(_document(proposal, said, paragraph(say("The rooms follow within seconds."))))


def decide_question(policies: Policies) -> Question:
    """What ✅ under a decision does: take it, if nothing that was shown has changed."""

    async def confirmed(answered: Answered) -> Reply:
        call, document = answered.call, answered.item.document
        proposal = await _again(policies, call, document)
        if proposal is None:
            return denied()
        if proposal.reference != document["reference"]:
            return _asked(proposal, say("Something has changed since this was shown. This is how it is now:"))
        await policies.take(proposal, actor=call.sender, origin=call.event_id)
        return Reply(_document(proposal, None, paragraph(say("The rooms follow within seconds."))))

    return Question(kind=DECIDE, command="group", yes=confirmed, rights=EMPLOYEE)


async def _again(policies: Policies, call: Call, document: Any) -> Proposal | None:
    try:
        return await policies.propose(call.viewer, document["group"], document["values"], frozenset(document["unset"]))
    except NotAllowed:
        return None


def _asked(proposal: Proposal, said: Message | None) -> Reply:
    tap = say("To do it, answer this message with ✅ within {minutes} minutes, or say it again with {option}.",
              minutes=MINUTES, option="--yes")  # fmt: skip
    document = {
        "group": proposal.group.id,
        "values": dict(proposal.values),
        "unset": sorted(proposal.unset),
        "reference": proposal.reference,
    }
    return Reply(
        _document(proposal, said, paragraph(tap)),
        Status.CONFIRM,
        proposal.reference,
        Confirmation(kind=DECIDE, document=document),
    )


def _document(proposal: Proposal, said: Message | None, last: Block) -> Document:
    before = (paragraph(said),) if said is not None else ()
    return Document((*before, *proposal_blocks(proposal), last))
