"""Archives and erases the cards of people whose partner's agreement is over, as it says. Called by rounds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

import structlog

from bridge.ports.clock import Clock
from bridge.rules.ended_cards import Ends, Fate
from bridge.services.cards.rights import Rights
from bridge.services.cards.shelf import Shelf
from bridge.services.society import Society

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Closing:
    """``timezone`` says when an agreement's last day is over. A round on which nothing changed reads one number."""

    society: Society
    shelf: Shelf
    rights: Rights
    clock: Clock
    timezone: tzinfo
    _seen: tuple[object, object, date] | None = field(default=None, init=False, repr=False)

    async def go(self) -> None:
        """One round. Raises ``StoreError``."""
        world = self.society.world()
        if world is None:
            return
        now = self.clock.now()
        cards, today = await self.shelf.all(), now.astimezone(self.timezone).date()
        if self._seen and self._seen[0] is cards and self._seen[1] is world.facts and self._seen[2] == today:
            return
        ends = Ends(world.facts, today)
        archived: dict[str, datetime | None] = {user: card.archived for user, card in cards.items()}
        if ends.any:
            archived = dict.fromkeys(await self._written_about()) | archived
        for user, partner, fate in list(ends.fates(archived.items(), now)):
            log.info("a card follows the end of an agreement", fate=fate.name.lower())
            await self._follow(user, partner, fate)
        self._seen = (cards, world.facts, today)

    async def _follow(self, user: str, partner: str, fate: Fate) -> None:
        if fate is Fate.RESTORE:
            await self.rights.restore(user, partner)
        elif fate is Fate.ARCHIVE:
            await self.rights.archive(user, partner)
        else:
            await self.rights.erase_with(user, partner)

    async def _written_about(self) -> Iterable[str]:
        """Whoever has a history, with or without a card."""
        async with self.society.store.view() as view:
            return await view.cards.histories()
