"""``!invitations``: who of partners is on the way, and which codes are out; ``revoke`` takes one of them back."""

from typing import Final

from bots.admin.commands.codes import through
from bots.admin.commands.deciding import EMPLOYEE
from bots.kit.commands import Call, Command, Reply, argument, denied
from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.ids import is_user_id
from bridge.domain.messages import DayOf, Message, say, say_n
from bridge.domain.partners import InviteCode
from bridge.services.codes import Codes
from bridge.services.waiting import Stage, Waiting, Waits

STAGES: Final = {
    Stage.ASKED: say("waits for the word of who answers for the partner"),
    Stage.CALLED: say("invited to read the terms, and has not come"),
    Stage.SHOWN: say("has the terms, and has not answered"),
    Stage.SENT: say("invited, and has not answered"),
    Stage.COMING: say("the invitation is on its way; it waits while their homeserver does not answer"),
    Stage.BLOCKED: say("cannot be invited: they or their homeserver refuse it"),
    Stage.LEFT: say("declined, or left"),
    Stage.LAPSED: say("has not answered in time"),
    Stage.DECLINED: say("did not accept"),
}


def invitations_commands(waiting: Waiting, codes: Codes) -> list[Command]:
    """The commands of who invites."""

    async def show(call: Call) -> Reply:
        rows, out = await waiting.rows(call.viewer), await codes.codes(call.viewer)
        if not rows and not out:
            return Reply(document(paragraph(say("No invitation waits that I can show here."))))
        blocks: list[Block] = []
        if rows:
            blocks += [paragraph(Strong(say("On the way"))), Items(tuple(_row(one) for one in rows))]
        if out:
            blocks += [paragraph(Strong(say("Codes"))), Items(tuple(_code(codes, call, one) for one in out))]
        return Reply(Document(tuple(blocks)))

    async def revoke(call: Call) -> Reply:
        handle = call.arguments["invitation"]
        if is_user_id(handle):
            guest = await waiting.revoke(call.viewer, handle, origin=call.event_id)
            return _told(say("{user} is not invited any more, and leaves the rooms within seconds.", user=handle)
                         if guest else None)  # fmt: skip
        code = await codes.revoke(call.viewer, handle, origin=call.event_id)
        return _told(say("This code lets nobody in any more. Who used it stays.") if code else None)

    what = argument(
        "invitation", label=say("invitation"), help=say("A user id, or the letters and digits of a code in the list.")
    )
    return [
        Command(
            path=("invitations",),
            french=("invitations",),
            summary=say("Who of partners is on the way, and which codes are out."),
            run=show,
            rights=EMPLOYEE,
        ),
        Command(
            path=("invitations", "revoke"),
            french=("invitations", "retirer"),
            summary=say("Take an invitation or a code back."),
            run=revoke,
            rights=EMPLOYEE,
            parameters=(what,),
        ),
    ]


def _row(one: Waits) -> tuple[Inline, ...]:
    since = say("since {day}", day=DayOf(one.since))
    into = [part for group in one.groups for part in (", ", say("into {group}", group=group.name))]
    return (Code(one.guest.user), " – ", STAGES[one.stage], ", ", since, *into)


def _code(codes: Codes, call: Call, code: InviteCode) -> tuple[Inline, ...]:
    _, access = codes.inviting.now()
    partner = access.facts.directory.partners[code.partner]
    left = say_n("{count} use left", "{count} uses left", code.uses - len(code.used))
    groups = [group for group in codes.inviting.groups_of(code.groups) if access.may_know(call.viewer, group.id)]
    into = [part for group in groups for part in (", ", say("into {group}", group=group.name))]
    return (Code(code.id), " – ", partner.name, ", ", left, ", ", through(code), *into)


def _told(sentence: Message | None) -> Reply:
    return Reply(document(paragraph(sentence))) if sentence else denied()
