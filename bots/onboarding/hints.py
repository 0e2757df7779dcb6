"""Tells hints about newcomers to whoever looks after them, and buddies whom they accompany. Called by the rounds.

They are kept as items, put in the unit of work that makes them so, and told under a claim: once, whatever crashes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bots.kit.cards import Cards
from bots.onboarding.hint_words import hint, to_buddy
from bots.onboarding.paths import Path
from bridge.domain.document import Document
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.onboarding import Progress
from bridge.domain.viewers import alone
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.rules.access import Access
from bridge.rules.facts import Facts
from bridge.rules.looking_after import Care, carers
from bridge.services.society import Society

HINT: Final = "onboarding-hint"
BUDDY: Final = "onboarding-buddy"
TELL_WITHIN: Final = timedelta(days=14)
"""What could not be told for so long is not true any more."""
TOLD: Final = "told"
UNTOLD: Final = "untold"

log = structlog.get_logger()


async def keep_hint(work: UnitOfWork, facts: Facts, progress: Progress, now: datetime) -> None:
    """Whoever is nearest is to be told that somebody does not go on; nobody, where nobody looks after them."""
    for reader in carers(facts, progress.user)[:1]:
        await work.pending.put(_item(HINT, reader, progress, now))


async def keep_buddy(work: UnitOfWork, progress: Progress, now: datetime) -> None:
    """The buddy of somebody who arrives is to be told; nobody, where there is none."""
    if progress.buddy:
        await work.pending.put(_item(BUDDY, progress.buddy, progress, now))


def _item(kind: str, reader: str, progress: Progress, now: datetime) -> Pending:
    user, path, subject = progress.key
    return Pending(
        key=f"{kind} {user} {path} {subject} {reader}",
        kind=kind,
        asker=reader,
        room_id="",
        document={"user": user, "path": path, "subject": subject},
        created_at=now,
        expires_at=now + TELL_WITHIN,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """One bot's. Everything goes through the gate once more: rights and progress are those of the moment."""

    cards: Cards
    society: Society
    paths: Mapping[str, Path]

    async def tell(self) -> None:
        """Tell what is to be told. Raises the ``HomeserverError`` of what has to wait, at the end."""
        access = self.society.access()
        if access is None:
            return
        async with self.society.store.view() as view:
            items = [*await view.pending.open(HINT), *await view.pending.open(BUDDY)]
        waiting: HomeserverError | None = None
        for item in items:
            try:
                told = await self._tell(access, item)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    waiting = error
                    continue
                log.info("a hint is refused", errcode=error.errcode)
                told = False
            async with self.society.store.work() as work:
                await work.pending.settle(item.key, TOLD if told else UNTOLD, self.cards.speaker.clock.now())
        if waiting is not None:
            raise waiting

    async def _tell(self, access: Access, item: Pending) -> bool:
        """Whether there was anything to tell."""
        words = await self._words(access, item)
        if words is not None:
            await self.cards.say(item.asker, words, notice=item.key)
        return words is not None

    async def _words(self, access: Access, item: Pending) -> Document | None:
        """None where it is not so any more: they went on or have left, or the reader looks after them no longer."""
        user, path_id, subject = (item.document[one] for one in ("user", "path", "subject"))
        async with self.society.store.view() as view:
            progress = await view.onboarding.get((user, path_id, subject))
        path, now = self.paths.get(path_id), self.cards.speaker.clock.now()
        if progress is None or path is None or now >= item.expires_at or item.asker not in access.insiders:
            return None
        if item.kind == BUDDY:
            return to_buddy(access.facts, user) if user in access.facts.accounts else None
        stuck = progress.stage.open and progress.moved_at <= item.created_at
        hears = Care(access, alone(item.asker)).hears(user, subject)
        return hint(access.facts, path, progress) if stuck and hears else None
