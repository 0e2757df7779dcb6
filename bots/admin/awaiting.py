"""What somebody says who was shown terms and has not answered: they hear how. One of the dialogues of ``kit/talk``."""

from dataclasses import dataclass
from typing import Final

from bots.admin.terms_cards import how_to_answer
from bots.kit.answering import Answer
from bots.kit.commands import Reply, Status
from bots.kit.dialogue import Turn
from bots.kit.envelope import occasion_of
from bots.kit.speaking import Speaker
from bridge.services.terms import TermsDesk

COMMAND: Final = "terms"
MARK: Final = "!"


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """Nothing but the words that are asked for accepts: these are terms, and the answer is a proof."""

    speaker: Speaker
    desk: TermsDesk

    async def heard(self, turn: Turn) -> bool:
        """Only words without a mark that are no misspelt command, from somebody who has the text before them."""
        body = turn.event.content.get("body")
        if (
            not turn.text
            or turn.edited
            or turn.command_near
            or turn.help
            or (isinstance(body, str) and body.startswith(MARK))
        ):
            return False
        one = self.desk.due_from(turn.person)
        if one is None or not await self.desk.is_shown(await self.desk.question(one)):
            return False
        reply = Reply(how_to_answer(one, turn.language), Status.USAGE)
        await self.speaker.reply(occasion_of(turn.event, turn.language), Answer(reply, COMMAND))
        return True
