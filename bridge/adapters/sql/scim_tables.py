"""The tables of what identity providers tell by SCIM; they belong to ``tables.metadata``, where the rules stand."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, SmallInteger, Table

from bridge.adapters.sql.tables import Number, metadata

scim_resources: Final = Table(
    "scim_resources",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id_index", LargeBinary, nullable=False, unique=True),
    Column("kind", SmallInteger, nullable=False),
    Column("version", BigInteger, nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
"""Users and groups. The edition, the moment of the last change and whether the first load is over are in ``meta``."""

scim_marks: Final = Table(
    "scim_marks",
    metadata,
    Column("mark_index", LargeBinary, primary_key=True),
    Column("resource", ForeignKey("scim_resources.number", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""By what resources are asked for: names, addresses, ids elsewhere, each as a keyed hash."""

scim_members: Final = Table(
    "scim_members",
    metadata,
    Column("group_number", ForeignKey("scim_resources.number", ondelete="CASCADE"), primary_key=True),
    Column("member_number", ForeignKey("scim_resources.number", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

scim_tokens: Final = Table(
    "scim_tokens",
    metadata,
    Column("id_index", LargeBinary, primary_key=True),
    Column("secret_index", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""``secret_index`` is all that is kept of what a client sends."""
