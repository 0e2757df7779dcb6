"""Cards as somebody may see them: one person's, whom to turn to, and who knows about something. Through the gate.

A person who is unknown and one who is not for this viewer count the same: as nobody.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

from bridge.domain.cards import Card, Entry, Field, Photo
from bridge.domain.ids import is_user_id, localpart_of
from bridge.domain.messages import Text
from bridge.domain.viewers import Viewer
from bridge.ports.formats import Formats
from bridge.rules.cards import Nearness, Shown, Sight, pins
from bridge.rules.contacts import Contact, contacts
from bridge.rules.likeness import Entry as Findable
from bridge.rules.likeness import fit, nearest, said_in
from bridge.rules.naming import folded
from bridge.services.cards.shelf import Shelf
from bridge.services.society import Society

AT_ONCE: Final = 200
"""Cards judged in one go: some milliseconds."""
MAX_WORDS: Final = 8
MOST: Final = 10
"""People who are shown at once."""
SAID: Final = (Field.TITLE, Field.ORGANISATION, Field.PLACE, Field.NAME)
"""Fields that are searched besides topics and languages."""
_APART: Final = re.compile(r"[ ._-]+")
"""Between the words of a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """One person's card as a viewer may see it. ``own`` says that nobody else reads it but the person themselves.
    ``history`` are the entries that count, the newest last; ``keeps`` says that the viewer may add to it."""

    user: str
    shown: tuple[Shown, ...]
    photo: Photo | None = None
    history: tuple[Entry, ...] = ()
    own: bool = False
    keeps: bool = False

    @property
    def name(self) -> str | Text:
        """What they are called, or their user id."""
        return next((one.values[0] for one in self.shown if one.field is Field.NAME), self.user)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """Who knows about something, best first, and how many there are. ``instead`` is what was searched for where nothing
    fits the words as they are."""

    people: Sequence[CardView] = ()
    in_all: int = 0
    instead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardViews:
    """Stands on ``society`` and the store's cards."""

    society: Society
    shelf: Shelf
    formats: Formats

    def sight(self, viewer: Viewer) -> Sight | None:
        """The gate for cards, for one answer; None before there was a look."""
        access = self.society.access()
        return Sight(access, viewer) if access else None

    async def find(self, viewer: Viewer, text: str) -> CardView | None:
        """The card of the person with this user id, or called so, where the viewer may see their name. None when there
        is nobody *or* they are not for this viewer; where several bear the name, a user id is needed."""
        sight = self.sight(viewer)
        if sight is None:
            return None
        wanted = text.strip()
        user = sight.access.user_meant(wanted) if is_user_id(wanted) else await self._called(sight, wanted)
        return await self.card_of(sight, user) if user else None

    async def _called(self, sight: Sight, text: str) -> str:
        """By the whole name or the first part of the user id; else by one word of these. Empty where several fit."""
        wanted, cards = folded(text.removeprefix("@")), await self.shelf.all()
        fitting: list[list[str]] = [[], []]
        for user in {*cards, *sight.around()} if wanted else ():
            names = _names(sight, user, cards.get(user))
            rank = 0 if wanted in names else 1
            if rank == 0 or any(wanted in _APART.split(one) for one in names):
                fitting[rank] += [user] if sight.sees(user, cards.get(user), Field.NAME) else []
        best = fitting[0] or fitting[1]
        return best[0] if len(best) == 1 else ""

    async def card_of(self, sight: Sight, user: str) -> CardView | None:
        """The same for a user id."""
        async with self.society.store.view() as view:
            card, entries = await view.cards.card(user), await view.cards.entries(user)
        seen = self._seen(sight, user, card)
        if seen is None or not sight.sees(user, card, Field.HISTORY):
            return seen
        history = tuple(entry for entry in entries if not entry.current.withdrawn)
        return CardView(user=user, shown=seen.shown, photo=seen.photo, own=seen.own, history=history,
                        keeps=sight.nearness(user) is Nearness.ANSWERABLE)  # fmt: skip

    def _seen(self, sight: Sight, user: str, card: Card | None) -> CardView | None:
        shown = sight.shown(user, card)
        if shown is None:
            return None
        photo = card.photo if card and sight.sees(user, card, Field.PHOTO) else None
        own = sight.viewer.asker == user and sight.viewer.personal
        return CardView(user=user, shown=tuple(shown), photo=photo, own=own)

    async def contacts(self, viewer: Viewer) -> Sequence[tuple[Contact, CardView]]:
        """The people to whom the asker turns directly, each with their card."""
        sight = self.sight(viewer)
        if sight is None:
            return ()
        cards = await self.shelf.all()
        known = contacts(sight, partial(self.society.sits_in, viewer.asker))
        found = ((one, self._seen(sight, one.user, cards.get(one.user))) for one in known)
        return [(one, seen) for one, seen in found if seen is not None]

    async def names(self, viewer: Viewer) -> Mapping[str, str | Text]:
        """What people call themselves on cards, by user id, of all of whom the viewer may see it."""
        sight = self.sight(viewer)
        seen = await self._everybody(sight) if sight else {}
        return {user: view.name for user, view in seen.items() if view.name != user}

    async def who(self, viewer: Viewer, text: str) -> Experts:
        """Who says on their card, as far as the viewer may see it, that they know about ``text``: all of its words,
        else words much like them."""
        sight, words = self.sight(viewer), folded(text).split()[:MAX_WORDS]
        if sight is None or not words:
            return Experts()
        seen = await self._everybody(sight)
        entries = [self._findable(view) for view in seen.values()]
        found, instead = _fitting(entries, words), ""
        if not found and (better := _spelt(entries, words)) != words:
            found = _fitting(entries, better)
            instead = " ".join(better) if found else ""
        return Experts(people=[seen[user] for user in found[:MOST]], in_all=len(found), instead=instead)

    async def _everybody(self, sight: Sight) -> Mapping[str, CardView]:
        """Everybody else's cards that may be seen; so many at a time that others have their turn."""
        seen: dict[str, CardView] = {}
        rest = iter((await self.shelf.all()).items())
        while some := list(islice(rest, AT_ONCE)):
            views = (self._seen(sight, user, card) for user, card in some if user != sight.viewer.asker)
            seen |= {view.user: view for view in views if view is not None}
            await asyncio.sleep(0)
        return seen

    def _findable(self, view: CardView) -> Findable:
        by_field = {one.field: one.values for one in view.shown}
        codes = map(str, by_field.get(Field.LANGUAGES, ()))
        languages = [name for code in codes for name in _both(self.formats.language_name(code))]
        more = [word for name in SAID for value in by_field.get(name, ()) for word in _both(value)]
        topics = (str(one) for one in by_field.get(Field.TOPICS, ()))
        return view.user, "\n".join(map(folded, topics)), "\n".join(map(folded, (*languages, *more)))


def _names(sight: Sight, user: str, card: Card | None) -> tuple[str, ...]:
    """What somebody is called: by the directory or on their card, and the first part of their user id."""
    pin, said = pins(sight.access.facts, user).get(Field.NAME), card.values.get(Field.NAME, ("",)) if card else ("",)
    return tuple(one for one in (folded(str(pin.value) if pin else said[0]), folded(localpart_of(user))) if one)


def _both(value: str | Text) -> Iterable[str]:
    return (value,) if isinstance(value, str) else (value.en, value.fr)


def _fitting(entries: Iterable[Findable], words: Sequence[str]) -> list[str]:
    ranked = ((fit(entry, words), entry[0]) for entry in entries)
    return [user for _, user in sorted((rank, user) for rank, user in ranked if rank is not None)]


def _spelt(entries: Iterable[Findable], words: Sequence[str]) -> list[str]:
    """The words, each that nobody says replaced by the one most like it."""
    vocabulary = {word for entry in entries for word in said_in(entry)}
    return [word if word in vocabulary else nearest(word, vocabulary)[1] or word for word in words]
