"""Brings what waits for their word to those who answer for a partner, and the outcome to who invited. Called by
``porter``.
"""

from dataclasses import dataclass
from typing import Final

from bots.admin import guest_words, terms_cards
from bots.admin.guest_cards import card_of, closed_card, word_of
from bots.kit.cards import Cards
from bridge.domain.viewers import alone
from bridge.ports.pending import Pending
from bridge.services.doorstep import News, Notice
from bridge.services.terms import TERMS
from bridge.services.vouching import VOUCHING, Vouching

KINDS: Final = frozenset({VOUCHING, TERMS})
"""Of the questions of which people are told here."""
UNASKED: Final = frozenset({News.BLOCKED, News.GONE, News.LAPSED, News.TERMS_ASKED})
"""What is told here without a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestPorter:
    """One bot as the messenger; telling may be repeated after a crash."""

    cards: Cards
    vouching: Vouching

    async def tell(self, notice: Notice, item: Pending | None) -> bool:
        """Whether there was anything to tell. Raises ``HomeserverError``."""
        if notice.news is News.TERMS_ASKED:
            return await self._terms_asked(notice)
        if item is None:
            await self.cards.say(notice.to, guest_words.word_of(notice), notice=notice.key)
            return True
        world, _ = self.vouching.inviting.now()
        if item.kind == TERMS:
            await self.cards.say(notice.to, terms_cards.word_of(item, notice), notice=notice.key)
            return True
        if notice.news is News.CARD:
            return not item.settled and await self._ask(item)
        if notice.news is News.CLOSED:
            await self.cards.close(closed_card(item, world.facts), pending=item.key)
        else:
            await self.cards.say(notice.to, word_of(item, notice), notice=notice.key)
        return True

    async def _terms_asked(self, notice: Notice) -> bool:
        partner = self.vouching.inviting.now()[0].facts.partners.get(notice.about)
        if partner is None:
            return False
        await self.cards.say(notice.to, terms_cards.asked_of(partner, notice), notice=notice.key)
        return True

    async def _ask(self, item: Pending) -> bool:
        """Each alone: what one of them may know of groups, another may not."""
        world, access = self.vouching.inviting.now()
        asked, groups = self.vouching.answerers(item), self.vouching.inviting.groups_of(item.document["groups"])
        for user in asked:
            known = [group for group in groups if access.may_know(alone(user), group.id)]
            language = await self.cards.people.language_of(user)
            await self.cards.send_card(user, card_of(item, world.facts, known, language), pending=item.key)
        return bool(asked)
