"""Erasing cards: by the person themselves, who may at any time, and when an agreement is over. Used by bots and rounds.

Of the history, what the company's people wrote or changed stays with the company when a person erases their card; with
the agreement it goes altogether.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bridge.domain.cards import Card, Entry, Purpose
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import Store, UnitOfWork
from bridge.services.cards.consents import CONSENT
from bridge.services.cards.files import discard, files_of, forget_files
from bridge.services.cards.noting import ARCHIVED, ERASED, RESTORED, note


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasable:
    """What erasing their card would do for somebody: how many ``fields`` and ``entries`` of the history go, how many
    ``stay``; ``published`` says that their Matrix profile has some of it, ``files`` that there are some of an export.
    """

    fields: int
    photo: bool
    entries: int
    stay: int
    published: bool
    files: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Everything may be repeated after a crash: what is gone is not erased twice."""

    store: Store
    clock: Clock
    chance: Chance

    async def erasable(self, user: str) -> Erasable | None:
        """What would go and what would stay; None where there is nothing to erase."""
        async with self.store.view() as view:
            card, entries = await view.cards.card(user), await view.cards.entries(user)
            files = await files_of(view, user)
        own = [entry for entry in entries if is_own(entry, user)]
        if card is None and not own:
            return None
        return Erasable(
            fields=len(card.values) if card else 0,
            photo=bool(card and card.photo),
            entries=len(own),
            stay=len(entries) - len(own),
            published=bool(card and card.consent(Purpose.PUBLISH)),
            files=bool(files),
        )

    async def erase(self, user: str, *, origin: str) -> None:
        """By themselves."""
        now = self.clock.now()
        async with self.store.work() as work:
            card, entries = await work.cards.card(user), await work.cards.entries(user)
            kept = [entry for entry in entries if not is_own(entry, user)]
            if card is None and len(kept) == len(entries):
                return
            await forget(work, user, now, keeping=kept)
            await note(work, ERASED, user, actor=user, chance=self.chance, now=now, more={"origin": origin})

    async def erase_with(self, user: str, partner: str) -> None:
        """With the agreement that is over: card and history."""
        now = self.clock.now()
        async with self.store.work() as work:
            await forget(work, user, now)
            await note(work, ERASED, user, actor="", chance=self.chance, now=now, more={"partner": partner})

    async def archive(self, user: str, partner: str) -> None:
        """From now on it is shown to nobody. The photo is deleted, for it cannot be sealed."""
        now = self.clock.now()
        async with self.store.work() as work:
            card = await work.cards.card(user) or Card(user=user, at=now)
            if card.archived:
                return
            if card.photo:
                await discard(work, card.photo.uri, now)
            await work.cards.put(replace(card, photo=None, archived=now))
            await note(work, ARCHIVED, user, actor="", chance=self.chance, now=now, more={"partner": partner})

    async def restore(self, user: str, partner: str) -> None:
        """It is shown again as its circles say, without the photo."""
        now = self.clock.now()
        async with self.store.work() as work:
            card = await work.cards.card(user)
            if card is None or card.archived is None:
                return
            await work.cards.put(replace(card, archived=None))
            await note(work, RESTORED, user, actor="", chance=self.chance, now=now, more={"partner": partner})


def is_own(entry: Entry, user: str) -> bool:
    """Whether nobody but the person themselves wrote any version of the entry."""
    return all(version.by == user for version in entry.versions)


async def forget(work: UnitOfWork, user: str, now: datetime, *, keeping: Sequence[Entry] = ()) -> None:
    """Everything on a card, and what is deleted with it; ``keeping`` are entries of its history that stay."""
    card = await work.cards.card(user)
    if card and card.photo:
        await discard(work, card.photo.uri, now)
    await forget_files(work, user, now)
    await work.cards.remove(user)
    asked = [item.key for item in await work.pending.all() if item.kind == CONSENT and item.asker == user]
    await work.pending.remove(asked)  # they hold what was typed before the yes
    for entry in keeping:
        await work.cards.put_entry(entry)
