"""The one error that this package raises, with a sentence a person can act on."""

from collections import deque
from pathlib import Path


class LocalnetError(Exception):
    """The little network of homeservers could not do what was asked."""


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, indented, to put under an error's sentence."""
    try:
        with path.open(encoding="utf-8", errors="replace") as log:
            last = deque(log, maxlen=lines)
    except OSError as error:
        return f"    (no log: {error})"
    return "".join(f"    {line.rstrip()}\n" for line in last).rstrip() or "    (the log is empty)"
