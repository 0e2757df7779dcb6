"""Files that somebody may be writing at this very moment: half of one is never read. For sources that are files."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput
from bridge.ports.clock import Clock

CALM: Final = 1.0
"""Seconds for which nobody has written: programs that write a large file pause for less."""
TRIES: Final = 30

Trace: TypeAlias = tuple[tuple[int, ...], ...]
"""What is another one as soon as a file was written, replaced or removed: time, size and number of each."""

T = TypeVar("T")


def trace_of(paths: Sequence[Path]) -> Trace:
    """The trace of the files as they are now; links are followed. One that is not there has an empty one."""
    return tuple(_trace(path) for path in paths)


def _trace(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev


async def calmly(read: Callable[[], Awaitable[T]], paths: Sequence[Path], clock: Clock) -> T:
    """What ``read`` gives once nobody has written the files for ``CALM`` seconds, nor while it read.

    Raises what ``read`` does, and ``ParvisError`` (temporary) when they are written without a pause.
    """
    for _ in range(TRIES):
        before = await asyncio.to_thread(trace_of, paths)
        if (rest := _rest(before, clock)) > 0:
            await clock.sleep(rest)
            continue
        try:
            found = await read()
        except InvalidInput:
            if await asyncio.to_thread(trace_of, paths) == before:
                raise
        else:
            if await asyncio.to_thread(trace_of, paths) == before:
                return found
    message = say("{file} is being written without a pause.", file=" + ".join(path.name for path in paths))
    raise ParvisError(message, kind=ErrorKind.TEMPORARY)


def _rest(trace: Trace, clock: Clock) -> float:
    """Seconds until they have been left alone for long enough. A time that is still to come is another clock's."""
    now = clock.now().timestamp()
    ages = (now - times[0] / 1e9 for times in trace if times)
    return max((CALM - age for age in ages if 0 <= age < CALM), default=0.0)
