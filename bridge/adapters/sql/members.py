"""Who is in a room, who is out and why, and who is awaited: the rows of ``room_members``, for ``rooms``."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Row, bindparam, delete, select

from bridge.adapters.sql.tables import room_members, rooms
from bridge.adapters.sql.times import from_ms
from bridge.adapters.sql.upserts import upsert
from bridge.domain.rooms import Absence, ActualRoom, Membership

AWAITED: Final = frozenset({str(Membership.INVITE), str(Membership.KNOCK)})
"""Who still has to answer, or is to be answered: since when is kept."""
NOT_SEEN: Final = (str(Absence.BLOCKED), str(Absence.LAPSED))
"""Reasons for being out that no event in the room tells."""
LEFT: Final = str(Absence.LEFT)
FORGIVEN: Final = "forgiven"
"""They left once and are asked again like anybody: kept, because the room goes on telling that they left."""
OUT: Final = frozenset({*map(str, Absence), FORGIVEN})

Mark: TypeAlias = Callable[[int, str], str]
"""Of a room's row and a user."""

_forget: Final = delete(room_members).where(
    room_members.c.room == bindparam("place"), room_members.c.user_id == bindparam("user")
)


def replace_members(connection: Connection, place: int, room: ActualRoom, at: int, mark: Mark) -> None:
    """Write the differences alone: between two readings of a large room hardly anything changes."""
    wanted = {user: str(absence) for user, absence in room.out.items()}
    wanted |= {user: str(membership) for user, membership in room.members.items()}
    query = select(room_members.c.user_id, room_members.c.membership).where(room_members.c.room == place)
    present = dict(connection.execute(query).fetchall())
    for user, word in present.items():
        if user not in room.members and (word in NOT_SEEN or (word == FORGIVEN and wanted.get(user) == LEFT)):
            wanted[user] = word
    for user in [one for one, word in wanted.items() if word == LEFT and one not in present]:
        if (forgotten := mark(place, user)) in present:
            del wanted[user]
            wanted[forgotten] = FORGIVEN
    _put(connection, place, ((user, word) for user, word in wanted.items() if present.get(user) != word), at)
    _drop(connection, place, present.keys() - wanted.keys())


def note_members(connection: Connection, place: int, members: Mapping[str, tuple[Membership, bool]], at: int) -> None:
    """Memberships as events or our own calls tell them."""
    gone = [user for user, (membership, self) in members.items() if membership is Membership.LEAVE and not self]
    kept = {user: str(membership) for user, (membership, _) in members.items() if user not in gone}
    known = _words(connection, place, members)
    changed = ((user, word) for user, word in kept.items() if word != known.get(user))
    _put(connection, place, ((user, word) for user, word in changed if (word, known.get(user)) != (LEFT, FORGIVEN)), at)
    # Withdrawing an invitation is an event too, and must not hide why it was withdrawn.
    _drop(connection, place, [user for user in gone if known.get(user) not in NOT_SEEN])


def note_absence(connection: Connection, place: int, absences: Mapping[str, Absence | None]) -> None:
    """Why people are out; None forgets it."""
    known = _words(connection, place, absences)
    inside = {user for user, word in known.items() if word not in OUT and word not in AWAITED}
    _put(connection, place, ((user, str(why)) for user, why in absences.items() if why and user not in inside), 0)
    forgotten = [user for user, why in absences.items() if why is None and known.get(user) in OUT]
    _put(connection, place, ((user, FORGIVEN) for user in forgotten if known[user] == LEFT), 0)
    _drop(connection, place, [user for user in forgotten if known[user] in NOT_SEEN])


def forget_person(connection: Connection, user: str, mark: Mark) -> int:
    """Of rooms that they are out of, whatever the reason: what is left is a mark, for the room tells that they left."""
    query = select(room_members.c.room, room_members.c.membership).where(room_members.c.user_id == user)
    places = [place for place, word in connection.execute(query) if word in OUT]
    for place in places:
        _drop(connection, place, [user])
        _put(connection, place, [(mark(place, user), FORGIVEN)], 0)
    return len(places)


def waiting_in(connection: Connection, place: int) -> Mapping[str, datetime]:
    """Since when people of one room are awaited."""
    query = select(room_members.c.user_id, room_members.c.since).where(
        room_members.c.room == place, room_members.c.since.is_not(None)
    )
    return {user: from_ms(since) for user, since in connection.execute(query)}


def overdue_in(connection: Connection, before: int) -> Iterable[tuple[Row[Any], frozenset[str]]]:
    """Rows of rooms with those awaited since before then."""
    query = select(room_members.c.room, room_members.c.user_id).where(room_members.c.since < before)
    found: dict[int, set[str]] = {}
    for place, user in connection.execute(query):
        found.setdefault(place, set()).add(user)
    if not found:
        return []
    rows = connection.execute(select(rooms)).fetchall()
    return [(row, frozenset(found[row.id])) for row in rows if row.id in found]


def _words(connection: Connection, place: int, users: Iterable[str]) -> dict[str, str]:
    query = select(room_members.c.user_id, room_members.c.membership).where(
        room_members.c.room == place, room_members.c.user_id.in_(list(users))
    )
    return dict(connection.execute(query).fetchall())


def _put(connection: Connection, place: int, changed: Iterable[tuple[str, str]], at: int) -> None:
    rows = [
        {"room": place, "user_id": user, "membership": word, "since": at if word in AWAITED else None}
        for user, word in changed
    ]
    upsert(connection, room_members, rows)


def _drop(connection: Connection, place: int, users: Iterable[str]) -> None:
    if gone := [{"place": place, "user": user} for user in users]:
        connection.execute(_forget, gone)
