"""The directory as it counts: read from its source, compared with the last good reading, kept sealed in the store."""

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


@dataclass(frozen=True, slots=True)
class Truth:
    """A directory to work with and what is to be said about how it was read."""

    directory: Directory
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True, kw_only=True)
class DirectoryKeeper:
    """Reads the directory. Keeps the last good answer in memory and, sealed, in the store."""

    source: DirectorySource
    store: Store
    clock: Clock
    _last: Accepted | None = field(default=None, init=False)
    _stamp: str = field(default="", init=False)

    async def read(self, *, keep: bool) -> Truth:
        """Read the source; with ``keep`` the reading counts from now on, else it is only looked at.

        A source that fails leaves the last good reading in force and says so; without one its error is raised.
        """
        last = await self._load()
        try:
            reading = await self.source.read()
        except ParvisError as error:
            if last is None:
                raise
            text = say(
                "The directory cannot be read, its last good reading stays in force: {reason}", reason=error.message
            )
            return Truth(last.directory, (Finding("directory-unreadable", "directory", text),))
        warnings = tuple(Finding("directory-warning", str(one.spot), one.message) for one in reading.warnings)
        if last is not None and self._stamp and reading.stamp == self._stamp and not last.missing:
            return Truth(last.directory, warnings)
        accepted = accept(last.directory if last else None, last.missing if last else frozenset(), reading.directory)
        if keep and not accepted.doubted:
            self._last, self._stamp = accepted, reading.stamp
            await self._save(accepted)
        return Truth(accepted.directory, accepted.findings + warnings)

    async def last(self) -> Directory:
        """The last good reading; raises when there never was one."""
        if (last := await self._load()) is None:
            raise ParvisError(say("The directory has not been read yet."), kind=ErrorKind.CONFLICT)
        return last.directory

    async def _load(self) -> Accepted | None:
        if self._last is None:
            async with self.store.view() as view:
                kept = await view.snapshots.load(SNAPSHOT)
            if kept is not None:
                stored = await asyncio.to_thread(unpack, kept[0])
                self._last = Accepted(stored.directory, stored.missing)
        return self._last

    async def _save(self, accepted: Accepted) -> None:
        data = await asyncio.to_thread(pack, accepted)
        async with self.store.work() as work:
            await work.snapshots.save(SNAPSHOT, data, at=self.clock.now())


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
