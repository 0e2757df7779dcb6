"""Users and groups of identity providers, told by SCIM, and the tokens of these."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _resource(name: str, *, indexed: bool = False) -> sa.Column[int]:
    there = sa.ForeignKey("scim_resources.number", ondelete="CASCADE")
    return sa.Column(name, NUMBER, there, primary_key=True, index=indexed)


def upgrade() -> None:
    op.create_table(
        "scim_resources",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("id_index", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False, index=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "scim_marks",
        sa.Column("mark_index", sa.LargeBinary, primary_key=True),
        _resource("resource", indexed=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "scim_members",
        _resource("group_number"),
        _resource("member_number", indexed=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "scim_tokens",
        sa.Column("id_index", sa.LargeBinary, primary_key=True),
        sa.Column("secret_index", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.execute("INSERT INTO meta (name) VALUES ('scim'), ('scim_changed'), ('scim_loaded')")
