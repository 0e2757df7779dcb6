"""The history of a commercial relationship: entries that the person and who answers for them write and change.

Both see every version. Nobody else, unless the person and an administrator both say so (``rules/cards``).
"""

from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Final

from bridge.domain.cards import Entry, EntryKind, Field, Version
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.domain.viewers import Viewer
from bridge.ports.store import UnitOfWork
from bridge.rules.card_values import LONGEST_ENTRY, day, one_line
from bridge.rules.cards import Nearness, Sight, answering
from bridge.services.cards.keeping import CardKeeper
from bridge.services.cards.noting import ADDED, EDITED, WITHDRAWN, note
from bridge.services.doorstep import for_the_first_time

MOST_VERSIONS: Final = 50
MOST_ENTRIES: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What somebody writes: what is None stays as it was. ``day`` and ``text`` as typed."""

    kind: EntryKind | None = None
    day: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """Stands on ``keeper``; ``today`` is the day where the company is."""

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

    async def entry(self, viewer: Viewer, text: str) -> Entry | None:
        """The entry that people call so, if the viewer may see it with all its versions: both sides may, where nobody
        else reads along."""
        async with self.keeper.society.store.view() as view:
            found = await view.cards.entry(text.strip().lower())
        sight = Sight(self.keeper.access(), viewer)
        if found is None or not self.keeper.is_partner(found.user):
            return None
        return found if sight.nearness(found.user) is Nearness.ANSWERABLE else None

    async def add(self, user: str, said: Wording, *, by: str, origin: str, today: date) -> Entry:
        """A new entry, once per event ``origin``. Raises ``InputError``."""
        version = self._version(None, said, by=by, origin=origin, today=today)
        entry = Entry(id=entry_id(origin), user=user, versions=(version,))
        async with self.keeper.society.store.work() as work:
            if len(await work.cards.entries(user)) >= MOST_ENTRIES:
                raise InputError(say("This history has {count} entries, and no room for more.", count=MOST_ENTRIES))
            if known := await work.cards.entry(entry.id):
                return known
            await work.cards.put_entry(entry)
            await self._note(work, ADDED, entry, by=by, origin=origin)
        return entry

    async def edit(self, entry: Entry, said: Wording, *, by: str, origin: str, today: date) -> Entry:
        """A new version of an entry, once per event. Raises ``InputError``."""
        version = self._version(entry.current, said, by=by, origin=origin, today=today)
        return await self._append(entry, version, EDITED, origin=origin)

    async def withdraw(self, entry: Entry, *, by: str, origin: str) -> Entry:
        """The entry does not count any more; what it said stays among its versions."""
        version = replace(entry.current, withdrawn=True, by=by, event=origin, at=self.keeper.clock.now())
        return await self._append(entry, version, WITHDRAWN, origin=origin)

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

    def _version(self, known: Version | None, said: Wording, *, by: str, origin: str, today: date) -> Version:
        kind = said.kind or (known.kind if known else EntryKind.NOTE)
        when = day(said.day, today=today) if said.day else (known.day if known else today)
        text = one_line(said.text, longest=LONGEST_ENTRY) if said.text else (known.text if known else "")
        if not text:
            raise InputError(say("Say what happened, in a few words."))
        return Version(day=when, kind=kind, text=text, by=by, at=self.keeper.clock.now(), event=origin)

    async def _note(self, work: UnitOfWork, kind: str, entry: Entry, *, by: str, origin: str) -> None:
        now = self.keeper.clock.now()
        more = {"origin": origin, "entry": entry.id}
        await note(work, kind, entry.user, actor=by, chance=self.keeper.chance, now=now, more=more)


def entry_id(origin: str) -> str:
    """What people call the entry that this event made: eight letters and digits."""
    return b32encode(sha256(origin.encode(errors="replace")).digest())[:8].decode().lower()
