"""Runs Synapse with a name resolution of our own; started by the Python that has Synapse installed.

    python -I launcher.py {"corp.test": 4001, ...} SYNAPSE-ARGUMENTS...

Answers the network's names with 127.0.0.1 and that server's TLS port, whatever port is asked for,
and refuses every other name, so nothing ever leaves the machine. Unless LOCALNET_DURABLE is set, its database does not
wait for the disk. Nothing of Synapse is patched.
"""

import importlib
import json
import os
import runpy
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable
from typing import Any


def main() -> None:
    names: dict[str, int] = json.loads(sys.argv[1])
    _die_with(int(os.environ.pop("LOCALNET_WATCH_FD")))
    # Before Twisted is imported: its resolver keeps getaddrinfo as a default argument.
    socket.getaddrinfo = resolver(names, socket.getaddrinfo)
    if not os.environ.pop("LOCALNET_DURABLE", ""):
        sqlite3.__dict__["connect"] = hasty(sqlite3.connect)
    _refuse_service_lookups()
    sys.argv = ["synapse", *sys.argv[2:]]
    runpy.run_module("synapse.app.homeserver", run_name="__main__")


def resolver(names: dict[str, int], genuine: Callable[..., Any]) -> Callable[..., Any]:
    """A getaddrinfo for this network: the map's names, localhost and literal addresses, nothing else."""

    def getaddrinfo(host: Any, port: Any, *hints: int, **named: int) -> Any:
        name = host.decode("ascii") if isinstance(host, bytes) else host
        name = name.lower().rstrip(".") if name else name
        if name in names:
            name, port = "127.0.0.1", names[name]
        elif name == "localhost":
            name = "127.0.0.1"
        wanted = dict(zip(("family", "type", "proto", "flags"), hints, strict=False)) | named
        return genuine(name, port, **wanted | {"flags": wanted.get("flags", 0) | socket.AI_NUMERICHOST})

    return getaddrinfo


def hasty(genuine: Callable[..., sqlite3.Connection]) -> Callable[..., sqlite3.Connection]:
    """Connections that leave it to the machine when it writes to the disk. A server that is killed loses nothing, a
    machine without power does; waiting would take half of the time in which Synapse handles a message."""

    def connect(*arguments: Any, **named: Any) -> sqlite3.Connection:
        connection = genuine(*arguments, **named)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    return connect


def _refuse_service_lookups() -> None:
    client = importlib.import_module("twisted.names.client")
    error = importlib.import_module("twisted.names.error")
    defer = importlib.import_module("twisted.internet.defer")

    def no_such_service(*_arguments: object, **_named: object) -> Any:
        return defer.fail(error.DNSNameError())

    client.__dict__["lookupService"] = no_such_service


def _die_with(descriptor: int) -> None:
    """End at once when the guard is gone: its end of this socket closes, however it died."""

    def watch() -> None:
        os.read(descriptor, 1)
        os._exit(1)

    os.set_inheritable(descriptor, False)
    threading.Thread(target=watch, daemon=True, name="death-watch").start()


if __name__ == "__main__":
    main()
