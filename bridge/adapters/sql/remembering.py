"""Which event ids were accepted before; the fast path of both databases asks here, inside its transaction.

A unique index over millions of random ids costs as much as everything else in ``accept`` together: every insert
dirties another page. So each transaction's row holds the hashes of its events, written in one piece, and this
memory holds them all as a set (about 70 bytes for each event still remembered).
"""

import hashlib
from array import array
from collections.abc import Callable, Iterable
from typing import Final

from bridge.adapters.sql.backend import Arrivals

HASH: Final = "q"
"""Signed, eight bytes: what both databases and Python's sets take as they are."""

Row = tuple[int, int, bytes]
"""Of a transaction: its seq, the highest inbox seq after it, the hashes of its new events."""

NEWER: Final = "SELECT seq, last, events FROM transactions WHERE seq > {place} ORDER BY seq"
OLDEST: Final = "SELECT min(seq) FROM transactions"


def marker(key: bytes) -> Callable[[Iterable[str]], "array[int]"]:
    """A function from event ids to their hashes of 64 bits; ``key`` keeps strangers from making ids that collide."""
    keyed = hashlib.blake2b(digest_size=8, key=key)

    def digest(event_id: str) -> bytes:
        hashing = keyed.copy()  # half the price of taking in the key again
        hashing.update(event_id.encode())
        return hashing.digest()

    def marks(event_ids: Iterable[str]) -> "array[int]":
        found = array(HASH)
        found.frombytes(b"".join(map(digest, event_ids)))
        return found

    return marks


class Remembered:
    """The marks of all transactions up to ``newest``; other processes' transactions are caught up with."""

    def __init__(self) -> None:
        self._marks: set[int] = set()
        self.oldest = 0
        self.newest = 0
        self.last = 0
        """The highest inbox seq ever given."""

    def forget_unless(self, oldest: int | None) -> None:
        """Old transactions were purged when the oldest is another one: start again from nothing."""
        if oldest != self.oldest:
            self._marks = set()
            self.oldest, self.newest, self.last = oldest or 0, 0, 0

    def catch_up(self, rows: Iterable[Row]) -> None:
        """Learn what was committed since, by anybody, in order."""
        for seq, last, events in rows:
            marks = array(HASH)
            marks.frombytes(events)
            self.learn(seq, last, marks)

    def learn(self, seq: int, last: int, marks: Iterable[int]) -> None:
        """One more transaction is committed."""
        self._marks.update(marks)
        self.oldest = self.oldest or seq
        self.newest, self.last = seq, last

    def fresh(self, arrivals: Arrivals) -> Arrivals:
        """Those never seen before, each once, in order."""
        marks = set(arrivals.marks)
        if len(marks) == len(arrivals) and self._marks.isdisjoint(marks):
            return arrivals
        known = marks & self._marks
        found = []
        for place, mark in enumerate(arrivals.marks):
            if mark not in known:
                known.add(mark)
                found.append(place)
        return arrivals.only(found)


def another(transaction_id: str, seq: int) -> str:
    """What to keep a transaction under whose id an earlier one, with other events, has taken."""
    return f"{transaction_id}\n{seq}"
