"""What waits for somebody's answer, and the events that show it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "pending",
        sa.Column("seq", NUMBER, primary_key=True),
        sa.Column("key_index", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("kind_index", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("outcome_sealed", sa.LargeBinary),
    )
    open_alone = sa.text("settled_at IS NULL")
    op.create_index("pending_open", "pending", ["seq"], sqlite_where=open_alone, postgresql_where=open_alone)
    op.create_table(
        "pending_events",
        sa.Column("seq", NUMBER, primary_key=True),
        sa.Column("event_index", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("item", NUMBER, sa.ForeignKey("pending.seq", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
