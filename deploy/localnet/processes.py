"""A child under guard.py: started, signalled, paused and ended; it never outlives this process."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.localnet import guard
from deploy.localnet.errors import LocalnetError, tail
from deploy.localnet.waiting import until


class GuardedProcess:
    """Bound to no event loop, so a fixture may start it in one loop and a test stop it in another."""

    def __init__(
        self, command: Sequence[str], *, log: Path, folder: Path, env: Mapping[str, str], pass_fds: Sequence[int] = ()
    ) -> None:
        self._control, theirs = socket.socketpair()
        environment = {**env, "LOCALNET_PASS_FDS": " ".join(map(str, pass_fds))}
        try:
            with theirs, log.open("ab") as output:
                self._guard = subprocess.Popen(
                    [sys.executable, "-I", "-S", guard.__file__, str(theirs.fileno()), *command],
                    pass_fds=[theirs.fileno(), *pass_fds], env=environment, cwd=folder,
                    stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                    start_new_session=True,  # Ctrl-C is for us alone: we end the servers in order
                )  # fmt: skip
        except OSError as error:
            self._control.close()
            raise LocalnetError(f"cannot start {command[0]}: {error}") from error
        self.pid = self._reported_pid(command[0], log)

    @property
    def guard_pid(self) -> int:
        return self._guard.pid

    @property
    def running(self) -> bool:
        return self._guard.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._guard.poll()

    def pause(self) -> None:
        self._order(b"S")

    def resume(self) -> None:
        self._order(b"C")

    async def stop(self, patience: float = 10) -> None:
        """SIGTERM, wait, then SIGKILL; a paused child is woken to hear it."""
        self._order(b"TC")
        try:
            with contextlib.suppress(TimeoutError):
                await until(lambda: not self.running, patience)
        finally:  # also when we are cancelled while waiting
            self.kill()

    def kill(self) -> None:
        """SIGKILL and reap; returns when the child is gone."""
        self._order(b"K")
        self._control.close()
        self._guard.wait()

    def _reported_pid(self, program: str, log: Path) -> int:
        with self._control.makefile("rb") as report:
            line = report.readline()
        if not line:
            self.kill()
            raise LocalnetError(f"cannot start {program}:\n{tail(log)}")
        return int(line)

    def _order(self, orders: bytes) -> None:
        with contextlib.suppress(OSError):  # it has ended already
            self._control.sendall(orders)


def minimal_environment(home: Path) -> dict[str, str]:
    """No proxies, no locale surprises, nothing that would lead a server out of the machine."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8", **kept}
