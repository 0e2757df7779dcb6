"""Everything that the administrators' bot does about people of partners who are to come, put together for ``bot``."""

from dataclasses import dataclass

from bots.admin.commands.invite import invite_commands, invite_question
from bots.admin.commands.vouching import vouching_commands, vouching_question
from bots.admin.guest_porter import GuestPorter
from bots.kit.cards import Cards
from bots.kit.commands import Command
from bots.kit.questions import Question
from bridge.services.botapi import BotApi
from bridge.services.inviting import Inviting
from bridge.services.vouching import Vouching


@dataclass(frozen=True, slots=True, kw_only=True)
class Guests:
    """Commands, questions, and what is told unasked."""

    cards: Cards
    vouching: Vouching

    @classmethod
    def of(cls, api: BotApi, cards: Cards) -> "Guests":
        """With what the bot is handed; called round and round from then on."""
        inviting = Inviting(policies=api.policies, homeserver=api.requests.homeserver)
        guests = cls(cards=cards, vouching=Vouching(inviting=inviting))
        api.rounds.add(guests.vouching.expire)
        return guests

    @property
    def commands(self) -> list[Command]:
        """What people may type."""
        return [*invite_commands(self.vouching), *vouching_commands(self.vouching)]

    @property
    def questions(self) -> list[Question]:
        """What people answer by a reaction."""
        return [invite_question(self.vouching), vouching_question(self.vouching)]

    @property
    def porter(self) -> GuestPorter:
        """Who tells people what is kept for them."""
        return GuestPorter(cards=self.cards, vouching=self.vouching)
