"""The first tables: inbox, rooms, audit, runs, outbox, preferences, leases, snapshots."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    inbound()
    projection()
    records()
    conversations()
    machinery()


def inbound() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("sealed", sa.LargeBinary),
    )
    op.execute("INSERT INTO meta (name) VALUES ('handled')")
    op.create_table(
        "transactions",
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("events", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "inbox",
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("room_id", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("error", sa.Text),
    )
    partial_index("inbox_due", "inbox", ["state", "due_at"], where="state > 0")


def projection() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("ref_index", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("room_id", sa.Text, unique=True),
        sa.Column("read", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "room_state",
        sa.Column("room", NUMBER, sa.ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key_index", sa.LargeBinary, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "room_members",
        sa.Column("room", NUMBER, sa.ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("membership", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def records() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", NUMBER, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("compartment_index", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("outcome_at", sa.BigInteger),
        sa.Column("outcome_sealed", sa.LargeBinary),
    )
    op.create_index("audit_compartment", "audit", ["compartment_index", "seq"])
    partial_index("audit_unresolved", "audit", ["seq"], where="outcome IS NULL")
    op.create_table(
        "runs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("origin", sa.Text, unique=True),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("summary_sealed", sa.LargeBinary),
    )


def conversations() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", NUMBER, primary_key=True),
        sa.Column("key_index", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("room_id", sa.Text, nullable=False),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("claimed_at", sa.BigInteger, nullable=False),
        sa.Column("tried", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("event_id", sa.Text),
        sa.Column("sealed", sa.LargeBinary),
    )
    partial_index("outbox_open", "outbox", ["seq"], where="event_id IS NULL")
    op.create_table(
        "preferences",
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("key_index", sa.LargeBinary, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def machinery() -> None:
    op.create_table(
        "leases",
        sa.Column("name_index", sa.LargeBinary, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "snapshots",
        sa.Column("name_index", sa.LargeBinary, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def partial_index(name: str, table: str, columns: list[str], *, where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
