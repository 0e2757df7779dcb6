"""Looks for words in files that others write meanwhile, in a process of its own.

Whoever closes a file gives back every lock that their process holds on it, whichever way it was opened (fcntl(2)). In
the process that has a SQLite database open, a mere look at its files would so let another process believe that nobody
uses it, which then deletes the log that is in use (sqlite.org/howtocorrupt.html, section 2.2). Asked by ``leavings``.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from bridge.adapters.apart import asked, serve
from bridge.domain.messages import say

PIECE: Final = 2**20
"""Bytes that are read at a time."""
DIED: Final = say("The process that looks for words in files died: it was killed, or memory ran out.")


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """Which ``words`` stand in one of the ``files``; those that are not there are passed over."""

    files: tuple[str, ...]
    words: tuple[str, ...]


async def found(files: Sequence[Path], words: Sequence[str]) -> list[str]:
    """Those of the words that stand in one of the files. Raises ``ParvisError`` (temporary) when the process died."""
    search = Search(files=tuple(map(str, files)), words=tuple(words))
    async with asked(__name__, msgspec.json.encode(search), died=DIED) as pieces:
        answer = b"".join([piece async for piece in pieces])
    return msgspec.json.decode(answer, type=list[str])


def answer(question: bytes) -> Iterator[bytes]:
    """The words that were found, in the process of its own."""
    search = msgspec.json.decode(question, type=Search)
    left = {word: word.encode() for word in search.words}
    overlap = max(map(len, left.values()), default=0)
    for file in map(Path, search.files):
        if not file.exists():
            continue
        with file.open("rb") as stream:
            tail = b""
            while left and (piece := stream.read(PIECE)):
                seen = tail + piece
                left = {word: data for word, data in left.items() if data not in seen}
                tail = seen[-overlap:]
    yield msgspec.json.encode([word for word in search.words if word not in left])


if __name__ == "__main__":
    serve(answer)
