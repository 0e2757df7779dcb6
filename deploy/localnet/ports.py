"""Ports on loopback that nobody else is given, for as long as a network lives."""

import socket


class ReservedPort:
    """A port held by a bound socket that never listens.

    Both sides set SO_REUSEADDR, so a server may listen on the port beside us, while the kernel
    hands it to nobody who asks for "any port". A stopped server's port refuses, as in real life.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.number: int = self._socket.getsockname()[1]

    def release(self) -> None:
        self._socket.close()
