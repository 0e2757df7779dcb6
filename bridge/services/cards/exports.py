"""Everything that is kept on somebody's card, for themselves: as JSON, and as a vCard for an address book.

Two files of a day: they hold what narrow circles see, and whoever has the address of a file can read it.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from bridge.domain.cards import Card, Entry, Field
from bridge.domain.errors import HomeserverError
from bridge.domain.messages import Language
from bridge.ports.clock import Chance, Clock
from bridge.rules.cards import Pin, circle_of, pins
from bridge.rules.vcard import vcard
from bridge.services.cards.files import Files
from bridge.services.cards.noting import EXPORTED, note
from bridge.services.cards.photos import MOST
from bridge.services.doorstep import for_the_first_time
from bridge.services.society import Society

JSON: Final = ("json", "card.json", "application/json")
VCARD: Final = ("vcard", "card.vcf", "text/vcard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file on our homeserver; ``size`` in bytes."""

    uri: str
    name: str
    mimetype: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """``origin`` is the event that asks: heard again after a crash, it is given the same files."""

    society: Society
    files: Files
    clock: Clock
    chance: Chance

    async def export(self, user: str, language: Language, *, origin: str) -> Sequence[Exported]:
        """The card of ``user`` in two files; none where nothing is kept. Raises ``HomeserverError``."""
        async with self.society.store.view() as view:
            card, entries = await view.cards.card(user), await view.cards.entries(user)
        access = self.society.access()
        pinned = _said(pins(access.facts, user), language) if access else {}
        if card is None and not entries:
            return ()
        card = card or Card(user=user, at=self.clock.now())
        photo = await self._photo(card)
        whole = json.dumps(as_json(card, entries, pinned, photo), ensure_ascii=False, indent=2)
        contact = vcard(user, _values(card, pinned), photo=photo, at=card.at)
        texts = ((JSON, whole), (VCARD, contact))
        made = [await self._file(origin, kind, text.encode(), about=user) for kind, text in texts]
        now = self.clock.now()
        async with self.society.store.work() as work:
            if await for_the_first_time(work, f"{EXPORTED}:{origin}", now):
                await note(work, EXPORTED, user, actor=user, chance=self.chance, now=now, more={"origin": origin})
        return made

    async def _file(self, origin: str, kind: tuple[str, str, str], data: bytes, *, about: str) -> Exported:
        part, name, mimetype = kind
        uri = await self.files.make(origin, part, data, mimetype=mimetype, name=name, about=about)
        return Exported(uri=uri, name=name, mimetype=mimetype, size=len(data))

    async def _photo(self, card: Card) -> bytes | None:
        """None, too, where somebody deleted it on the homeserver."""
        if card.photo is None:
            return None
        try:
            return await self.files.media.fetch(card.photo.uri, most=MOST)
        except HomeserverError as error:
            if error.errcode != "M_NOT_FOUND":
                raise
            return None


def as_json(
    card: Card, entries: Sequence[Entry], pinned: Mapping[Field, str] | None = None, photo: bytes | None = None
) -> dict[str, Any]:
    """A card for machines: fields with who sees them, consents, the history with all versions; times in UTC."""
    pinned = pinned or {}
    fields = {
        name.value: {"values": list(said), "circle": circle_of(card, name).value, "pinned": name in pinned}
        for name, said in _values(card, pinned).items()
    }
    whole = {
        "user": card.user,
        "changed": card.at,
        "archived": card.archived,
        "fields": fields,
        "photo": {**asdict(card.photo), "data": b64encode(photo).decode() if photo else None} if card.photo else None,
        "consents": [asdict(one) for one in card.consents],
        "history": {
            "circle": circle_of(card, Field.HISTORY).value,
            "entries": [entry_as_json(one) for one in entries],
        },
    }
    return {name: _plain(value) for name, value in whole.items()}


def entry_as_json(entry: Entry) -> dict[str, Any]:
    """One entry of a history with all its versions."""
    versions: list[dict[str, Any]] = _plain([asdict(version) for version in entry.versions])
    return {"id": entry.id, "user": entry.user, "versions": versions}


def _said(pinned: Mapping[Field, Pin], language: Language) -> dict[Field, str]:
    values = ((name, pin.value) for name, pin in pinned.items())
    return {name: one if isinstance(one, str) else one.in_language(language) for name, one in values}


def _values(card: Card, pinned: Mapping[Field, str]) -> dict[Field, tuple[str, ...]]:
    values = {name: said for name, said in card.values.items() if said}
    return values | {name: (one,) for name, one in pinned.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
