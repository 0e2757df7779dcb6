"""Brings to people what is kept about time that runs out, each alone with the bot. Called by the rounds.

What somebody may no longer know they are not told. Everything may be repeated after a crash: messages are claimed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import structlog

from bots.admin.renewal_words import closed_card, handover_of, over_of, pinned_of, question_of
from bots.kit.cards import Cards
from bridge.domain.directory import Group
from bridge.domain.document import Document
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Language, Message
from bridge.domain.viewers import alone
from bridge.rules.access import Access
from bridge.rules.decisions import DIRECTORY
from bridge.services.renewing import Renewing
from bridge.services.renewing_kept import REVIEW, WORD, Review, Told, Word, review_in, word_in

TOLD: Final = "told"
UNTOLD: Final = "untold"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """One bot as the messenger of renewals."""

    cards: Cards
    renewing: Renewing

    async def go(self) -> None:
        """Keep what is due, and tell what is to be told. Raises the ``HomeserverError`` of what waits, at the end."""
        access, speaker = self.renewing.partnerships.society.access(), self.cards.speaker
        if access is None:
            return
        await self.renewing.due.go()
        async with speaker.store.view() as view:
            items = await view.pending.open(WORD)
        waiting: HomeserverError | None = None
        for item in items:
            try:
                outcome = TOLD if await self._tell(word_in(item), access) else UNTOLD
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY and speaker.clock.now() < item.expires_at:
                    waiting = error
                    continue
                log.info("a word about a renewal is refused", errcode=error.errcode)
                outcome = UNTOLD
            async with speaker.store.work() as work:
                await work.pending.settle(item.key, outcome, speaker.clock.now())
        if waiting is not None:
            raise waiting

    async def _tell(self, word: Word, access: Access) -> bool:
        """Whether there was anything to tell."""
        async with self.cards.speaker.store.view() as view:
            item = await view.pending.get(word.review) if word.review else None
        review = review_in(item) if item is not None and item.kind == REVIEW else None
        if word.told is Told.CLOSED:
            if review is not None and not review.pinned:
                await self.cards.close(closed_card(review, access.facts), pending=review.key)
            return review is not None
        if word.to not in access.insiders:
            return False
        language = await self.cards.people.language_of(word.to)
        if word.told is Told.ASKED:
            still = review is not None and not review.outcome and review.term.partner in _partners(access)
            return still and review is not None and await self._ask(review, word, access, language)
        said = self._said(word, access, language)
        if said is not None:
            await self.cards.say(word.to, said, notice=word.key)
        return said is not None

    async def _ask(self, review: Review, word: Word, access: Access, language: Language) -> bool:
        groups_of = _groups(access, word.to, review.term.partner)
        if review.pinned:
            await self.cards.say(word.to, pinned_of(review, access.facts, self._file, groups_of), notice=word.key)
        else:
            card = question_of(review, access.facts, word.to, groups_of, language)
            await self.cards.send_card(word.to, card, pending=review.key)
        return True

    def _said(self, word: Word, access: Access, language: Language) -> Document | None:
        facts = access.facts
        if word.told is Told.OVER and word.term is not None and word.term.partner in facts.directory.partners:
            return over_of(word.term, facts, self._file, language)
        partner = facts.directory.partners.get(word.partner)
        if word.told is Told.HANDOVER and partner is not None and partner.sponsor == word.sponsor:
            return handover_of(partner, word.sponsor, facts, self._file, language)
        return None

    @property
    def _file(self) -> str | Message:
        return self.renewing.partnerships.files.get(False) or DIRECTORY


def _partners(access: Access) -> Iterable[str]:
    return access.facts.directory.partners.keys()


def _groups(access: Access, reader: str, partner: str) -> Callable[[str], list[Group]]:
    """Which groups somebody of the partner is in, among those that the reader may know."""
    facts = access.facts
    admitting = [id_ for id_, group in facts.directory.groups.items() if partner in group.partners]
    known = list(access.visible_groups(alone(reader), admitting))
    return lambda user: [group for group in known if user in facts.people_of(group.id)]
