"""What happened in the rooms of groups, without a word of it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("mark", sa.BigInteger, nullable=False, unique=True),
        sa.Column("event", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("room", sa.Integer),
        sa.Column("sender", sa.Integer),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("thread", sa.BigInteger),
        sa.Column("reply_to", sa.BigInteger),
        sa.Column("length", sa.SmallInteger, nullable=False),
        sa.Column("flags", sa.SmallInteger, nullable=False),
        sa.Column("calls", sa.LargeBinary),
        sa.Column("edited_at", sa.BigInteger),
    )
    op.create_index("activity_at", "activity", ["at"])
    for column in ("thread", "reply_to"):
        known = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"activity_{column}", "activity", [column], sqlite_where=known, postgresql_where=known)
    op.create_table(
        "activity_rooms",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("room_index", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("past_sealed", sa.LargeBinary),
    )
    op.create_table(
        "activity_people",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("user_index", sa.LargeBinary, unique=True),
        sa.Column("sealed", sa.LargeBinary),
    )
    op.create_table(
        "activity_reactions",
        sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("event", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False, index=True),
        sa.Column("room", sa.Integer, nullable=False),
        sa.Column("sender", sa.Integer, nullable=False),
        sa.Column("target", sa.LargeBinary, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
    )
    op.create_table(
        "activity_weeks",
        sa.Column("week", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("room", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
