"""Which processes really run: from /proc, where a zombie does not count."""

from collections.abc import Iterable
from pathlib import Path


def running(pids: Iterable[int]) -> set[int]:
    return {pid for pid in pids if _state(pid) not in {None, "Z", "X"}}


def running_with(argument: str) -> set[int]:
    """Processes that have this text in their command line."""
    found = {
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _mentions(entry, argument)
    }
    return running(found)


def _state(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return None


def _mentions(entry: Path, argument: str) -> bool:
    try:
        return argument.encode() in (entry / "cmdline").read_bytes()
    except OSError:
        return False
