"""Who is where on which path of onboarding."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "onboarding",
        sa.Column("key_index", sa.LargeBinary, primary_key=True),
        sa.Column("user_index", sa.LargeBinary, nullable=False, index=True),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "onboarding_due",
        "onboarding",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
