"""Brings ends of agreements that wait for a second word to administrators, and the outcome to who asked; and to who
proposed a partner what became of that. Called by ``porter``.
"""

from dataclasses import dataclass
from typing import Final

from bots.admin.office import ALL, Office
from bots.admin.partner_cards import card_of, closed_card, word_of
from bots.kit.cards import Cards
from bridge.ports.pending import Pending
from bridge.rules.facts import Facts
from bridge.services.doorstep import News, Notice
from bridge.services.ending import ENDING, Endings
from bridge.services.proposers import PROPOSED

KINDS: Final = frozenset({ENDING, PROPOSED})
"""Of what people are told here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPorter:
    """One bot as the messenger; telling may be repeated after a crash."""

    cards: Cards
    endings: Endings
    office: Office

    async def tell(self, notice: Notice, item: Pending) -> bool:
        """Whether there was anything to tell. Raises ``HomeserverError``."""
        access = self.office.society.access()
        if access is None:
            return False
        if notice.news is News.CARD:
            return not item.settled and await self._ask(item, access.facts)
        if notice.news is News.CLOSED:
            await self.cards.close(closed_card(item, access.facts), pending=item.key)
            return True
        if notice.to not in access.insiders:  # who has left the company learns nothing of its partners
            return False
        await self.cards.say(notice.to, word_of(item, notice, access.facts), notice=notice.key)
        return True

    async def _ask(self, item: Pending, facts: Facts) -> bool:
        asked, room_id = self.endings.answerers(item), await self.office.room(item.asker)
        if room_id is not None:
            language = await self.cards.people.language_of(ALL)
            await self.cards.show_card(room_id, ALL, card_of(item, facts, language), pending=item.key)
            return bool(asked)
        for user in asked:
            language = await self.cards.people.language_of(user)
            await self.cards.send_card(user, card_of(item, facts, language), pending=item.key)
        return bool(asked)
