"""``!onboarding`` said to this bot: how far people are, for whoever looks after them; else, who welcomes people."""

from typing import Final

from bots.cards.showing import person_link
from bots.kit.commands import Call, Command, Reply, argument, option
from bots.kit.table import fold
from bridge.domain.document import Code, document, paragraph
from bridge.domain.messages import say
from bridge.services.welcoming import Welcoming

MEMBERS: Final = frozenset({"partner_member"})
STATUS: Final = {"en": "!onboarding status", "fr": "!accueil état"}
STATES: Final = frozenset({"status", "etat", "statut"})
"""What is answered here, without accents."""


def onboarding_command(guide: str, welcoming: Welcoming) -> Command:
    """``guide`` is the user id of the bot that welcomes people; empty where none is configured."""

    async def point(call: Call) -> Reply:
        if not guide:
            return Reply(document(paragraph(say("Nobody welcomes people step by step here."))))
        asked = {fold(word) for word in call.arguments["words"]}
        if welcoming.standings and call.viewer.personal and asked and asked <= STATES:
            return Reply(await welcoming.standings(call.viewer, call.arguments["page"], call.language))
        way = say("Another bot welcomes people, step by step. Open this conversation and write there:")
        return Reply(document(paragraph(way, " ", Code(STATUS[call.language]), " – ", person_link(guide))))

    return Command(
        path=("onboarding",),
        french=("accueil",),
        run=point,
        rights=MEMBERS,
        summary=say("Who welcomes people, and tells how far they are."),
        parameters=(
            argument("words", label=say("words"), help=say("What is asked there."), required=False, nargs=-1),
            option("--page", "page", label=say("number"), help=say("Further ones."), type=int, default=1),
        ),
    )
