"""``!onboarding`` said to this bot: another one welcomes people, and is asked alone."""

from typing import Final

from bots.cards.showing import person_link
from bots.kit.commands import Call, Command, Reply, argument
from bridge.domain.document import Code, document, paragraph
from bridge.domain.messages import say

MEMBERS: Final = frozenset({"partner_member"})
STATUS: Final = {"en": "!onboarding status", "fr": "!accueil état"}


def onboarding_command(guide: str) -> Command:
    """``guide`` is the user id of the bot that welcomes people; empty where none is configured."""

    async def point(call: Call) -> Reply:
        if not guide:
            return Reply(document(paragraph(say("Nobody welcomes people step by step here."))))
        way = say("Another bot welcomes people, step by step. Open this conversation and write there:")
        return Reply(document(paragraph(way, " ", Code(STATUS[call.language]), " – ", person_link(guide))))

    return Command(
        path=("onboarding",),
        french=("accueil",),
        run=point,
        rights=MEMBERS,
        summary=say("Who welcomes people, and tells how far they are."),
        parameters=(argument("words", label=say("words"), help=say("What is asked there."), required=False, nargs=-1),),
    )
