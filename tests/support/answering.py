"""Children for the tests of ``bridge.adapters.apart``: the question is the name of what to do."""

import os
import sys
from collections.abc import Iterator

from bridge.adapters.apart import serve

PIECES = [b"one", b"two", bytes(300_000)]


def answer(question: bytes) -> Iterator[bytes]:
    """As asked."""
    if question == b"die":
        os.write(2, b"last words")
        os._exit(9)
    if question == b"talk":
        sys.stdout.write("not part of the answer")
        sys.stdout.flush()
    yield from PIECES
    if question == b"break off":
        os._exit(9)
    if question == b"wait":
        yield str(os.getpid()).encode()
        os.read(os.pipe()[0], 1)


if __name__ == "__main__":
    serve(answer)
