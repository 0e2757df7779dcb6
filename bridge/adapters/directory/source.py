"""The directory from one file, as the port wants it. Made by the wiring, asked again and again by the services."""

import asyncio
from pathlib import Path
from typing import Final

from bridge.adapters.directory.apart import read_apart
from bridge.adapters.directory.files import DirectoryFile, Format, stamp_of
from bridge.domain.directory import Visibility
from bridge.files.reading import MIB
from bridge.ports.directory import Reading

LARGE: Final = 2 * MIB
"""From this size on, a file is read in a process of its own: decoding it would hold the interpreter for too long."""


class FileSource:
    """Reads a directory file, and reads it again only when it has changed."""

    def __init__(self, file: DirectoryFile) -> None:
        self.file = file
        self._last: Reading | None = None

    async def read(self) -> Reading:
        """As the port says; the event loop goes on meanwhile, whatever the size of the file."""
        content = await asyncio.to_thread(self.file.content)
        stamp = await asyncio.to_thread(stamp_of, content)
        if self._last is None or self._last.stamp != stamp:
            large = len(content) >= LARGE
            self._last = await (read_apart(self.file) if large else asyncio.to_thread(self.file.read_now))
        return self._last


def directory_source(
    kind: str, path: Path, *, server_name: str, visibility: Visibility = Visibility.INVITE_ONLY
) -> FileSource:
    """The source for a ``directory.type`` of yaml, json or ldif; LDIF's groups all get ``visibility``.

    A process without an event loop reads ``directory_source(…).file.read_now()``.
    """
    return FileSource(DirectoryFile(format=Format(kind), path=path, server_name=server_name, visibility=visibility))
