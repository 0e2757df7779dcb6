"""The directory from one file, as the port wants it. Made by the wiring, asked again and again by the services."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Final

from bridge.adapters.directory.csv_files import DirectoryTables
from bridge.adapters.directory.files import DirectoryFile, Format, stamp_of
from bridge.adapters.settling import calmly
from bridge.domain.directory import Visibility
from bridge.files.reading import MIB
from bridge.ports.clock import Clock
from bridge.ports.directory import Reading

LARGE: Final = MIB // 2
"""Bytes from which on a directory belongs into a process of its own: about 3,000 people and groups, whose reading and
planning would hold the interpreter for longer than 50 ms."""


class FileSource:
    """Reads a directory file, and reads it again only when it has changed, or when an account in it is over."""

    def __init__(self, file: DirectoryFile, clock: Clock | None = None) -> None:
        """Without a ``clock`` no account is ever over, and nobody waits until a file has been written."""
        self.file = file
        self._clock = clock
        self._last: tuple[str, Reading] | None = None

    async def read(self) -> Reading:
        """As the port says; in another thread, which serves up to ``LARGE``. Half-written files are waited for."""
        return await (calmly(self._read, self.file.paths(), self._clock) if self._clock else self._read())

    async def _read(self) -> Reading:
        content = await asyncio.to_thread(self.file.content)
        stamp = await asyncio.to_thread(stamp_of, content)
        now = self._clock.now() if self._clock else None
        if self._last is None or self._last[0] != stamp or is_over(self._last[1], now):
            self._last = stamp, await asyncio.to_thread(self.file.read_now, now)
        return self._last[1]

    def is_large(self, *, above: int = LARGE) -> bool:
        """Whether its files have at least so many bytes; one that cannot be read has none."""
        try:
            return sum(path.stat().st_size for path in self.file.paths()) >= above
        except OSError:
            return False


def is_over(reading: Reading, now: datetime | None) -> bool:
    """Whether an account has ended since."""
    return now is not None and reading.until is not None and now >= reading.until


def directory_source(
    kind: str,
    path: Path,
    *,
    server_name: str,
    visibility: Visibility = Visibility.INVITE_ONLY,
    memberships: Path | None = None,
    alone: bool = True,
    clock: Clock | None = None,
) -> FileSource:
    """The source for a ``directory.type`` of a file; ``visibility`` is what groups get that cannot say it,
    ``memberships`` the second table of CSV. ``alone`` says that whatever it refers to is its own, and by
    ``clock`` accounts end."""
    form = Format(kind)
    if form is not Format.CSV:
        file = DirectoryFile(format=form, path=path, server_name=server_name, visibility=visibility, alone=alone)
        return FileSource(file, clock)
    tables = DirectoryTables(
        format=form, path=path, memberships=memberships, server_name=server_name, visibility=visibility, alone=alone
    )
    return FileSource(tables, clock)
