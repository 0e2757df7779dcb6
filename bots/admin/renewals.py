"""All that the bot does about time that runs out, put together. Called by ``bot``."""

from dataclasses import dataclass

from bots.admin.commands.renewing import renewing_commands, renewing_question
from bots.admin.reviewer import Reviewer
from bots.kit.cards import Cards
from bots.kit.commands import Command
from bots.kit.questions import Question
from bridge.services.botapi import BotApi
from bridge.services.renewing import Renewing
from bridge.services.renewing_due import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewals:
    """Commands, the question, and what is told unasked."""

    renewing: Renewing

    @classmethod
    def of(cls, api: BotApi, cards: Cards) -> "Renewals":
        """With what the bot is handed; called round and round from then on."""
        renewing = Renewing(partnerships=api.partnerships, due=Due(partnerships=api.partnerships))
        api.rounds.add(Reviewer(cards=cards, renewing=renewing).go)
        return cls(renewing=renewing)

    @property
    def commands(self) -> list[Command]:
        """What people may type."""
        return renewing_commands(self.renewing)

    @property
    def questions(self) -> list[Question]:
        """What people answer by a reaction."""
        return [renewing_question(self.renewing)]
