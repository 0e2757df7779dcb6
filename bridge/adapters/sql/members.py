"""Who is in a room, who is out and why, and who is awaited: what ``memberships`` tells. For ``rooms``."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Row, select
from sqlalchemy.sql.functions import count

from bridge.adapters.sql.people import PEOPLE, People, number_of, part_of
from bridge.adapters.sql.tables import memberships, rooms
from bridge.adapters.sql.times import from_ms
from bridge.adapters.sql.vault import Vault
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


def replace_members(people: People, place: int, room: ActualRoom, at: int, mark: Mark) -> None:
    """Write the differences alone: between two readings of a large room hardly anything changes."""
    wanted = {user: str(absence) for user, absence in room.out.items()}
    wanted |= {user: str(membership) for user, membership in room.members.items()}
    present = people.everybody()
    for user, word in present.items():
        if user not in room.members and (word in NOT_SEEN or (word == FORGIVEN and wanted.get(user) == LEFT)):
            wanted[user] = word
    for user in [one for one, word in wanted.items() if word == LEFT and one not in present]:
        if (forgotten := mark(place, user)) in present:
            del wanted[user]
            wanted[forgotten] = FORGIVEN
    people.drop(present.keys() - wanted.keys())
    _put(people, ((user, word) for user, word in wanted.items() if present.get(user) != word), at)
    people.store()


def note_members(people: People, members: Mapping[str, tuple[Membership, bool]], at: int) -> None:
    """Memberships as events or our own calls tell them."""
    gone = [user for user, (membership, self) in members.items() if membership is Membership.LEAVE and not self]
    kept = {user: str(membership) for user, (membership, _) in members.items() if user not in gone}
    known = people.words(members)
    changed = ((user, word) for user, word in kept.items() if word != known.get(user))
    _put(people, ((user, word) for user, word in changed if (word, known.get(user)) != (LEFT, FORGIVEN)), at)
    # Withdrawing an invitation is an event too, and must not hide why it was withdrawn.
    people.drop([user for user in gone if known.get(user) not in NOT_SEEN])
    people.store()


def note_absence(people: People, absences: Mapping[str, Absence | None]) -> None:
    """Why people are out; None forgets it."""
    known = people.words(absences)
    inside = {user for user, word in known.items() if word not in OUT and word not in AWAITED}
    _put(people, ((user, str(why)) for user, why in absences.items() if why and user not in inside), 0)
    forgotten = [user for user, why in absences.items() if why is None and known.get(user) in OUT]
    _put(people, ((user, FORGIVEN) for user in forgotten if known[user] == LEFT), 0)
    people.drop([user for user in forgotten if known[user] in NOT_SEEN])
    people.store()


def forget_person(connection: Connection, vault: Vault, user: str, mark: Mark) -> int:
    """Of rooms that they are out of, whatever the reason: what is left is a mark, for the room tells that they left."""
    numbers = select(memberships.c.room, count()).group_by(memberships.c.room)
    parts: dict[int, int] = dict(connection.execute(numbers).fetchall())
    query = select(memberships.c.room, memberships.c.part, memberships.c.sealed)
    theirs = (
        (place, part_of(vault.unseal(sealed, PEOPLE)))
        for place, number, sealed in connection.execute(query)
        if number == number_of(user, parts[place])
    )
    places = [place for place, part in theirs if part.words.get(user) in OUT]
    for place in places:
        people = People(connection, vault, place)
        people.drop([user])
        _put(people, [(mark(place, user), FORGIVEN)], 0)
        people.store()
    return len(places)


def waiting_in(connection: Connection, vault: Vault, place: int) -> Mapping[str, datetime]:
    """Since when people of one room are awaited."""
    query = select(memberships.c.sealed).where(memberships.c.room == place, memberships.c.since.is_not(None))
    parts = [part_of(vault.unseal(sealed, PEOPLE)) for sealed in connection.execute(query).scalars()]
    return {user: from_ms(since) for part in parts for user, since in part.since.items()}


def overdue_in(connection: Connection, vault: Vault, before: int) -> Iterable[tuple[Row[Any], frozenset[str]]]:
    """Rows of rooms with those awaited since before then."""
    query = select(memberships.c.room, memberships.c.sealed).where(memberships.c.since < before)
    found: dict[int, set[str]] = {}
    for place, sealed in connection.execute(query):
        since = part_of(vault.unseal(sealed, PEOPLE)).since
        found.setdefault(place, set()).update(user for user, begun in since.items() if begun < before)
    if not found:
        return []
    known = connection.execute(select(rooms)).fetchall()
    return [(row, frozenset(found[row.id])) for row in known if row.id in found]


def _put(people: People, changed: Iterable[tuple[str, str]], at: int) -> None:
    people.put((user, word, at if word in AWAITED else None) for user, word in changed)
