"""The directory as it counts: read from its source, compared with the last good reading, kept sealed in the store.

A reading that is known already, by its stamp, needs no comparison: then the large snapshot is not even loaded.
"""

import asyncio
import zlib
from dataclasses import dataclass, field
from typing import Final

import msgspec

from bridge.domain.directory import Directory
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.findings import Finding
from bridge.domain.messages import say
from bridge.ports.clock import Clock
from bridge.ports.directory import DirectorySource
from bridge.ports.store import Store
from bridge.rules.continuity import Accepted, accept

SNAPSHOT: Final = "directory"
STAMP: Final = "directory-stamp"
"""Beside the snapshot: the stamp of the reading that it holds unaltered; empty when it holds people who vanished."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A directory to work with and what is to be said about how it was read.

    ``stamp`` is that of the reading which is just this directory; empty when none is.
    """

    directory: Directory
    findings: tuple[Finding, ...] = ()
    stamp: str = ""


@dataclass(slots=True, kw_only=True)
class DirectoryKeeper:
    """Reads the directory. Keeps the last good answer in memory and, sealed, in the store."""

    source: DirectorySource
    store: Store
    clock: Clock
    _last: Accepted | None = field(default=None, init=False)
    _stamp: str | None = field(default=None, init=False)

    async def read(self, *, keep: bool) -> Truth:
        """Read the source; with ``keep`` the reading counts from now on, else it is only looked at.

        A source that fails leaves the last good reading in force and says so; without one its error is raised.
        """
        try:
            reading = await self.source.read()
        except ParvisError as error:
            if (last := await self._load()) is None:
                raise
            text = say(
                "The directory cannot be read, its last good reading stays in force: {reason}", reason=error.message
            )
            return Truth(last.directory, (Finding("directory-unreadable", "directory", text),), await self._known())
        warnings = tuple(Finding("directory-warning", str(one.spot), one.message) for one in reading.warnings)
        if reading.stamp and reading.stamp == await self._known():
            return Truth(self._last.directory if self._last else reading.directory, warnings, reading.stamp)
        last = await self._load()
        accepted = accept(last.directory if last else None, last.missing if last else frozenset(), reading.directory)
        stamp = "" if accepted.doubted or accepted.missing else reading.stamp
        if keep and not accepted.doubted:
            await self._save(accepted, stamp)
        return Truth(accepted.directory, accepted.findings + warnings, stamp)

    async def last(self) -> Truth:
        """The last good reading; raises when there never was one."""
        if (last := await self._load()) is None:
            raise ParvisError(say("The directory has not been read yet."), kind=ErrorKind.CONFLICT)
        return Truth(last.directory, stamp=await self._known())

    async def _known(self) -> str:
        """The stamp of the last good reading, when it was taken as it was."""
        if self._stamp is None:
            async with self.store.view() as view:
                kept = await view.snapshots.load(STAMP)
            self._stamp = kept[0].decode() if kept else ""
        return self._stamp

    async def _load(self) -> Accepted | None:
        if self._last is None:
            async with self.store.view() as view:
                kept = await view.snapshots.load(SNAPSHOT)
            if kept is not None:
                stored = await asyncio.to_thread(unpack, kept[0])
                self._last = Accepted(stored.directory, stored.missing)
        return self._last

    async def _save(self, accepted: Accepted, stamp: str) -> None:
        data = await asyncio.to_thread(pack, accepted)
        async with self.store.work() as work:
            await work.snapshots.save(SNAPSHOT, data, at=self.clock.now())
            await work.snapshots.save(STAMP, stamp.encode(), at=self.clock.now())
        self._last, self._stamp = accepted, stamp


class Kept(msgspec.Struct, frozen=True):
    """An accepted reading as it is stored."""

    directory: Directory
    missing: frozenset[str]


def pack(accepted: Accepted) -> bytes:
    """An accepted reading as bytes, for ``unpack``."""
    return zlib.compress(msgspec.msgpack.encode(Kept(accepted.directory, accepted.missing)), level=1)


def unpack(data: bytes) -> Kept:
    """The inverse of ``pack``."""
    return msgspec.msgpack.decode(zlib.decompress(data), type=Kept)
