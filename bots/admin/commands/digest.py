"""``!digest`` said to this bot: another one sends the weekly digest, and is told alone what one wants of it."""

from typing import Final

from bots.cards.showing import person_link
from bots.kit.commands import Call, Command, Reply, argument
from bridge.domain.document import Code, document, paragraph
from bridge.domain.messages import say

MEMBERS: Final = frozenset({"partner_member"})
SHOW: Final = {"en": "!digest", "fr": "!résumé"}


def digest_command(editor: str) -> Command:
    """``editor`` is the user id of the bot that sends the digest; empty where none is configured."""

    async def point(call: Call) -> Reply:
        if not editor:
            return Reply(document(paragraph(say("There is no weekly digest here."))))
        way = say("Another bot sends the weekly digest. Open this conversation and write there:")
        return Reply(document(paragraph(way, " ", Code(SHOW[call.language]), " – ", person_link(editor))))

    return Command(
        path=("digest",),
        french=("résumé",),
        run=point,
        rights=MEMBERS,
        summary=say("Who sends the weekly digest, and hears what you want of it."),
        parameters=(argument("words", label=say("words"), help=say("What is asked there."), required=False, nargs=-1),),
    )
