"""What the bridge leaves where others may read it: its log, the files of its database, a backup. For the secrecy check,
which looks for words in them as who reads them without the key.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from structlog.typing import EventDict, WrappedLogger

from bridge.adapters.searching import found

LOG: Final = "log"
DATABASE: Final = "database"
BACKUP: Final = "backup"


class LogEar(logging.Handler):
    """Hears what this process logs while somebody has it ``listen``: of libraries as a handler, and as the last of
    structlog's processors, which passes lines on as they are."""

    def __init__(self) -> None:
        super().__init__()
        self._heard: list[str] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """A line of a library."""
        self._hear(self.format(record))

    def __call__(self, _logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
        """A line of our own, as it is written."""
        self._hear(str(line))
        return str(line)

    def _hear(self, line: str) -> None:
        if self._heard is not None:
            self._heard.append(line)

    def listen(self) -> None:
        """Keep what is logged from now on."""
        self._heard = []

    def heard(self) -> str:
        """All that was logged since then."""
        return "\n".join(self._heard or ())

    def end(self) -> None:
        """Keep nothing any more."""
        self._heard = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leavings:
    """``log`` is that of this process, None where another one is the running bridge. ``database`` are the files of the
    database that may be there, the first of them in any case; none where it is a server's. ``copy`` makes a backup."""

    copy: Callable[[Path], Awaitable[None]]
    database: Sequence[Path] = ()
    log: LogEar | None = None

    def begin(self) -> None:
        """From now on what is logged is kept."""
        if self.log is not None:
            self.log.listen()

    async def end(self) -> None:
        """Nothing is kept any more, and no copy stays, nor one of a check that died."""
        if self.log is not None:
            self.log.end()
        if self.database:
            await asyncio.to_thread(self._copied.unlink, missing_ok=True)

    async def found(self, place: str, words: Sequence[str]) -> list[str] | None:
        """Those of the words that are there; None where nobody can look. Raises ``ParvisError``."""
        if place == LOG:
            heard = None if self.log is None else self.log.heard()
            return None if heard is None else [word for word in words if word in heard]
        if not self.database:
            return None
        if place == DATABASE:
            return await found(self.database, words)
        await asyncio.to_thread(self._copied.unlink, missing_ok=True)
        await self.copy(self._copied)
        try:
            return await found((self._copied,), words)
        finally:
            await asyncio.to_thread(self._copied.unlink, missing_ok=True)

    @property
    def _copied(self) -> Path:
        """Always the same, so that what a crash leaves is found."""
        first = self.database[0]
        return first.with_name(f"{first.name}.secrecy")
