"""A private PostgreSQL server for tests: on a socket of its own, without network, gone when the tests are."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
START_SECONDS = 60.0
DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


class MissingPostgres(Exception):
    """Why there can be no server here."""


class PostgresServer:
    """A running server; every test gets a database of its own."""

    def __init__(self, binaries: Path, socket: Path) -> None:
        self._binaries = binaries
        self._socket = socket
        self._numbers = count(1)

    @property
    def data(self) -> Path:
        """Where the server keeps its files."""
        return self._socket / "data"

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        self._tool("createdb", name)
        return self.url(name)

    def url(self, name: str, user: str = "parvis") -> str:
        return f"postgresql://{user}@/{name}?host={self._socket}"

    def sql(self, url: str, statement: str) -> str:
        """Run a statement with psql, past everything of ours; gives its unadorned output."""
        name = url.partition("@/")[2].partition("?")[0]
        return self._tool("psql", "--no-align", "--tuples-only", "--quiet", "-c", statement, name)

    def dump(self, url: str) -> str:
        """Everything that a database holds, as text."""
        return self._tool("pg_dump", url.partition("@/")[2].partition("?")[0])

    def _tool(self, tool: str, *arguments: str) -> str:
        command = [str(self._binaries / tool), "-h", str(self._socket), "-U", "parvis", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server in a temporary folder and stop it afterwards. Raises ``MissingPostgres``."""
    binaries = _binaries()
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="parvis-pg-"))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        _as(user, [binaries / "initdb", "-D", folder / "data", "-U", "parvis", "-A", "trust", "--no-sync"], folder)
        with (folder / "log").open("wb") as log:
            settings = ["listen_addresses=", "fsync=off", f"unix_socket_directories={folder}", "max_connections=50"]
            options = [word for setting in settings for word in ("-c", setting)]
            process = subprocess.Popen(
                [binaries / "postgres", "-D", folder / "data", *options],
                stdout=log,
                stderr=log,
                cwd=folder,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - no thread holds a lock that it takes
                **_identity(user),
            )
        try:
            _wait_until_ready(binaries, folder, process)
            yield PostgresServer(binaries, folder)
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    for pattern in PLACES:
        root, _, rest = pattern.partition("*")
        found = sorted(Path(root).parent.glob(f"{Path(root).name}*{rest}")) if rest else [Path(pattern)]
        for folder in reversed(found):
            if (folder / "initdb").exists():
                return folder
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    raise MissingPostgres("PostgreSQL's binaries (initdb) are not installed")


def _user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then somebody with fewer rights runs it."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise MissingPostgres("running as root, and there is neither a user postgres nor nobody to run the server")


def _identity(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _as(user: pwd.struct_passwd | None, command: list[str | Path], folder: Path) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, **_identity(user))
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]} failed:\n{done.stdout}{done.stderr}")


def _die_with_parent() -> None:
    """Also when the tests are killed; only Linux knows how."""
    if hasattr(prctl := ctypes.CDLL(None), "prctl"):
        prctl.prctl(DIE_WITH_PARENT, signal.SIGQUIT)


def _wait_until_ready(binaries: Path, folder: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run([binaries / "pg_isready", "-q", "-h", folder], check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
        time.sleep(0.05)
