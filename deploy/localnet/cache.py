"""The folder that outlives a run: the installed Synapse, keys, template databases; and its locks."""

import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.localnet.errors import LocalnetError
from deploy.localnet.waiting import until


def cache_folder() -> Path:
    """$PARVIS_CACHE, else parvis in the user's cache folder; made if missing, for the owner only."""
    own, xdg = os.environ.get("PARVIS_CACHE"), os.environ.get("XDG_CACHE_HOME")
    folder = Path(own) if own else (Path(xdg) if xdg else Path.home() / ".cache") / "parvis"
    return make_folder(folder)


def make_folder(folder: Path) -> Path:
    """The folder, absolute and there."""
    folder = folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LocalnetError(f"cannot make the folder {folder}: {error.strerror}") from error
    return folder


def write_atomically(path: Path, content: bytes) -> None:
    """Readers see the old or the whole new file, never half of one; secrets stay with the owner."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)


class ClaimedFolder:
    """A folder that one network has for itself, until released or dead: two would share databases."""

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(make_folder(folder) / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _try_lock(self._descriptor):
            os.close(self._descriptor)
            raise LocalnetError(f"the folder {folder} is in use by another network")

    def release(self) -> None:
        os.close(self._descriptor)


@asynccontextmanager
async def locked(path: Path, waiting: Callable[[], None] = lambda: None) -> AsyncIterator[int]:
    """Hold a lock file. Yields its descriptor: a child that inherits it keeps the lock if we die."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _try_lock(descriptor):
            waiting()
            await until(lambda: _try_lock(descriptor))
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
