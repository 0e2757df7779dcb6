"""Rooms and people of ``activity`` by number: names are sealed, and found by keyed hashes. For the modules beside it.

A number is never given again: whoever is forgotten leaves theirs, and what still holds it names nobody.
"""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Table, func, insert, select, update

from bridge.adapters.sql.activity_tables import activity_people, activity_rooms
from bridge.adapters.sql.remembering import marker
from bridge.adapters.sql.vault import ROOM_PAGE, Vault

ROOM: Final = b"activity_rooms.room"
USER: Final = b"activity_people.user"
MARKS: Final = b"activity.marks"
AT_ONCE: Final = 500
"""Values in one question: SQLite takes some thousand."""


class Place(NamedTuple):
    """A room, and the group that it serves or served."""

    room: str
    group: str


class Names:
    """The names of one unit of work; what was looked up is remembered until its end."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._places: dict[int, Place] = {}
        self._people: dict[int, str] = {}
        self._all: set[Table] = set()
        """Tables of which everything was read."""

    @cached_property
    def marks(self) -> Any:
        """From event ids to numbers of 64 bits that strangers cannot make alike."""
        return marker(self._vault.index("", MARKS))

    # ------------------------------------------------------------------------------------------------ to numbers

    def rooms(self, connection: Connection, places: Iterable[Place]) -> dict[str, int]:
        """Numbers of rooms, given to those that have none. A room that serves another group since is changed."""
        wanted = {place.room: place for place in places}
        known = self._numbers(connection, activity_rooms, activity_rooms.c.room_index, wanted, ROOM)
        self.places(connection, known.values())
        for room, number in known.items():
            if self._places[number] != wanted[room]:
                change = update(activity_rooms).where(activity_rooms.c.id == number)
                connection.execute(change.values(sealed=self._sealed(wanted[room])))
                self._places[number] = wanted[room]
        new = [room for room in wanted if room not in known]
        for number, room in enumerate(new, _next(connection, activity_rooms)):
            row = {"id": number, "room_index": self._vault.index(room, ROOM), "sealed": self._sealed(wanted[room])}
            connection.execute(insert(activity_rooms), row)
            self._places[number] = wanted[room]
            known[room] = number
        return known

    def people(self, connection: Connection, users: Iterable[str], *, add: bool = False) -> dict[str, int]:
        """Numbers of those who have one; with ``add`` everybody gets one."""
        wanted = dict.fromkeys(users)
        known = self._numbers(connection, activity_people, activity_people.c.user_index, wanted, USER)
        new = [user for user in wanted if user not in known] if add else []
        if new:
            first = _next(connection, activity_people)
            known.update(zip(new, range(first, first + len(new)), strict=True))
            rows = [
                {
                    "id": known[user],
                    "user_index": self._vault.index(user, USER),
                    "sealed": self._vault.seal(user.encode(), USER),
                }
                for user in new
            ]
            connection.execute(insert(activity_people), rows)
        self._people.update((number, user) for user, number in known.items())
        return known

    def room(self, connection: Connection, room: str) -> int | None:
        """The number of one room."""
        return self._numbers(connection, activity_rooms, activity_rooms.c.room_index, (room,), ROOM).get(room)

    # ------------------------------------------------------------------------------------------------ to names

    def places(self, connection: Connection, numbers: Collection[int] | None = None) -> dict[int, Place]:
        """Rooms with these numbers, or all."""
        for row in self._missing(connection, activity_rooms, self._places, numbers):
            self._places[row.id] = self.place(row)
        return self._places

    def place(self, row: Any) -> Place:
        """What a row of ``activity_rooms`` seals."""
        return Place(**self._vault.get(row.sealed, ROOM))

    def users(self, connection: Connection, numbers: Collection[int] | None = None) -> dict[int, str]:
        """People with these numbers, or all; those who are forgotten are absent."""
        for row in self._missing(connection, activity_people, self._people, numbers):
            if row.sealed is not None:
                self._people[row.id] = self._vault.unseal(row.sealed, USER).decode()
        return self._people

    def forget(self, connection: Connection, number: int) -> None:
        """A person's number is nobody's from now on."""
        change = update(activity_people).where(activity_people.c.id == number)
        connection.execute(change.values(user_index=None, sealed=None))
        self._people.pop(number, None)

    def _missing(
        self, connection: Connection, table: Table, known: Collection[int], numbers: Collection[int] | None
    ) -> Iterable[Any]:
        if table in self._all:
            return ()
        if numbers is None:
            self._all.add(table)
            return connection.execute(select(table)).fetchall()
        missing = sorted({number for number in numbers if number not in known})
        return [
            row for some in slices(missing) for row in connection.execute(select(table).where(table.c.id.in_(some)))
        ]

    def _numbers(
        self, connection: Connection, table: Table, column: Any, names: Iterable[str], context: bytes
    ) -> dict[str, int]:
        indexes = {self._vault.index(name, context): name for name in names}
        found = {}
        for some in slices(list(indexes)):
            for number, index in connection.execute(select(table.c.id, column).where(column.in_(some))):
                found[indexes[index]] = number
        return found

    def _sealed(self, place: Place) -> bytes:
        return self._vault.put(place._asdict(), ROOM, page=ROOM_PAGE)


def slices(values: list[Any]) -> Iterable[list[Any]]:
    """Few enough for one question each."""
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def _next(connection: Connection, table: Table) -> int:
    return (connection.execute(select(func.max(table.c.id))).scalar() or 0) + 1
