"""The people of one room, sealed some dozens at a time: rows of ``memberships``. For ``members`` and ``projection``.

Who is in a room must not stand in the clear, for its id does: so whoever has a copy of the database would read who
belongs to what. A sealed value for each of them would take most of the time of reading a large company, and one for all
would be written anew at every change; so each row is a part, which people fall into by a checksum of their user id, and
a room has ever more parts as it grows.
"""

from collections.abc import Iterable
from typing import Final
from zlib import crc32

import msgspec
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.sql.functions import count

from bridge.adapters.sql.tables import memberships
from bridge.adapters.sql.upserts import upsert
from bridge.adapters.sql.vault import Vault

PEOPLE: Final = b"memberships.people"
PAGE: Final = 256
"""Parts are filled up to whole pages of so many bytes: their length tells less about how many are in them."""
USUAL: Final = 32
"""People in a part of a room that is written as a whole."""
MOST: Final = 96
"""Beyond that a room gets more parts."""


class Part(msgspec.Struct, array_like=True):
    """Some people of a room: a word about each, and for whom an answer is awaited since when (milliseconds)."""

    words: dict[str, str] = msgspec.field(default_factory=dict)
    since: dict[str, int] = msgspec.field(default_factory=dict)


part_of: Final = msgspec.json.Decoder(Part).decode
"""A part from its plain bytes."""
_ready: Final = select(memberships.c.part, memberships.c.sealed)


def number_of(user: str, parts: int) -> int:
    """The part that somebody falls into, of a room with so many."""
    return crc32(user.encode()) % parts


class People:
    """Everybody of one room in a unit of work: read as far as needed, changed here, written by ``store``."""

    def __init__(self, connection: Connection, vault: Vault, place: int) -> None:
        """``place`` is the room's row."""
        self._connection, self._vault, self._place = connection, vault, place
        self._here = memberships.c.room == place
        self._count: int = connection.execute(select(count()).where(self._here)).scalar_one()
        self._parts: dict[int, Part] = {}
        self._changed: set[int] = set()
        self._anew = False

    def everybody(self) -> dict[str, str]:
        """All, with the word about each."""
        self._read(range(self._count))
        return {user: word for part in self._parts.values() for user, word in part.words.items()}

    def words(self, users: Iterable[str]) -> dict[str, str]:
        """The same for those of ``users`` about whom there is one."""
        wanted = {user: self._number(user) for user in users} if self._count else {}
        self._read(wanted.values())
        found = ((user, self._parts[number].words.get(user)) for user, number in wanted.items())
        return {user: word for user, word in found if word is not None}

    def put(self, told: Iterable[tuple[str, str, int | None]]) -> None:
        """A word about each, and since when an answer is awaited, if one is."""
        new = list(told)
        if self._count == 0:
            self._spread(len(new))
        self._read({self._number(user) for user, _, _ in new})
        for user, word, since in new:
            part = self._change(user)
            part.words[user] = word
            part.since.pop(user, None)
            if since is not None:
                part.since[user] = since
        if any(len(self._parts[number].words) > MOST for number in self._changed):
            self._spread(len(self.everybody()))

    def drop(self, users: Iterable[str]) -> None:
        """Nothing is known of these any more."""
        gone = self.words(users)
        for user in gone:
            part = self._change(user)
            del part.words[user]
            part.since.pop(user, None)

    def store(self) -> None:
        """Write what was changed."""
        rows = [self._row(number) for number in sorted(self._changed)]
        if self._anew:
            self._connection.execute(delete(memberships).where(self._here))
            self._connection.execute(insert(memberships), rows)
        else:
            upsert(self._connection, memberships, rows)
        self._changed, self._anew = set(), False

    def _number(self, user: str) -> int:
        return number_of(user, self._count)

    def _read(self, numbers: Iterable[int]) -> None:
        missing = set(numbers) - self._parts.keys()
        if not missing:
            return
        query = _ready.where(self._here)
        if len(missing) < self._count:
            query = query.where(memberships.c.part.in_(sorted(missing)))
        for number, sealed in self._connection.execute(query):
            if number in missing:
                self._parts[number] = part_of(self._vault.unseal(sealed, PEOPLE))

    def _change(self, user: str) -> Part:
        number = self._number(user)
        self._changed.add(number)
        return self._parts[number]

    def _spread(self, people: int) -> None:
        """Over as many parts as so many people want, at least twice as many as now."""
        before = self._parts.values()
        self._count = max(1, 2 * self._count, -(-people // USUAL))
        self._parts = {number: Part() for number in range(self._count)}
        self._changed, self._anew = set(self._parts), True
        for part in before:
            for user, word in part.words.items():
                self._parts[self._number(user)].words[user] = word
            for user, since in part.since.items():
                self._parts[self._number(user)].since[user] = since

    def _row(self, number: int) -> dict[str, object]:
        part = self._parts[number]
        ordered = Part(dict(sorted(part.words.items())), part.since)
        sealed = self._vault.put(ordered, PEOPLE, page=PAGE)
        since = min(part.since.values(), default=None)
        return {"room": self._place, "part": number, "sealed": sealed, "since": since}
