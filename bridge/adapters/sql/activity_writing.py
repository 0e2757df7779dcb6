"""Storing what happened, once: rows of ``activity`` with the rows that they name. Called by ``activity``, on the thread
of the connection."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from bridge.adapters.sql.activity_names import Names, Place, slices
from bridge.adapters.sql.activity_tables import activity, activity_reactions
from bridge.adapters.sql.activity_values import GONE, KINDS, NAMED, classed, flags_of, in_column, packed
from bridge.adapters.sql.times import to_ms
from bridge.adapters.sql.upserts import insert_for
from bridge.domain.activity import PLAIN, Edit, Form, Happening, Reacted

Row = dict[str, Any]

_fill: Final = update(activity).where(activity.c.seq == bindparam("row"))
_lead: Final = update(activity).where(activity.c.thread == bindparam("row")).values(thread=bindparam("root"))


class Batch:
    """What one call stores. Events are taken in order of time, so that a thread's root mostly comes before it."""

    def __init__(self, connection: Connection, names: Names) -> None:
        self._connection = connection
        self._names = names
        self._marks: dict[str, int] = {}
        self._rows: dict[int, Row] = {}
        """Those that it is about, by mark: as they are, and as they will be."""
        self._changed: dict[int, Row] = {}
        self._begun: set[int] = set()
        """Rows that were there before, of which only the id was known."""
        self._followers: dict[int, list[Row]] = defaultdict(list)
        """Rows of this batch, by that of the event with which their thread began."""
        self._moved: dict[int, int] = {}
        """Rows that belong to another one's thread since this batch: rows that were read before may not know it."""
        self._last = connection.execute(select(func.max(activity.c.seq))).scalar() or 0

    def add(self, happenings: Sequence[Happening]) -> int:
        """How many are new."""
        self.load(event for one in happenings for event in (one.event, one.thread, one.reply_to) if event)
        fresh = [one for one in happenings if not self._known(one.event)]
        people = {user for one in fresh for user in (one.sender, *one.form.calls)}
        users = self._names.people(self._connection, people, add=True)
        rooms = self._names.rooms(self._connection, (Place(one.room, one.group) for one in fresh))
        count = 0
        for one in sorted(fresh, key=lambda one: one.at):
            if self._known(one.event):
                continue  # twice in one call
            row = self._named(one.event, to_ms(one.at))
            row.update(columns_of(one.form, users), room=rooms[one.room], sender=users[one.sender])
            row.update(at=to_ms(one.at), kind=KINDS[one.kind], edited_at=to_ms(one.at) if one.edited else None)
            row["reply_to"] = self._named(one.reply_to, row["at"])["seq"] if one.reply_to else None
            self._lead(row, one)
            count += 1
        return count

    def take_back(self, events: Iterable[str], at: int) -> None:
        """Nothing is known of them but their ids."""
        events = list(events)
        self.load(events)
        for event in events:
            row = self._named(event, at)
            row.update(_PLAIN, kind=GONE, room=None, sender=None, reply_to=None, edited_at=None)

    def gone(self, event: str) -> bool:
        """Whether it was taken back, as far as it was loaded."""
        return self._rows.get(self._marks[event], {}).get("kind") == GONE

    def load(self, events: Iterable[str]) -> None:
        """Read the rows of these events."""
        new = [event for event in dict.fromkeys(events) if event not in self._marks]
        self._marks.update(zip(new, self._names.marks(new), strict=True))
        marks = [mark for event in new if (mark := self._marks[event]) not in self._rows]
        for some in slices(marks):
            for row in self._connection.execute(select(activity).where(activity.c.mark.in_(some))).mappings():
                self._rows[row["mark"]] = dict(row)
                if row["kind"] == NAMED:
                    self._begun.add(row["seq"])

    def write(self) -> None:
        """What changed, in two statements; then whatever belongs to another thread than was thought."""
        old = [row for row in self._changed.values() if not row["new"]]
        new = [row for row in self._changed.values() if row["new"]]
        if new:
            self._connection.execute(insert(activity), [_stored(row) for row in new])
        if old:
            self._connection.execute(_fill, [{**_stored(row), "row": row["seq"]} for row in old])
        moved = [{"row": seq, "root": row["thread"]} for seq, row in self._changed.items()
                 if seq in self._begun and row["thread"] is not None]  # fmt: skip
        if moved:
            self._connection.execute(_lead, moved)

    def _lead(self, row: Row, one: Happening) -> None:
        """Its thread, by the row with which that began; those that were thought to have begun with it come along."""
        if one.thread == one.event:
            return
        before = self._named(one.thread, row["at"])
        root = before["thread"] or before["seq"]
        while root in self._moved:
            root = self._moved[root]
        if root == row["seq"]:
            return  # two events that name each other: homeservers of old could
        self._moved[row["seq"]] = root
        for follower in (row, *self._followers.pop(row["seq"], ())):
            follower["thread"] = root
            self._followers[root].append(follower)

    def _named(self, event: str, at: int) -> Row:
        """The row of an event, made if there is none; it is written at the end."""
        mark = self._marks[event]
        row = self._rows.get(mark)
        if row is None:
            self._last += 1
            row = {"seq": self._last, "mark": mark, "event": packed(event), "at": at, "room": None, "sender": None,
                   "kind": NAMED, "thread": None, "reply_to": None, "edited_at": None, "new": True,
                   **_PLAIN}  # fmt: skip
            self._rows[mark] = row
        row.setdefault("new", False)
        self._changed[row["seq"]] = row
        return row

    def _known(self, event: str) -> bool:
        row = self._rows.get(self._marks[event])
        return row is not None and row["kind"] != NAMED


def add_reactions(connection: Connection, names: Names, batch: Batch, reactions: Sequence[Reacted]) -> int:
    """Those that are new and were not taken back: how many."""
    batch.load(one.event for one in reactions)
    kept = [one for one in reactions if not batch.gone(one.event)]
    if not kept:
        return 0
    users = names.people(connection, (one.sender for one in kept), add=True)
    rooms = names.rooms(connection, (Place(one.room, one.group) for one in kept))
    rows = [
        {
            "mark": names.marks((one.event,))[0],
            "event": packed(one.event),
            "at": to_ms(one.at),
            "room": rooms[one.room],
            "sender": users[one.sender],
            "target": packed(one.to),
            "key": one.key,
        }
        for one in kept
    ]
    known = _known_reactions(connection, [row["mark"] for row in rows])
    new = {row["mark"]: row for row in rows if row["mark"] not in known}
    if new:
        connection.execute(insert_for(connection, activity_reactions).on_conflict_do_nothing(), list(new.values()))
    return len(new)


def drop_reactions(connection: Connection, marks: Collection[int]) -> int:
    """How many there were."""
    dropped = 0
    for some in slices(list(marks)):
        dropped += connection.execute(delete(activity_reactions).where(activity_reactions.c.mark.in_(some))).rowcount
    return dropped


def revise(connection: Connection, names: Names, edits: Sequence[Edit]) -> None:
    """The last edit of each by whoever wrote it."""
    users = names.people(connection, {user for one in edits for user in (one.sender, *one.form.calls)}, add=True)
    for one in edits:
        at = to_ms(one.at)
        theirs = (activity.c.mark == names.marks((one.event,))[0], activity.c.sender == users[one.sender])
        earlier = func.coalesce(activity.c.edited_at, 0) <= at
        change = update(activity).where(*theirs, earlier)
        connection.execute(change.values(edited_at=at, **columns_of(one.form, users)))


def columns_of(form: Form, users: dict[str, int]) -> Row:
    """How something was said, as columns."""
    return {
        "length": classed(form.length),
        "flags": flags_of(form),
        "calls": in_column(users[user] for user in form.calls),
    }


_PLAIN: Final = columns_of(PLAIN, {})


def _stored(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "new"}


def _known_reactions(connection: Connection, marks: list[int]) -> set[int]:
    found: set[int] = set()
    for some in slices(marks):
        query = select(activity_reactions.c.mark).where(activity_reactions.c.mark.in_(some))
        found.update(connection.execute(query).scalars())
    return found
