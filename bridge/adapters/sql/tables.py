"""The tables as queries see them; what creates them are the migrations, and a test compares the two.

Times are integers, milliseconds since 1970 in UTC. A column called ``sealed`` or ending in it holds what the sealer
made, and one ending in ``index`` a blind index: nothing here tells the id or the name of a group.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)

metadata: Final = MetaData()

Number = BigInteger().with_variant(Integer, "sqlite")
"""SQLite makes a row id of an INTEGER PRIMARY KEY and of nothing else."""

WAITING: Final = 0
RETRYING: Final = 1
SET_ASIDE: Final = 2

meta: Final = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("number", BigInteger, nullable=False, server_default=text("0")),
    Column("sealed", LargeBinary),
)

transactions: Final = Table(
    "transactions",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("events", LargeBinary, nullable=False),
)
"""``last`` is the highest inbox seq ever given; ``events`` the keyed hashes of the event ids, eight bytes each."""

inbox: Final = Table(
    "inbox",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("event_id", Text, nullable=False),
    Column("room_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", BigInteger),
    Column("error", Text),
    Index("inbox_due", "state", "due_at", sqlite_where=text("state > 0"), postgresql_where=text("state > 0")),
)
"""Only what is not handled: finishing an event deletes its row. ``due_at`` of what is set aside is when it was."""

rooms: Final = Table(
    "rooms",
    metadata,
    Column("id", Number, primary_key=True),
    Column("ref_index", LargeBinary, nullable=False, unique=True),
    Column("room_id", Text, unique=True),
    Column("read", SmallInteger, nullable=False, server_default=text("0")),
    Column("sealed", LargeBinary, nullable=False),
)
"""Bindings, one shape for every visibility: what the room is for, its marker and the rest are in ``sealed``."""

room_state: Final = Table(
    "room_state",
    metadata,
    Column("room", ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
    Column("key_index", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

memberships: Final = Table(
    "memberships",
    metadata,
    Column("room", ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("since", BigInteger),
    sqlite_with_rowid=False,
)
"""Who is in a room, or out and why, in parts; ``since`` is when the first was invited, or knocked, who still waits."""

audit: Final = Table(
    "audit",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
    Column("actor_sealed", LargeBinary, nullable=False, server_default=text("''")),
    Column("kind", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("compartment_index", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("outcome", Text),
    Column("outcome_at", BigInteger),
    Column("outcome_sealed", LargeBinary),
    Index("audit_compartment", "compartment_index", "seq"),
    Index("audit_run", "run", "compartment_index", "seq"),
    Index("audit_unresolved", "seq", sqlite_where=text("outcome IS NULL"), postgresql_where=text("outcome IS NULL")),
)

audit_links: Final = Table(
    "audit_links",
    metadata,
    Column("chain", LargeBinary, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", BigInteger, nullable=False),
    Column("part", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("signature", LargeBinary),
    sqlite_with_rowid=False,
)
"""``chain`` is the compartment's index in ``audit``, ``entry`` the ``seq`` there. The last link of each writing is
signed. No foreign key: a record that was deleted must leave its links behind."""

audit_heads: Final = Table(
    "audit_heads",
    metadata,
    Column("chain", LargeBinary, primary_key=True),
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("length", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""The last signed link of each chain and day (days since 1970), so that a chain cut short is noticed."""

audit_subjects: Final = Table(
    "audit_subjects",
    metadata,
    Column("subject_mark", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Whom and what records are about, as keyed hashes of 64 bits with the compartment in them: the same person is another
mark in each, so that the table does not tell who belongs to what is hidden."""

runs: Final = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("origin", Text, unique=True),
    Column("actor_sealed", LargeBinary, nullable=False, server_default=text("''")),
    Column("actor_index", LargeBinary),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("sealed", LargeBinary, nullable=False),
    Column("summary_sealed", LargeBinary),
    Index("runs_started", "started_at"),
    Index("runs_actor", "actor_index"),
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("key_index", LargeBinary, nullable=False, unique=True),
    Column("sender", Text, nullable=False),
    Column("room_id", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("claimed_at", BigInteger, nullable=False),
    Column("tried", SmallInteger, nullable=False, server_default=text("0")),
    Column("event_id", Text),
    Column("sealed", LargeBinary),
    Index("outbox_open", "seq", sqlite_where=text("event_id IS NULL"), postgresql_where=text("event_id IS NULL")),
)

preferences: Final = Table(
    "preferences",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("key_index", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

leases: Final = Table(
    "leases",
    metadata,
    Column("name_index", LargeBinary, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)

snapshots: Final = Table(
    "snapshots",
    metadata,
    Column("name_index", LargeBinary, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

pending: Final = Table(
    "pending",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("key_index", LargeBinary, nullable=False, unique=True),
    Column("kind_index", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    Column("sealed", LargeBinary, nullable=False),
    Column("outcome_sealed", LargeBinary),
    Index("pending_open", "seq", sqlite_where=text("settled_at IS NULL"), postgresql_where=text("settled_at IS NULL")),
)
"""What waits for an answer: one shape for every kind; who asked what, where and about which group is in ``sealed``."""

pending_events: Final = Table(
    "pending_events",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("event_index", LargeBinary, nullable=False, unique=True),
    Column("item", ForeignKey("pending.seq", ondelete="CASCADE"), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""The events that show an item, event and room sealed: a room id could be a hidden group's."""
group_policies: Final = Table(
    "group_policies",
    metadata,
    Column("group_index", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""What commands decided; the group stands inside, as in ``rooms``. Their edition is in ``meta``."""

partner_policies: Final = Table(
    "partner_policies",
    metadata,
    Column("partner_index", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""What commands decided about partners. Their edition, and that of ``guests``, is in ``meta``."""

guests: Final = Table(
    "guests",
    metadata,
    Column("user_index", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

invite_codes: Final = Table(
    "invite_codes",
    metadata,
    Column("id_index", LargeBinary, primary_key=True),
    Column("secret_index", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""``secret_index`` is all that is kept of the code that people type."""

cards: Final = Table(
    "cards",
    metadata,
    Column("user_index", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""What people told about themselves. Their edition is in ``meta``; ``user_index`` is the same in the next two."""

card_entries: Final = Table(
    "card_entries",
    metadata,
    Column("id_index", LargeBinary, primary_key=True),
    Column("user_index", LargeBinary, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

card_fillings: Final = Table(
    "card_fillings",
    metadata,
    Column("user_index", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

onboarding: Final = Table(
    "onboarding",
    metadata,
    Column("key_index", LargeBinary, primary_key=True),
    Column("user_index", LargeBinary, nullable=False, index=True),
    Column("due_at", BigInteger),
    Column("sealed", LargeBinary, nullable=False),
    Index("onboarding_due", "due_at", sqlite_where=text("due_at IS NOT NULL"),
          postgresql_where=text("due_at IS NOT NULL")),
)  # fmt: skip
"""``due_at`` is when a path goes on by itself, or since when something is owed; the rest is in ``sealed``."""
