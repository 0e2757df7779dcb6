"""``!partner grant`` and ``revoke``: groups open to a partner, or no longer. Decisions about these groups."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import click

from bots.admin.commands.deciding import CHANGED, EMPLOYEE, TAP, decided, yes_option
from bots.admin.commands.partner import about_partner, partner_argument
from bots.kit.commands import Call, Command, Confirmation, Reply, Status, argument, denied, option
from bots.kit.naming import several
from bots.kit.questions import Answered, Question
from bridge.domain.document import Block, Document, Strong, document, paragraph
from bridge.domain.messages import Message, Text, say
from bridge.domain.viewers import Viewer
from bridge.services.approvals import Approvals
from bridge.services.decided import NotAllowed, Proposal, word_of
from bridge.services.granting import Granting
from bridge.services.proposing import proposal_blocks
from bridge.services.unchanging import SO_ALREADY

GRANT: Final = "grant"
"""The kind of question that opening groups to a partner asks."""
MODERATOR: Final = "moderator"
ROLES: Final = {"member": "member", "membre": "member", MODERATOR: MODERATOR, "modérateur": MODERATOR}
"""What people of the partner may be, in both languages."""


def grant_commands(granting: Granting) -> list[Command]:
    """The commands."""
    groups = argument("groups", label=say("group"), nargs=-1,
                      help=say("Their names or ids; one of several words in quotation marks."))  # fmt: skip
    role = option("--role", "--rôle", "role", label=say("role"), type=click.Choice(list(ROLES), case_sensitive=False),
                  help=say("member, or moderator: then owners may name its people moderators."))  # fmt: skip
    return [
        about_partner(
            "grant",
            "accorder",
            say("Open groups to a partner; whom of it they let in is decided by invitation."),
            _run(granting, present=True),
            partner_argument(),
            groups,
            role,
            yes_option(),
        ),
        about_partner(
            "revoke",
            "retirer",
            say("Close groups to a partner; everybody of it is taken out of them."),
            _run(granting, present=False),
            partner_argument(),
            groups,
            yes_option(),
        ),
    ]


def _run(granting: Granting, *, present: bool) -> Callable[[Call], Awaitable[Reply]]:
    async def run(call: Call) -> Reply:
        partner, names = call.arguments["partner"], partial(_names_group, granting, call.viewer)
        groups = several(call.arguments["groups"], names)
        moderating = ROLES.get(call.arguments.get("role") or "") == MODERATOR
        proposals = await granting.propose(call.viewer, partner, groups, present=present, moderating=moderating)
        if proposals is None:
            if granting.partnerships.find(call.viewer, partner) is None:
                return denied()
            return _unknown([group.name for one in groups if (group := granting.policies.find(call.viewer, one))])
        new = [one for one in proposals if not one.unchanged or await _is_taken(granting, one, call)]
        if not new:
            return Reply(document(*(paragraph(Strong(one.after.name), ": ", SO_ALREADY) for one in proposals)))
        if call.arguments["yes"]:
            return await _taken(granting, call, new)
        return _asked(partner, new, None, present=present, moderating=moderating)

    return run


def _names_group(granting: Granting, viewer: Viewer, text: str) -> bool:
    return granting.policies.find(viewer, text) is not None


def _unknown(known: Sequence[Text]) -> Reply:
    """Which of the names the reader may know is told; what names nothing for them is never said back."""
    hint = paragraph(say("A name of several words may stand in quotation marks."))
    among = [paragraph(say("Known among them: {groups}.", groups=tuple(known)))] if known else []
    return replace(denied(), document=Document((*denied().document.blocks, *among, hint)))


def grant_question(granting: Granting) -> Question:
    """What ✅ under it does: take the decisions, if nothing that was shown has changed."""

    async def confirmed(answered: Answered) -> Reply:
        call, shown = answered.call, answered.item.document
        partner, groups = shown["partner"], shown["groups"]
        roles = {"present": shown["present"], "moderating": shown["moderating"]}
        try:
            proposals = await granting.propose(call.viewer, partner, groups, **roles)
        except NotAllowed:
            proposals = None
        if proposals is None:
            return denied()
        # A tap that is repeated after a crash finds some of them taken.
        done = [await _is_taken(granting, one, call) for one in proposals]
        if not any(done) and _reference(proposals) != shown["reference"]:
            return _asked(partner, proposals, CHANGED, **roles)
        return await _taken(granting, call, proposals)

    return Question(kind=GRANT, command="partner grant", yes=confirmed, rights=EMPLOYEE)


def _asked(
    partner: str, proposals: Sequence[Proposal], said: Message | None, *, present: bool, moderating: bool
) -> Reply:
    reference = _reference(proposals)
    shown = {
        "partner": partner,
        "groups": [one.after.id for one in proposals],
        "present": present,
        "moderating": moderating,
        "reference": reference,
    }
    blocks: list[Block] = [paragraph(said)] if said is not None else []
    blocks += [block for one in proposals for block in proposal_blocks(one)]
    confirmation = Confirmation(kind=GRANT, document=shown)
    return Reply(Document((*blocks, paragraph(TAP))), Status.CONFIRM, reference, confirmation)


async def _taken(granting: Granting, call: Call, proposals: Sequence[Proposal]) -> Reply:
    """Each taken, or put to a second person; one answer for all of them, told once the rooms of all have followed."""
    approvals = Approvals(policies=granting.policies)
    beside = [one for one in proposals[1:] if not approvals.critical(one)]
    replies = [await decided(granting.policies, call, proposals[0], None, beside=beside)]
    for one in proposals[1:]:
        apart = replace(call, event_id=_origin(call, one))
        replies.append(await decided(granting.policies, apart, one, None, told=False))
    held = next((one for one in replies if one.status is not Status.OK), replies[0])
    blocks = dict.fromkeys(block for one in replies for block in one.document.blocks)
    return Reply(Document(tuple(blocks)), held.status, held.reference)


def _reference(proposals: Sequence[Proposal]) -> str:
    return word_of([one.reference for one in proposals])


async def _is_taken(granting: Granting, proposal: Proposal, call: Call) -> bool:
    """Whether this very event took the decision before, if it is repeated after a crash."""
    origins = (call.event_id, _origin(call, proposal))
    return any([await granting.policies.taken(proposal, origin) for origin in origins])


def _origin(call: Call, proposal: Proposal) -> str:
    """A word of its own for each but the first, so that each may have its own question to a second person."""
    return f"{call.event_id} {proposal.after.id}"
