"""What leaves ``activity``: people who are forgotten, and what is too old. Called by ``activity``, on the thread of the
connection."""

from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from bridge.adapters.sql.activity_names import Names, slices
from bridge.adapters.sql.activity_tables import activity, activity_reactions, activity_weeks
from bridge.adapters.sql.activity_values import NAMED
from bridge.adapters.sql.activity_writing import columns_of
from bridge.adapters.sql.times import to_ms
from bridge.adapters.sql.upserts import insert_for
from bridge.domain.activity import MONDAY, PLAIN

WEEK: Final = timedelta(weeks=1) // timedelta(milliseconds=1)
FIRST: Final = to_ms(MONDAY)


def forget(connection: Connection, names: Names, user: str) -> int:
    """Their messages go, but for the ids of those that others answer; their number is nobody's, where it is mentioned
    too. How many messages and reactions these were."""
    number = names.people(connection, (user,)).get(user)
    if number is None:
        return 0
    seqs = list(connection.execute(select(activity.c.seq).where(activity.c.sender == number)).scalars())
    _leave(connection, seqs)
    reacted = connection.execute(delete(activity_reactions).where(activity_reactions.c.sender == number)).rowcount
    names.forget(connection, number)
    return len(seqs) + reacted


def drop(connection: Connection, before: int, limit: int) -> int:
    """The oldest ``limit`` rows from before then, counted by week, room and kind if they were messages. What later ones
    name is looked at again when more time has passed."""
    query = select(activity.c.seq, activity.c.at, activity.c.room, activity.c.kind, activity.c.sender)
    rows = connection.execute(query.where(activity.c.at < before).order_by(activity.c.at).limit(limit)).fetchall()
    counted = Counter(((row.at - FIRST) // WEEK, row.room, row.kind) for row in rows if row.sender is not None)
    _count(connection, counted)
    _leave(connection, [row.seq for row in rows], at=before)
    connection.execute(delete(activity_reactions).where(activity_reactions.c.at < before))
    return len(rows)


def _count(connection: Connection, counted: Counter[tuple[int, int, int]]) -> None:
    if not counted:
        return
    rows: list[dict[str, Any]] = [
        {"week": week, "room": room, "kind": kind, "count": count} for (week, room, kind), count in counted.items()
    ]
    statement = insert_for(connection, activity_weeks)
    more = activity_weeks.c.count + statement.excluded["count"]
    keys = [column.name for column in activity_weeks.primary_key]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"count": more}), rows)


def _leave(connection: Connection, seqs: Collection[int], **values: Any) -> None:
    """Of rows that others name, the ids of their events stay, with these ``values``; of the rest nothing."""
    nothing = {"kind": NAMED, "room": None, "sender": None, "edited_at": None, **columns_of(PLAIN, {}), **values}
    for some in slices(list(seqs)):
        connection.execute(update(activity).where(activity.c.seq.in_(some)).values(reply_to=None, **nothing))
    for some in slices(list(seqs)):
        named = {
            seq
            for column in (activity.c.thread, activity.c.reply_to)
            for seq in connection.execute(select(column).where(column.in_(some))).scalars()
        }
        connection.execute(delete(activity).where(activity.c.seq.in_([seq for seq in some if seq not in named])))
