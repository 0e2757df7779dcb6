"""Shows people of partners the terms that they are to accept, each in a conversation with the bot alone.

They are invited there over federation, and shown the text once they have come in: then they have it before them. Called
by the rounds; everything may be repeated after a crash.
"""

from dataclasses import dataclass

import structlog

from bots.admin.terms_cards import reminder, terms_card
from bots.kit.cards import Cards
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.rooms import Membership
from bridge.ports.pending import Pending
from bridge.rules.terms import Due
from bridge.services.doorstep import News, for_the_first_time
from bridge.services.terms import TermsDesk

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notary:
    """One bot as the voice."""

    cards: Cards
    desk: TermsDesk

    async def go(self) -> None:
        """One round. Raises the ``HomeserverError`` of what has to wait, at the end: whoever's server is down holds up
        nobody else."""
        waiting: HomeserverError | None = None
        await self.desk.announce()
        for one in self.desk.due():
            item = await self.desk.question(one)
            try:
                await self._ask(one, item)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    waiting = error
                    continue
                log.info("somebody cannot be asked to accept the terms", errcode=error.errcode)
                await self.desk.refuse(item, news=News.BLOCKED)
        if waiting is not None:
            raise waiting

    async def _ask(self, one: Due, item: Pending) -> None:
        if item.settled:
            return
        if self.cards.speaker.clock.now() >= item.expires_at:
            await self.desk.lapse(item)
            return
        shown = await self.desk.is_shown(item)
        if shown and not self.desk.is_reminder_due(item):
            return
        room_id = await self._room(item)
        state = (await self.cards.speaker.messenger.surroundings(room_id)).members.get(item.asker)
        if state is None:
            await self.desk.refuse(item)  # they declined the conversation, or left it
        elif state is Membership.JOIN and not shown:
            language = await self.cards.people.language_of(item.asker)
            card = terms_card(one, language)
            await self.cards.show_card(room_id, item.asker, card, pending=item.key)
        elif state is Membership.JOIN:
            await self._remind(one, item)

    async def _room(self, item: Pending) -> str:
        known = await self.desk.room_of(item)
        if known is None:
            known = await self.cards.speaker.messenger.direct_room(item.asker)
            await self.desk.opened(item, known)
        return known

    async def _remind(self, one: Due, item: Pending) -> None:
        store, key = self.cards.speaker.store, f"reminder:{item.key}"
        async with store.view() as view:
            if await view.pending.get(key) is not None:
                return
        await self.cards.say(item.asker, reminder(one.partner, item), notice=key)
        async with store.work() as work:
            await for_the_first_time(work, key, self.cards.speaker.clock.now())
