"""The history of a commercial relationship: entries that the person and who answers for them write and change.

Both see every version. Nobody else, unless the person and an administrator both say so (``rules/cards``).
"""

from base64 import b32encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Final

from bridge.domain.cards import Entry, EntryKind, Field, Version
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.domain.viewers import Viewer
from bridge.ports.store import UnitOfWork
from bridge.rules.card_values import LONGEST_ENTRY, one_line
from bridge.rules.cards import Nearness, Sight, answering
from bridge.services.cards.history_news import keep_news
from bridge.services.cards.keeping import CardKeeper
from bridge.services.cards.noting import ADDED, BROUGHT_BACK, EDITED, WITHDRAWN, note
from bridge.services.doorstep import for_the_first_time

MOST_VERSIONS: Final = 50
MOST_ENTRIES: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What somebody writes: what is None stays as it was. ``text`` as typed."""

    kind: EntryKind | None = None
    day: date | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """Stands on ``keeper``. Each change is told to the other side (``news``)."""

    keeper: CardKeeper

    def subject(self, viewer: Viewer, user: str) -> str | None:
        """Whose history the asker may write, given a user id: their own, or of somebody for whom they answer. None
        where there is nobody, or not for them."""
        access = self.keeper.access()
        if not self.keeper.is_partner(user):
            return None
        keeps = viewer.asker == user or viewer.asker in answering(access.facts, user)
        return user if keeps else None

    async def entries(self, viewer: Viewer, user: str) -> Sequence[Entry] | None:
        """The history as far as the viewer may see it, without what was withdrawn; None where they may not."""
        sight = Sight(self.keeper.access(), viewer)
        async with self.keeper.society.store.view() as view:
            card, entries = await view.cards.card(user), await view.cards.entries(user)
        if not self.keeper.is_partner(user) or not sight.sees(user, card, Field.HISTORY):
            return None
        return [entry for entry in entries if not entry.current.withdrawn]

    async def kept_by(self, viewer: Viewer) -> Sequence[str]:
        """With whom there is a history that the asker keeps for the company: user ids."""
        access = self.keeper.access()
        async with self.keeper.society.store.view() as view:
            histories = await view.cards.histories()
        return [user for user in histories
                if viewer.asker in answering(access.facts, user) and self.keeper.is_partner(user)]  # fmt: skip

    async def entry(self, viewer: Viewer, text: str) -> Entry | None:
        """The entry that people call so, if the viewer may see it with all its versions: both sides may, where nobody
        else reads along."""
        async with self.keeper.society.store.view() as view:
            found = await view.cards.entry(text.strip().lower())
        return found if found and self._sees_all(viewer, found.user) else None

    async def numbered(self, viewer: Viewer, user: str) -> Mapping[int, Entry]:
        """The whole history with somebody, by number, for whom ``entry`` would give each of them. Numbers count from 1
        in the order of writing, and stay what they are: what was taken back keeps its own."""
        async with self.keeper.society.store.view() as view:
            entries = await view.cards.entries(user)
        return numbers_of(entries) if self._sees_all(viewer, user) else {}

    def _sees_all(self, viewer: Viewer, user: str) -> bool:
        sight = Sight(self.keeper.access(), viewer)
        return self.keeper.is_partner(user) and sight.nearness(user) is Nearness.ANSWERABLE

    async def add(self, user: str, said: Wording, *, by: str, origin: str) -> Entry:
        """A new entry, once per event ``origin``. Raises ``InputError``."""
        version = self._version(None, said, by=by, origin=origin)
        entry = Entry(id=entry_id(origin), user=user, versions=(version,))
        async with self.keeper.society.store.work() as work:
            if len(await work.cards.entries(user)) >= MOST_ENTRIES:
                raise InputError(say("This history has {count} entries, and no room for more.", count=MOST_ENTRIES))
            if known := await work.cards.entry(entry.id):
                return known
            await work.cards.put_entry(entry)
            await self._note(work, ADDED, entry, by=by, origin=origin)
        return entry

    async def edit(self, entry: Entry, said: Wording, *, by: str, origin: str) -> Entry:
        """A new version of an entry, once per event. Raises ``InputError``."""
        version = self._version(entry.current, said, by=by, origin=origin)
        return await self._append(entry, version, EDITED, origin=origin)

    async def withdraw(self, entry: Entry, *, by: str, origin: str) -> Entry:
        """The entry does not count any more; what it said stays among its versions."""
        version = replace(entry.current, withdrawn=True, by=by, event=origin, at=self.keeper.clock.now())
        return await self._append(entry, version, WITHDRAWN, origin=origin)

    async def bring_back(self, entry: Entry, *, by: str, origin: str) -> Entry:
        """What was taken back counts again, as it said last."""
        version = replace(entry.current, withdrawn=False, by=by, event=origin, at=self.keeper.clock.now())
        return await self._append(entry, version, BROUGHT_BACK, origin=origin)

    async def _append(self, entry: Entry, version: Version, kind: str, *, origin: str) -> Entry:
        async with self.keeper.society.store.work() as work:
            now = await work.cards.entry(entry.id) or entry
            if not await for_the_first_time(work, f"history:{origin}", version.at):
                return now
            if len(now.versions) >= MOST_VERSIONS:
                raise InputError(say("This entry was changed {count} times: write a new one.", count=MOST_VERSIONS))
            changed = replace(now, versions=(*now.versions, version))
            await work.cards.put_entry(changed)
            await self._note(work, kind, changed, by=version.by, origin=origin)
        return changed

    def _version(self, known: Version | None, said: Wording, *, by: str, origin: str) -> Version:
        kind = said.kind or (known.kind if known else EntryKind.NOTE)
        now = self.keeper.clock.now()
        when = said.day or (known.day if known else now.date())
        text = one_line(said.text, longest=LONGEST_ENTRY) if said.text else (known.text if known else "")
        if not text:
            raise InputError(say("Say what happened, in a few words."))
        return Version(day=when, kind=kind, text=text, by=by, at=now, event=origin)

    async def _note(self, work: UnitOfWork, kind: str, entry: Entry, *, by: str, origin: str) -> None:
        now = self.keeper.clock.now()
        more = {"origin": origin, "entry": entry.id}
        await note(work, kind, entry.user, actor=by, chance=self.keeper.chance, now=now, more=more)
        await keep_news(work, self.keeper.access().facts, entry, kind, by=by, origin=origin, now=now)


def numbers_of(entries: Iterable[Entry]) -> dict[int, Entry]:
    """Every entry of a history by its number."""
    return dict(enumerate(sorted(entries, key=lambda one: (one.versions[0].at, one.id)), start=1))


def entry_id(origin: str) -> str:
    """What people call the entry that this event made: eight letters and digits."""
    return b32encode(sha256(origin.encode(errors="replace")).digest())[:8].decode().lower()
