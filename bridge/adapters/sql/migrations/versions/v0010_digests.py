"""Weekly digests: what readers chose, what was sent of which week, what they thought of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

CLAIMED = sa.text("until IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "digest_choices",
        sa.Column("reader_index", sa.LargeBinary, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "digest_deliveries",
        sa.Column("key_index", sa.LargeBinary, primary_key=True),
        sa.Column("reader_index", sa.LargeBinary, nullable=False, index=True),
        sa.Column("week", sa.Text, nullable=False, index=True),
        sa.Column("until", sa.BigInteger),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "digest_deliveries_claimed",
        "digest_deliveries",
        ["until"],
        sqlite_where=CLAIMED,
        postgresql_where=CLAIMED,
    )
    op.create_table(
        "digest_opinions",
        sa.Column("key_index", sa.LargeBinary, primary_key=True),
        sa.Column("reader_index", sa.LargeBinary, nullable=False, index=True),
        sa.Column("week", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
