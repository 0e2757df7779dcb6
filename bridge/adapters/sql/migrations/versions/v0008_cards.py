"""Profile cards, the history of commercial relationships, and conversations that fill cards."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("user_index", sa.LargeBinary, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "card_entries",
        sa.Column("id_index", sa.LargeBinary, primary_key=True),
        sa.Column("user_index", sa.LargeBinary, nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "card_fillings",
        sa.Column("user_index", sa.LargeBinary, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.execute("INSERT INTO meta (name) VALUES ('cards')")
