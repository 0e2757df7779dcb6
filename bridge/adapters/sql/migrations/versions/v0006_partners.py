"""What commands decide about partners, their people, and invite codes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "partner_policies",
        sa.Column("partner_index", sa.LargeBinary, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "guests",
        sa.Column("user_index", sa.LargeBinary, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "invite_codes",
        sa.Column("id_index", sa.LargeBinary, primary_key=True),
        sa.Column("secret_index", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.execute("INSERT INTO meta (name) VALUES ('partners')")
