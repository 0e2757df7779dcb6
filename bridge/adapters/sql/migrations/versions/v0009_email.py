"""Letters by e-mail: what became of them, and which addresses are refused."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WAITING = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "mail_letters",
        sa.Column("user_index", sa.LargeBinary, primary_key=True),
        sa.Column("week", sa.Text, primary_key=True),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("mail_letters_due", "mail_letters", ["due_at"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("mail_letters_week", "mail_letters", ["week", "outcome"])
    op.create_table(
        "mail_refusals",
        sa.Column("user_index", sa.LargeBinary, primary_key=True),
        sa.Column("address_index", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
