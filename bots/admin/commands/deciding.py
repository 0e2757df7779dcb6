"""From a decision that somebody asks for to the reply: taken at once, or shown first and taken by ✅ or ``--yes``.

Shared by the commands of ``policies`` and ``lifecycle``.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bots.kit.commands import CONFIRM_WITHIN, Call, Confirmation, Parameter, Reply, Status, denied, option
from bots.kit.questions import Answered, Question
from bots.kit.wording import SENTENCE
from bridge.domain.document import Block, Document, Strong, document, paragraph
from bridge.domain.messages import Message, Text, say
from bridge.services.approvals import Approvals, Need, handle_of
from bridge.services.decided import NotAllowed, Proposal, Reserved, ToldIn
from bridge.services.policies import Policies
from bridge.services.proposing import Told, proposal_blocks
from bridge.services.restating import again, kept

DECIDE: Final = "decide"
"""The kind of question that a decision asks; its document holds the decision."""
EMPLOYEE: Final = frozenset({"employee"})
"""Whoever may own a group. Whose each group is, the gate says: owning a hidden one alone shows nowhere else."""
MINUTES: Final = int(CONFIRM_WITHIN.total_seconds()) // 60
TAP: Final = say("To do it, answer this message with ✅ within {minutes} minutes, or say it again with {option}.",
                 minutes=MINUTES, option=Text(en="--yes", fr="--oui"))  # fmt: skip
CHANGED: Final = say("Something has changed since this was shown. This is how it is now:")


def yes_option() -> Parameter:
    """``--yes``: no need to ask again."""
    return option(
        "--yes", "--oui", "yes", label=say("yes"), help=say("Do it without asking again."), is_flag=True, default=False
    )


def reason_option() -> Parameter:
    """``--reason``: for whoever has to say yes as well."""
    return option(
        "--reason", "--raison", "reason", label=say("reason"), type=SENTENCE,
        help=say("Why, in your own words: for those who have to agree, and for the audit log."),
    )  # fmt: skip


def asking(policies: Policies, run: Callable[[Call], Awaitable[Reply]]) -> Callable[[Call], Awaitable[Reply]]:
    """``run``, where administrators are asked for what is theirs alone to decide."""

    async def asked(call: Call) -> Reply:
        try:
            return await run(call)
        except Reserved as reserved:
            waiting = say("I have asked them, and shall write to you what they say.")
            return await _put(policies, call, reserved.proposal, Need.ADMIN, paragraph(reserved.message, " ", waiting))

    return asked


async def settled(policies: Policies, call: Call, proposal: Proposal | None, *, said: Message | None = None) -> Reply:
    """Take the decision, or ask first where there is a reason to; ``said`` stands before everything else."""
    if proposal is None:
        return denied()
    if proposal.unchanged is not None and not await policies.taken(proposal, call.event_id):
        if proposal.kept:
            await policies.take(proposal, actor=call.sender, origin=call.event_id, reason=_reason(call))
        return Reply(document(paragraph(Strong(proposal.after.name)), paragraph(proposal.unchanged)))
    if proposal.reasons and not call.arguments.get("yes"):
        return _asked(proposal, said, call.arguments.get("reason"))
    return await decided(policies, call, proposal, said)


async def decided(
    policies: Policies,
    call: Call,
    proposal: Proposal,
    said: Message | None,
    *,
    told: bool = True,
    beside: Sequence[Proposal] = (),
) -> Reply:
    """Taken, or put to a second person. ``told``: the answer is edited once the rooms have followed, also those of what
    is decided ``beside``, which the caller takes next."""
    if Approvals(policies=policies).critical(proposal):
        last = paragraph(say("This takes a second person. I have asked those who may decide it, too, and shall write to"
                             " you what they say."))  # fmt: skip
        return await _put(policies, call, proposal, Need.SECOND, last)
    here = ToldIn(room_id=call.room_id, command=call.command, beside=tuple(beside)) if told else None
    await policies.take(proposal, actor=call.sender, origin=call.event_id, reason=_reason(call), answered=here)
    return Reply(decision_document(proposal, said, paragraph(say("The rooms follow within seconds."))))


def _reason(call: Call) -> str:
    return str(call.arguments.get("reason") or "")


async def _put(policies: Policies, call: Call, proposal: Proposal, need: Need, last: Block) -> Reply:
    approvals = Approvals(policies=policies)
    item = await approvals.ask(proposal, need, asker=call.sender, reason=_reason(call), origin=call.event_id)
    return Reply(Document((last,)), Status.HELD, handle_of(item))


def decide_question(policies: Policies) -> Question:
    """What ✅ under a decision does: take it, if nothing that was shown has changed."""

    async def confirmed(answered: Answered) -> Reply:
        call, shown = answered.call, answered.item.document
        proposal, reason = await _again(policies, call, shown), shown.get("reason")
        if proposal is None:
            return denied()
        if proposal.reference != shown["reference"]:
            return _asked(proposal, CHANGED, reason)
        return await decided(policies, replace(call, arguments={"reason": reason}), proposal, None)

    return Question(kind=DECIDE, command="group", yes=confirmed, rights=EMPLOYEE)


async def _again(policies: Policies, call: Call, shown: Any) -> Proposal | None:
    try:
        return await again(policies, call.viewer, shown)
    except NotAllowed:
        return None


def _asked(proposal: Proposal, said: Message | None, reason: str | None) -> Reply:
    return asked(proposal, said, kind=DECIDE, shown={**kept(proposal), "reason": reason})


def asked(proposal: Told, said: Message | None, *, kind: str, shown: Mapping[str, Any]) -> Reply:
    """The decision as it would be; ✅ does it: a question of this ``kind``, which is told what was ``shown``."""
    return Reply(
        decision_document(proposal, said, paragraph(TAP)),
        Status.CONFIRM,
        proposal.reference,
        Confirmation(kind=kind, document=shown),
    )


def decision_document(proposal: Told, said: Message | None, *last: Block) -> Document:
    """A decision in words; ``said`` stands before it, ``last`` behind."""
    before = (paragraph(said),) if said is not None else ()
    return Document((*before, *proposal_blocks(proposal), *last))
