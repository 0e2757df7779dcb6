"""``!invite``: somebody of a partner comes in. Shown first, and done by ✅ or ``--yes``."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from bots.admin.commands.codes import made
from bots.admin.commands.deciding import EMPLOYEE, MINUTES, reason_option, yes_option
from bots.kit.commands import Call, Command, Confirmation, Reply, Status, argument, denied, option
from bots.kit.naming import several
from bots.kit.questions import Answered, Question
from bridge.domain.document import Document, document, paragraph
from bridge.domain.messages import Message, Text, say
from bridge.domain.viewers import Viewer
from bridge.rules.fields import read_day
from bridge.services.codes import Codes
from bridge.services.invitation_words import invitation_blocks
from bridge.services.invited import ids
from bridge.services.inviting import Invitation, Inviting
from bridge.services.vouching import Vouching, handle_of

INVITE: Final = "invite"
"""The kind of question that an invitation asks; its document holds the words by which it is proposed again."""


def invite_commands(vouching: Vouching, codes: Codes) -> list[Command]:
    """The command by which people of partners come in."""
    inviting = vouching.inviting

    async def invite(call: Call) -> Reply:
        said = call.arguments
        groups = _groups(inviting, call.viewer, said["group"])
        if said["code"]:
            return await made(codes, replace(call, arguments={**said, "group": groups})) or denied()
        until = read_day(said["until"])
        invitation = await inviting.propose(
            call.viewer, said["person"], groups, until=until, reason=said["reason"] or ""
        )
        if invitation is None:
            return denied()
        if invitation.unchanged and not await inviting.taken(call.event_id):
            return Reply(document(paragraph(invitation.unchanged)))
        if not said["yes"]:
            return _asked(inviting, invitation)
        return await _made(vouching, call, invitation)

    return [
        Command(
            path=("invite",),
            french=("inviter",),
            summary=say("Invite somebody of a partner, from their own homeserver."),
            run=invite,
            rights=EMPLOYEE,
            parameters=(
                argument("person", label=say("person"), help=say("A user id such as @bob:acme.example.")),
                argument(
                    "group", label=say("group"), help=say("Groups that they come into, by name or id."), nargs=-1,
                    required=False,
                ),
                option(
                    "--until", "--fin", "--jusque", "until", label=say("date"),
                    help=say("Their last day: 2027-06-30. Of a code, the last day on which it may be used."),
                ),
                reason_option(),
                option(
                    "--code", "code", is_flag=True, default=False, label=say("code"),
                    help=say("Make a code for people of the partner that is named instead of a person."),
                ),
                option("--uses", "--fois", "uses", label=say("number"), help=say("How many people may use the code.")),
                yes_option(),
            ),
            details=say("Who answers for the partner invites its people, and owners invite them into their groups. The"
                        " group has to admit the partner."),
        )
    ]  # fmt: skip


def invite_question(vouching: Vouching) -> Question:
    """What ✅ under an invitation does: make it, if nothing that was shown has changed."""
    inviting = vouching.inviting

    async def confirmed(answered: Answered) -> Reply:
        call, shown = answered.call, answered.item.document
        if await inviting.taken(call.event_id):
            return _again(shown)
        invitation = await inviting.propose(
            call.viewer, shown["user"], shown["groups"], until=read_day(shown["until"]), reason=shown["reason"]
        )
        if invitation is None:
            return denied()
        if invitation.unchanged:
            return Reply(document(paragraph(invitation.unchanged)))
        if invitation.reference != shown["reference"]:
            return _asked(
                inviting, invitation, say("Something has changed since this was shown. This is how it is now:")
            )
        return await _made(vouching, call, invitation)

    return Question(kind=INVITE, command="invite", yes=confirmed, rights=EMPLOYEE)


def _groups(inviting: Inviting, viewer: Viewer, words: Sequence[str]) -> list[str]:
    """The words cut into names of groups: the longest run that names one the viewer may know, each time. What names
    none stands alone, and so does what is not for them."""
    _, access = inviting.now()
    return several(words, lambda text: access.find(viewer, text) is not None)


async def _made(vouching: Vouching, call: Call, invitation: Invitation) -> Reply:
    if invitation.asks:
        item = await vouching.ask(invitation, origin=call.event_id)
        asked = say("I have asked them, and shall write to you what they say.")
        return Reply(_document(vouching.inviting, invitation, asked), Status.HELD, handle_of(item))
    await vouching.inviting.take(invitation, origin=call.event_id)
    return Reply(_document(vouching.inviting, invitation, _done(invitation)))


def _done(invitation: Invitation) -> Message:
    if invitation.terms:
        return say("I write to {user} and show the terms; the rooms open once they are accepted.",
                   user=invitation.coming.user)  # fmt: skip
    return say("The invitations are on their way.")


def _again(shown: Any) -> Reply:
    return Reply(document(paragraph(say("{user} is invited.", user=shown["user"]))))


def _asked(inviting: Inviting, invitation: Invitation, said: Message | None = None) -> Reply:
    coming = invitation.coming
    tap = say("To do it, answer this message with ✅ within {minutes} minutes, or say it again with {option}.",
              minutes=MINUTES, option=Text(en="--yes", fr="--oui"))  # fmt: skip
    shown = {
        "user": coming.user,
        "groups": ids(coming.groups),
        "until": coming.until.isoformat() if coming.until else "",
        "reason": coming.reason,
        "reference": invitation.reference,
    }
    return Reply(
        _document(inviting, invitation, tap, said),
        Status.CONFIRM,
        invitation.reference,
        Confirmation(kind=INVITE, document=shown),
    )


def _document(inviting: Inviting, invitation: Invitation, last: Message, said: Message | None = None) -> Document:
    world, _ = inviting.now()
    before = (paragraph(said),) if said else ()
    return Document((*before, *invitation_blocks(invitation, world.facts), paragraph(last)))
