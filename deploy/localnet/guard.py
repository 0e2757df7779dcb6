"""A tiny program between us and each child: it ends the child when we die, even by kill -9.

    python -I guard.py CONTROL_FD COMMAND...

It owns the child, so signals asked for over the control socket never hit a recycled pid, and it can
kill a child that is stopped and could not watch for itself. Standard library only.
"""

import os
import select
import signal
import socket
import subprocess
import sys

SIGNALS = {b"T": signal.SIGTERM, b"K": signal.SIGKILL, b"S": signal.SIGSTOP, b"C": signal.SIGCONT}
WATCH_VARIABLE = "LOCALNET_WATCH_FD"


def main() -> int:
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    parent = os.getppid()
    ours, theirs = socket.socketpair()
    child = _start(sys.argv[2:], theirs)
    theirs.close()
    control.sendall(b"%d\n" % child.pid)
    _attend(child, control, ours, parent)
    code = child.wait()
    return code if code >= 0 else 128 - code


def _start(command: list[str], watch: socket.socket) -> subprocess.Popen[bytes]:
    environment = {**os.environ, WATCH_VARIABLE: str(watch.fileno())}
    inherited = [int(fd) for fd in environment.pop("LOCALNET_PASS_FDS", "").split()]
    return subprocess.Popen(command, env=environment, pass_fds=[watch.fileno(), *inherited], start_new_session=True)


def _attend(child: subprocess.Popen[bytes], control: socket.socket, alive: socket.socket, parent: int) -> None:
    """Pass signals on until the child has ended; the other end of `alive` closes when it does."""
    watched, patience = [control, alive], 0.5
    while child.poll() is None:
        readable = select.select(watched, [], [], patience)[0]
        if alive in readable:
            watched, patience = [control], 0.01
        orders = _receive(control) if control in readable else None
        # The parent's forks may hold the control socket open: then only the new parent pid tells.
        if orders == b"" or os.getppid() != parent:
            os.killpg(child.pid, signal.SIGKILL)
            return
        for order in orders or b"":
            os.killpg(child.pid, SIGNALS[bytes([order])])


def _receive(control: socket.socket) -> bytes:
    try:
        return control.recv(16)
    except ConnectionError:
        return b""


if __name__ == "__main__":
    sys.exit(main())
