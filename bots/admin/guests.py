"""Everything that the administrators' bot does about people of partners who are to come, put together for ``bot``."""

from collections.abc import Callable
from dataclasses import dataclass

from bots.admin.commands.codes import code_command
from bots.admin.commands.invitations import invitations_commands
from bots.admin.commands.invite import invite_commands, invite_question
from bots.admin.commands.terms import terms_commands, terms_question
from bots.admin.commands.vouching import vouching_commands, vouching_question
from bots.admin.guest_porter import GuestPorter
from bots.admin.notary import Notary
from bots.admin.prompter import Prompter
from bots.kit.cards import Cards
from bots.kit.commands import Command
from bots.kit.questions import Question
from bridge.domain.events import Event
from bridge.domain.ids import server_of
from bridge.domain.rooms import Membership
from bridge.services.botapi import BotApi
from bridge.services.codes import Codes
from bridge.services.inviting import Inviting
from bridge.services.reminding import Reminding
from bridge.services.terms import TermsDesk
from bridge.services.vouching import Vouching
from bridge.services.waiting import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Guests:
    """Commands, questions, and what is told unasked. ``notice``: somebody from elsewhere came into a room, perhaps to
    read the terms."""

    cards: Cards
    vouching: Vouching
    desk: TermsDesk
    codes: Codes
    waiting: Waiting
    notice: Callable[[], None]

    @classmethod
    def of(cls, api: BotApi, cards: Cards) -> "Guests":
        """With what the bot is handed; called round and round from then on."""
        inviting = Inviting(policies=api.policies, homeserver=api.requests.homeserver)
        desk = TermsDesk(inviting=inviting)
        guests = cls(
            cards=cards,
            vouching=Vouching(inviting=inviting),
            desk=desk,
            codes=Codes(inviting=inviting),
            waiting=Waiting(desk=desk),
            notice=api.rounds.wake,
        )
        api.rounds.add(guests.vouching.expire)
        api.rounds.add(guests.codes.tidy)
        api.rounds.add(guests.waiting.tell)
        api.rounds.add(Prompter(cards=cards, reminding=Reminding(inviting=inviting)).go)
        api.rounds.add(Notary(cards=cards, desk=desk).go)
        return guests

    def wants(self, event: Event) -> bool:
        """Whether somebody from elsewhere came into a room."""
        own = self.vouching.inviting.policies.society.server_name
        came = event.type == "m.room.member" and event.content.get("membership") == Membership.JOIN
        return came and server_of(event.state_key or "") != own

    @property
    def commands(self) -> list[Command]:
        """What people may type."""
        return [
            *invite_commands(self.vouching, self.codes),
            *vouching_commands(self.vouching),
            code_command(self.codes),
            *invitations_commands(self.waiting, self.codes),
            *terms_commands(self.desk),
        ]

    @property
    def questions(self) -> list[Question]:
        """What people answer by a reaction."""
        return [invite_question(self.vouching), vouching_question(self.vouching), terms_question(self.desk)]

    @property
    def porter(self) -> GuestPorter:
        """Who tells people what is kept for them."""
        return GuestPorter(cards=self.cards, vouching=self.vouching)
