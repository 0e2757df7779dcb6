"""Reading what happened: rows of ``activity`` become values. For ``activity``, on the thread of the connection."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from bridge.adapters.sql.activity_names import Names, Place, slices
from bridge.adapters.sql.activity_tables import activity, activity_reactions, activity_weeks
from bridge.adapters.sql.activity_values import (
    CODE,
    KIND_OF,
    KINDS,
    QUESTION,
    Ids,
    form_of,
    length_of,
    numbers,
    unpacked,
)
from bridge.adapters.sql.times import from_ms, to_ms
from bridge.domain.activity import MONDAY, Happening, Kind, Post, Reacted, WeekSum
from bridge.ports.activity import Kept

root: Final = activity.alias("root")
before: Final = activity.alias("before")
MINUTE: Final = timedelta(minutes=1) // timedelta(milliseconds=1)
FIRST_MINUTE: Final = to_ms(MONDAY) // MINUTE

_happenings: Final = (
    select(
        activity,
        root.c.event.label("begun_by"),
        before.c.event.label("before_event"),
        before.c.sender.label("before_sender"),
    )
    .select_from(activity)
    .outerjoin(root, root.c.seq == activity.c.thread)
    .outerjoin(before, before.c.seq == activity.c.reply_to)
    .where(activity.c.sender.is_not(None))
    .order_by(activity.c.at, activity.c.seq)
)
_posts: Final = (
    select(
        activity.c.at, activity.c.room, activity.c.event, activity.c.sender, activity.c.length, activity.c.flags,
        activity.c.calls, root.c.event, before.c.sender,
    )
    .select_from(activity)
    .outerjoin(root, root.c.seq == activity.c.thread)
    .outerjoin(before, before.c.seq == activity.c.reply_to)
    .where(activity.c.sender.is_not(None), activity.c.kind != KINDS[Kind.NOTICE])
    .order_by(activity.c.at, activity.c.seq)
)  # fmt: skip


def happenings(connection: Connection, names: Names, where: Iterable[Any]) -> list[Happening]:
    """Those for which all of ``where`` is true, in order of time."""
    rows = connection.execute(_happenings.where(*where)).fetchall()
    called = [tuple(numbers(row.calls)) for row in rows]
    people = {number for row in rows for number in (row.sender, row.before_sender) if number is not None}
    users = names.users(connection, people.union(*called))
    places = names.places(connection, {row.room for row in rows})
    ids = Ids()
    return [_happening(row, places[row.room], users, calls, ids) for row, calls in zip(rows, called, strict=True)]


def _happening(row: Any, place: Place, users: Mapping[int, str], calls: Iterable[int], ids: Ids) -> Happening:
    event, form = ids[row.event], form_of(row.length, row.flags)
    if called := tuple(users[number] for number in calls if number in users):
        form = replace(form, calls=called)
    return Happening(
        event=event,
        room=place.room,
        group=place.group,
        sender=users[row.sender],
        at=from_ms(row.at),
        kind=KIND_OF[row.kind],
        thread=event if row.begun_by is None else ids[row.begun_by],
        reply_to="" if row.before_event is None else ids[row.before_event],
        answered=users.get(row.before_sender, ""),
        edited=row.edited_at is not None,
        form=form,
    )


def by_marks(connection: Connection, names: Names, events: Collection[str]) -> dict[str, Happening]:
    """Those of these events that are known."""
    found = [one for some in slices(list(names.marks(events)))
             for one in happenings(connection, names, (activity.c.mark.in_(some),))]  # fmt: skip
    return {one.event: one for one in found}


def threads(connection: Connection, names: Names, roots: Collection[str]) -> dict[str, list[Happening]]:
    """All of these threads; by root."""
    found: dict[str, list[Happening]] = {event: [] for event in roots}
    for some in slices(list(names.marks(roots))):
        seqs = list(connection.execute(select(activity.c.seq).where(activity.c.mark.in_(some))).scalars())
        for one in happenings(connection, names, (activity.c.seq.in_(seqs) | activity.c.thread.in_(seqs),)):
            if one.thread in found:
                found[one.thread].append(one)
    return {event: those for event, those in found.items() if those}


def posts(connection: Connection, names: Names, start: int, end: int) -> list[Post]:
    """For ranking, in order of time. Millions of rows come by here: what can be made once is made once."""
    with connection.execute(_posts.where(activity.c.at >= start, activity.c.at < end)) as result:
        # As the driver gives them: to wrap each costs as much as to find it.
        rows: Sequence[Any] = result.cursor.fetchall() if result.cursor else ()
    called = (number for _, _, _, _, _, _, calls, _, _ in rows if calls for number in numbers(calls))
    people = {row[3] for row in rows}.union((row[8] for row in rows if row[8] is not None), called)
    users, places = names.users(connection, people), names.places(connection)
    groups, ids = {number: place.group for number, place in places.items()}, Ids()
    return [
        Post(
            at // MINUTE - FIRST_MINUTE,
            groups[room],
            ids[begun_by or event],
            users[sender],
            (users[answered],) if answered in users else (),
            tuple(users[number] for number in numbers(calls) if number in users) if calls else (),
            length_of(length),
            bool(flags & QUESTION),
            bool(flags & CODE),
        )
        for at, room, event, sender, length, flags, calls, begun_by, answered in rows
    ]


def reactions(connection: Connection, names: Names, query: Select[Any]) -> list[Reacted]:
    """Those that the query finds."""
    rows = connection.execute(query.order_by(activity_reactions.c.at, activity_reactions.c.mark)).fetchall()
    users = names.users(connection, {row.sender for row in rows})
    places = names.places(connection, {row.room for row in rows})
    return [
        Reacted(
            event=unpacked(row.event),
            room=places[row.room].room,
            group=places[row.room].group,
            sender=users[row.sender],
            at=from_ms(row.at),
            to=unpacked(row.target),
            key=row.key,
        )
        for row in rows
    ]


def rooms_of(connection: Connection, names: Names, groups: Collection[str]) -> list[int]:
    """Numbers of all rooms that serve or served one of these groups."""
    wanted = frozenset(groups)
    return [number for number, place in names.places(connection).items() if place.group in wanted]


def sums(connection: Connection, names: Names, first: int, last: int) -> Sequence[WeekSum]:
    """By week, group and kind."""
    columns = activity_weeks.c
    query = select(columns.week, columns.room, columns.kind, columns["count"]).where(columns.week.between(first, last))
    rows = connection.execute(query).fetchall()
    places = names.places(connection, {room for _, room, _, _ in rows})
    counted: Counter[tuple[int, str, Kind]] = Counter()
    for week, room, kind, count in rows:
        counted[week, places[room].group, KIND_OF[kind]] += count
    return [
        WeekSum(week=week, group=group, kind=kind, count=count)
        for (week, group, kind), count in sorted(counted.items())
    ]


def kept(connection: Connection, names: Names, user: str) -> list[Kept]:
    """What there is of one person, by group. Mentions are looked for row by row: it is asked rarely."""
    number = names.people(connection, (user,)).get(user)
    if number is None:
        return []
    said, reacted = activity.c, activity_reactions.c
    queries = {
        "messages": select(said.at, said.room, said.calls).where(said.sender == number),
        "reactions": select(reacted.at, reacted.room, reacted.key).where(reacted.sender == number),
        "mentions": select(said.at, said.room, said.calls).where(said.calls.is_not(None), said.sender.is_not(None)),
    }
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for word, query in queries.items():
        for at, room, calls in connection.execute(query).fetchall():
            if word != "mentions" or number in numbers(calls):
                found[names.places(connection, (room,))[room].group][word].append(at)
    return [_kept(group, those) for group, those in sorted(found.items())]


def _kept(group: str, times: Mapping[str, list[int]]) -> Kept:
    every = [at for those in times.values() for at in those]
    counts = {word: len(those) for word, those in times.items()}
    return Kept(group=group, first=from_ms(min(every)), last=from_ms(max(every)), **counts)
