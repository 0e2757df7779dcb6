"""The tables of what happened in rooms, as in ``tables``; read and written by the ``activity`` modules beside it."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text, text

from bridge.adapters.sql.tables import Number, metadata

activity: Final = Table(
    "activity",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("mark", BigInteger, nullable=False, unique=True),
    Column("event", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("room", Integer),
    Column("sender", Integer),
    Column("kind", SmallInteger, nullable=False),
    Column("thread", BigInteger),
    Column("reply_to", BigInteger),
    Column("length", SmallInteger, nullable=False),
    Column("flags", SmallInteger, nullable=False),
    Column("calls", LargeBinary),
    Column("edited_at", BigInteger),
    Index("activity_at", "at"),
    Index("activity_thread", "thread", sqlite_where=text("thread IS NOT NULL"),
          postgresql_where=text("thread IS NOT NULL")),
    Index("activity_reply_to", "reply_to", sqlite_where=text("reply_to IS NOT NULL"),
          postgresql_where=text("reply_to IS NOT NULL")),
)  # fmt: skip
"""Messages without a word of them. ``thread`` and ``reply_to`` are other rows, ``room`` and ``sender`` numbers of the
next two tables, ``calls`` packed numbers of people. Rows without a sender are events of which only the id is known, as
another one names them, or of which nothing may be known any more."""

activity_rooms: Final = Table(
    "activity_rooms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("room_index", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("past_sealed", LargeBinary),
)
"""Room and group in ``sealed``; how far the room's past was read in ``past_sealed``."""

activity_people: Final = Table(
    "activity_people",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("user_index", LargeBinary, unique=True),
    Column("sealed", LargeBinary),
)
"""Who is forgotten leaves their number, which is given to nobody else."""

activity_reactions: Final = Table(
    "activity_reactions",
    metadata,
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("event", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("room", Integer, nullable=False),
    Column("sender", Integer, nullable=False),
    Column("target", LargeBinary, nullable=False),
    Column("key", Text, nullable=False),
)

activity_weeks: Final = Table(
    "activity_weeks",
    metadata,
    Column("week", Integer, primary_key=True, autoincrement=False),
    Column("room", Integer, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""What stays of messages that are too old to be kept one by one."""
