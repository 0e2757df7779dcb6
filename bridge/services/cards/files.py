"""Files that we make for people: each is kept within a day, or deleted. Used by photos and exports, called by rounds.

The address of a file is stored before anything is there, and under the event that asks for it. So whoever dies between
two lines leaves no file behind that nobody knows of, and makes none twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.ports.clock import Clock
from bridge.ports.media import Media
from bridge.ports.pending import Pending
from bridge.ports.store import Store, UnitOfWork

FILE: Final = "file"
"""The kind of item: an address, until whose end the file must be kept or be deleted."""
LASTS: Final = timedelta(days=1)
"""As long as homeservers remember an address that nobody filled (specification, content repository)."""
KEPT: Final = "kept"
GONE: Final = "gone"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """All methods raise ``HomeserverError`` and ``StoreError``."""

    store: Store
    media: Media
    clock: Clock

    async def made(self, origin: str, part: str) -> str | None:
        """Where a file is, or is to be, that an event asked for before."""
        async with self.store.view() as view:
            item = await view.pending.get(key_of(origin, part))
        return str(item.document["uri"]) if item else None

    async def make(self, origin: str, part: str, data: bytes, *, mimetype: str, name: str, about: str = "") -> str:
        """A file for the event ``origin``, once; gives its address. ``keep`` it, or it is deleted after a day; or with
        whom it is ``about`` (``forget_files``)."""
        uri = await self.made(origin, part) or await self._place(origin, part, about)
        await self.media.fill(uri, data, mimetype=mimetype, name=name)
        return uri

    async def _place(self, origin: str, part: str, about: str) -> str:
        uri = await self.media.reserve()
        async with self.store.work() as work:
            # Another attempt may have been quicker; the homeserver forgets the address that nobody fills.
            item = await work.pending.put(_item(key_of(origin, part), uri, self.clock.now(), lasts=LASTS, about=about))
        return str(item.document["uri"])

    async def go(self) -> None:
        """Delete every file whose time is over. Without an admin token they stay, and are forgotten."""
        now = self.clock.now()
        async with self.store.view() as view:
            over = [item for item in await view.pending.expired(now) if item.kind == FILE]
        for item in over:
            if self.media.deletes:
                await self._delete(str(item.document["uri"]))
            async with self.store.work() as work:
                await work.pending.settle(item.key, GONE, now)

    async def _delete(self, uri: str) -> None:
        try:
            await self.media.delete(uri)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.warning("a file cannot be deleted", detail=error.detail)


async def keep(work: UnitOfWork, origin: str, part: str, now: datetime) -> None:
    """The file of this event stays until somebody discards it."""
    await work.pending.settle(key_of(origin, part), KEPT, now)


async def discard(work: UnitOfWork, uri: str, now: datetime) -> None:
    """A file that was kept is to be deleted soon."""
    await work.pending.put(_item(f"{FILE}:{uri}", uri, now, lasts=timedelta()))


async def files_of(view: UnitOfWork, user: str) -> Sequence[Pending]:
    """What was made for somebody and is not kept."""
    return [item for item in await view.pending.open(FILE) if item.document.get("about") == user]


async def forget_files(work: UnitOfWork, user: str, now: datetime) -> None:
    """What was made for somebody and is not kept is to be deleted soon."""
    theirs = await files_of(work, user)
    for item in theirs:
        await discard(work, str(item.document["uri"]), now)
    await work.pending.remove([item.key for item in theirs])


def key_of(origin: str, part: str) -> str:
    """The key of the item about a file that an event asked for."""
    return f"{FILE}:{part}:{origin}"


def _item(key: str, uri: str, now: datetime, *, lasts: timedelta, about: str = "") -> Pending:
    """Of nobody: it outlives whoever is forgotten, because the file must."""
    document = {"uri": uri, "about": about} if about else {"uri": uri}
    return Pending(key=key, kind=FILE, asker="", room_id="", document=document, created_at=now, expires_at=now + lasts)
