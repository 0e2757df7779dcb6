"""Greetings and thanks: a bot answers them like anybody would, and says where to begin. For ``talk``, as a dialogue."""

from dataclasses import dataclass
from typing import Final

from bots.kit.answering import Answer
from bots.kit.commands import Reply
from bots.kit.dialogue import Turn
from bots.kit.envelope import occasion_of
from bots.kit.speaking import Speaker
from bots.kit.table import fold
from bridge.domain.document import Document, document, paragraph
from bridge.domain.messages import say

GREETINGS: Final = frozenset(
    {"hello", "hi", "hey", "good morning", "good evening", "bonjour", "bonsoir", "salut", "coucou", "bjr"}
)
THANKS: Final = frozenset({"thanks", "thank you", "thx", "many thanks", "merci", "merci beaucoup", "merci bien"})
END: Final = " .,;:!?…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Civility:
    """``bots.kit.dialogue.Dialogue``; ``hello`` is what the bot says of itself when a conversation begins."""

    speaker: Speaker
    hello: Document

    async def heard(self, turn: Turn) -> bool:
        """Only lines that say nothing else."""
        said = fold(" ".join(turn.text.split())).strip(END)
        if said in GREETINGS:
            told = self.hello
        elif said in THANKS:
            told = document(paragraph(say("You are welcome!")))
        else:
            return False
        await self.speaker.reply(occasion_of(turn.event, turn.language), Answer(Reply(told)))
        return True
