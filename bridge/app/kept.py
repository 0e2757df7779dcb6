"""How much the last good reading of a directory source held, where there is a store; and where that is. For
``sounding``, ``probing`` and ``directory_cli``: nothing is kept by asking, and no store is made where there is none."""

import asyncio
from pathlib import Path
from typing import Final

from bridge.app.sources import Opened
from bridge.config.settings import Config
from bridge.domain.errors import ParvisError
from bridge.domain.soundings import Counts
from bridge.services.readings import Amendments, unpack
from bridge.services.sources_read import SourceRead, read_of
from bridge.services.truth import SNAPSHOT, kept_as

SQLITE: Final = "sqlite:///"


async def kept_counts(config: Config, name: str) -> Counts | None:
    """Of the source of this name (empty where there is only one); None when nothing was read yet, or the store does not
    tell."""
    if not await asyncio.to_thread(has_store, config.database.url):
        return None
    try:
        async with Opened(config).view() as view:
            kept = await view.snapshots.load(kept_as(SNAPSHOT, name))
    except ParvisError:
        return None  # what is wrong with the store is told by whatever needs it
    if kept is None:
        return None
    return Counts.of((await asyncio.to_thread(unpack, kept[0], Amendments())).directory)


async def kept_read(config: Config, name: str) -> SourceRead:
    """When the bridge read the source of this name, as far as there is a store that tells."""
    if not await asyncio.to_thread(has_store, config.database.url):
        return SourceRead(name)
    try:
        async with Opened(config).view() as view:
            return await read_of(view, name)
    except ParvisError:
        return SourceRead(name)  # as above


def database_files(url: str) -> tuple[Path, ...]:
    """The files of a database, that which is always there first; none where a server keeps it."""
    name = url.removeprefix(SQLITE)
    return tuple(Path(name + end) for end in ("", "-wal", "-journal")) if url.startswith(SQLITE) else ()


def has_store(url: str) -> bool:
    """Whether there is one to open; of a server it is believed."""
    return all(file.exists() for file in database_files(url)[:1])
