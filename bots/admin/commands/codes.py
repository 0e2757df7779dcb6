"""Invite codes: ``!invite acme --code`` makes one, ``!code``, or the bare code, is what the partner's person says."""

from datetime import timedelta
from typing import Final

from bots.kit.commands import Call, Command, Reply, Status, argument
from bridge.domain.document import Code, Items, Strong, document, paragraph
from bridge.domain.messages import DayOf, Message, say, say_n
from bridge.domain.partners import InviteCode
from bridge.rules.code_words import looks_like_a_code
from bridge.rules.fields import BadValue, read_day
from bridge.rules.roles import GUEST
from bridge.services.codes import WRONG, Codes

ALONE: Message = say("Whoever reads a code can use it: write to me where nobody else reads along.")
TAKE_BACK: Final = {"en": "!invitations revoke", "fr": "!invitations retirer"}


async def made(codes: Codes, call: Call) -> Reply | None:
    """A new code, shown once to who makes it; None when the partner or a group is unknown to them."""
    said, (_, access) = call.arguments, codes.inviting.now()
    partner = access.find_partner(call.viewer, said["person"])
    groups = [access.find(call.viewer, text) for text in said["group"]]
    named = [group for group in groups if group is not None]
    if partner is None or None in groups:
        return None
    if not (call.direct and call.viewer.personal):
        return Reply(document(paragraph(ALONE)), Status.ERROR)
    new = await codes.make(
        call.viewer,
        partner,
        named,
        uses=_count(said["uses"]),
        until=read_day(said["until"]),
        reason=said["reason"] or "",
        origin=call.event_id,
    )
    uses = say_n("lets in {count} person", "lets in {count} people", new.code.uses)
    rows = (
        (uses,),
        (through(new.code),),
        *((say("opens {group}", group=group.name),) for group in named),
        (say("to take it back:"), " ", Code(f"{TAKE_BACK[call.language]} {new.code.id}")),
    )
    how = say("Hand it on to people of {partner}. From their own homeserver they open a conversation with {bot}, and"
              " write the code there. I show it this once.",
              partner=partner.name, bot=codes.inviting.homeserver.bot)  # fmt: skip
    return Reply(document(paragraph(Strong(new.text)), Items(rows), paragraph(how)))


def through(code: InviteCode) -> Message:
    """How long a code may be used: its last day, as the company's clock has it."""
    return say("until {day} inclusive", day=DayOf(code.until - timedelta(microseconds=1)))


def _count(text: str | None) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise BadValue(say("{word} is not a whole number up to {limit}.", word=text, limit=1000))
    return int(text)


def code_command(codes: Codes) -> Command:
    """What a partner's person says who was given a code."""

    async def give(call: Call) -> Reply:
        partner = None
        if call.direct and call.viewer.personal:
            text = " ".join(call.arguments["code"])
            partner = await codes.redeem(call.sender, text, origin=call.event_id)
        if partner is None:
            return Reply(document(paragraph(WRONG)), Status.DENIED)
        welcome = say("Welcome, on behalf of {partner}. What is open to you invites you within seconds; if there are"
                      " terms to accept, I show them first.", partner=partner.name)  # fmt: skip
        return Reply(document(paragraph(welcome)))

    return Command(
        path=("code",),
        french=("code",),
        aliases=(("invitation", "code"),),
        summary=say("Give the invite code that you were sent."),
        run=give,
        rights=frozenset({GUEST}),
        parameters=(argument("code", label=say("code"), help=say("Three times four letters and digits."), nargs=-1),),
        bare=looks_like_a_code,
    )
