"""The other side of a history hears of each change: kept as items, in the unit of work that makes them so.

Put by ``histories``, told by ``bots/cards/news``.
"""

from datetime import datetime, timedelta
from typing import Final

from bridge.domain.cards import Entry
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.rules.cards import answering
from bridge.rules.facts import Facts

HISTORY_NEWS: Final = "history-news"
TELL_WITHIN: Final = timedelta(days=14)
"""What could not be told for so long is read in the history."""


async def keep_news(
    work: UnitOfWork, facts: Facts, entry: Entry, what: str, *, by: str, origin: str, now: datetime
) -> None:
    """What the person did (``what``: a kind of record of ``noting``) is for who answers for them; what one of these did
    is for the person. Once per event ``origin``."""
    readers = answering(facts, entry.user) if by == entry.user else (entry.user,)
    for reader in readers:
        item = Pending(
            key=f"{HISTORY_NEWS} {origin} {reader}",
            kind=HISTORY_NEWS,
            asker=reader,
            room_id="",
            document={"user": entry.user, "by": by, "what": what, "entry": entry.id},
            created_at=now,
            expires_at=now + TELL_WITHIN,
        )
        await work.pending.put(item)
