"""The photo on a profile card: taken from a picture that somebody sent, made anew, kept once. Called by ``bots/cards``.

The picture that was sent stays where it was sent; ours has nothing of it but pixels.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bridge.domain.cards import Card, Field, Photo
from bridge.domain.errors import ErrorKind, HomeserverError, InputError
from bridge.domain.messages import say
from bridge.ports.clock import Chance, Clock
from bridge.ports.media import Pictures, Portrait
from bridge.ports.store import Store
from bridge.services.cards.files import Files, discard, keep
from bridge.services.cards.noting import CHANGED, note

MOST: Final = 10_000_000
"""Bytes of a picture: those of telephones have three to six million."""
KINDS: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
JPEG: Final = "image/jpeg"
PART: Final = "photo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A picture as an event names it; ``size`` in bytes, 0 where it does not say."""

    uri: str
    mimetype: str = ""
    size: int = 0


def sent_in(content: Mapping[str, Any]) -> Sent:
    """The picture of an ``m.image`` message. Raises ``InputError`` where it cannot be fetched."""
    uri, info = content.get("url"), content.get("info")
    if not isinstance(uri, str):
        raise InputError(say("I cannot read encrypted pictures. Send it in a conversation without encryption."))
    info = info if isinstance(info, Mapping) else {}
    kind, size = info.get("mimetype"), info.get("size")
    return Sent(uri=uri, mimetype=kind if isinstance(kind, str) else "", size=size if isinstance(size, int) else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Photos:
    """``origin`` is the event that asks: heard again after a crash, it finds what it made."""

    store: Store
    files: Files
    pictures: Pictures
    clock: Clock
    chance: Chance

    async def take(self, user: str, sent: Sent, *, origin: str) -> Photo:
        """Put the picture on the card of ``user`` in place of what was there.

        Raises ``InputError`` for what is no picture, too large, or cannot be fetched; ``HomeserverError``.
        """
        made = await self.files.made(origin, PART)
        if made and (done := await self.of(user)) and done.uri == made:
            return done
        portrait = await self._portrait(sent)
        uri = await self.files.make(origin, PART, portrait.data, mimetype=JPEG, name="photo.jpg")
        now = self.clock.now()
        photo = Photo(
            uri=uri, mimetype=JPEG, size=len(portrait.data), width=portrait.width, height=portrait.height, at=now
        )
        await self._put(user, photo, origin)
        return photo

    async def remove(self, user: str, *, origin: str) -> bool:
        """Take the photo off the card; whether there was one."""
        if await self.of(user) is None:
            return False
        await self._put(user, None, origin)
        return True

    async def of(self, user: str) -> Photo | None:
        """What is on the card, whoever may see it: the caller judges."""
        async with self.store.view() as view:
            card = await view.cards.card(user)
        return card.photo if card else None

    async def _portrait(self, sent: Sent) -> Portrait:
        if sent.mimetype and sent.mimetype not in KINDS:
            raise InputError(say("I cannot read this picture. Send it as JPEG, PNG or WebP."))
        if sent.size > MOST:
            raise InputError(say("This file is too large: {count} MB at most.", count=MOST // 1_000_000))
        try:
            data = await self.files.media.fetch(sent.uri, most=MOST)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            raise InputError(say("Your homeserver does not give me this picture. Send it once more."),
                             detail=error.detail) from error  # fmt: skip
        return await self.pictures.portrait(data)

    async def _put(self, user: str, photo: Photo | None, origin: str) -> None:
        now = self.clock.now()
        async with self.store.work() as work:
            card = await work.cards.card(user) or Card(user=user, at=now)
            if card.photo and card.photo != photo:
                await discard(work, card.photo.uri, now)
            if photo:
                await keep(work, origin, PART, now)
            await work.cards.put(replace(card, photo=photo, at=now))
            more = {"part": Field.PHOTO.value, "origin": origin}
            await note(work, CHANGED, user, actor=user, chance=self.chance, now=now, more=more)
