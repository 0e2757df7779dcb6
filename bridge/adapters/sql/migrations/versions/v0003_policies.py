"""What commands decide about groups, and since when people wait for an answer."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("room_members", sa.Column("since", sa.BigInteger))
    op.create_table(
        "group_policies",
        sa.Column("group_index", sa.LargeBinary, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.execute("INSERT INTO meta (name) VALUES ('policies')")
