"""Tells the two sides of a history what the other one wrote, changed or took back: that it did, never what it says.

Called by the rounds of the bot that answers for all. Told under a claim: once, whatever crashes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from bots.kit.cards import Cards
from bridge.domain.document import Code, Document, document, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Message, Text, say
from bridge.domain.viewers import alone
from bridge.ports.pending import Pending
from bridge.services.cards.desk import CardDesk
from bridge.services.cards.history_news import HISTORY_NEWS
from bridge.services.cards.noting import ADDED, BROUGHT_BACK, EDITED, WITHDRAWN

TOLD: Final = "told"
UNTOLD: Final = "untold"
SAID: Final[Mapping[str, Callable[[str | Text], Message]]] = {
    ADDED: lambda name: say("{name} wrote an entry in the history that you share.", name=name),
    EDITED: lambda name: say("{name} changed an entry in the history that you share.", name=name),
    WITHDRAWN: lambda name: say("{name} took back an entry in the history that you share.", name=name),
    BROUGHT_BACK: lambda name: say("{name} brought back an entry in the history that you share.", name=name),
}
READ: Final = {"en": "!profile history", "fr": "!profil historique"}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryNews:
    """One bot's. Everything goes through the gate once more: who may read is asked at the moment of telling."""

    cards: Cards
    desk: CardDesk

    async def tell(self) -> None:
        """Tell what is to be told. Raises the ``HomeserverError`` of what has to wait, at the end."""
        store = self.cards.speaker.store
        if self.desk.keeper.society.access() is None:
            return
        async with store.view() as view:
            items = await view.pending.open(HISTORY_NEWS)
        waiting: HomeserverError | None = None
        for item in items:
            try:
                told = await self._tell(item)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    waiting = error
                    continue
                log.info("news of a history are refused", errcode=error.errcode)
                told = False
            async with store.work() as work:
                await work.pending.settle(item.key, TOLD if told else UNTOLD, self.cards.speaker.clock.now())
        if waiting is not None:
            raise waiting

    async def _tell(self, item: Pending) -> bool:
        """Whether there was anything to tell."""
        words = await self._words(item)
        if words is not None:
            await self.cards.say(item.asker, words, notice=item.key)
        return words is not None

    async def _words(self, item: Pending) -> Document | None:
        """None where it is over: the entry is erased, or the reader keeps this history no more."""
        user, by, what, entry = (str(item.document[one]) for one in ("user", "by", "what", "entry"))
        viewer, views = alone(item.asker), self.desk.views
        late = self.cards.speaker.clock.now() >= item.expires_at
        if late or self.desk.histories.subject(viewer, user) is None or what not in SAID:
            return None
        author = await views.find(viewer, by)
        if author is None or await self.desk.histories.entry(viewer, entry) is None:
            return None
        way = READ[await self.cards.people.language_of(item.asker)]
        shown = way if user == item.asker else f"{way} {user}"
        return document(paragraph(SAID[what](author.name), " ", say("To read it:"), " ", Code(shown)))
