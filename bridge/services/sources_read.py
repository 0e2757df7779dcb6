"""When each source was last read in full, and since when it is being read: for those who wait for a change of it.

Kept in the store, for large directories are read in another process. Written by ``truth``, told by ``status`` and the
command line.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from bridge.ports.store import Store, UnitOfWork

KEPT: Final = "directory-times"
LONGEST: Final = timedelta(hours=1)
"""What began longer ago and is not over was killed."""


@dataclass(frozen=True, slots=True)
class SourceRead:
    """``begun`` is when a reading that is not over began, ``good`` when the last good one was over (UTC); None where
    there is none. ``source`` is empty where there is only one."""

    source: str = ""
    begun: datetime | None = None
    good: datetime | None = None

    def under_way(self, now: datetime) -> bool:
        """Whether it is being read."""
        return self.begun is not None and now - self.begun < LONGEST


async def read_of(view: UnitOfWork, source: str) -> SourceRead:
    """How it stands with the source."""
    kept = await view.snapshots.load(_kept_as(source))
    return msgspec.json.decode(kept[0], type=SourceRead) if kept else SourceRead(source)


async def begin(store: Store, source: str, now: datetime) -> None:
    """It is being read from now on."""
    async with store.work() as work:
        await _keep(work, replace(await read_of(work, source), begun=now), now)


async def end(store: Store, source: str, now: datetime, *, good: bool) -> None:
    """It is not any more."""
    async with store.work() as work:
        before = await read_of(work, source)
        await _keep(work, replace(before, begun=None, good=now if good else before.good), now)


async def _keep(work: UnitOfWork, read: SourceRead, now: datetime) -> None:
    await work.snapshots.save(_kept_as(read.source), msgspec.json.encode(read), at=now)


def _kept_as(source: str) -> str:
    return f"{KEPT}/{source}" if source else KEPT
