"""The tables of weekly digests, beside those of ``tables``: ``reader_index`` is the same in all three."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, text

from bridge.adapters.sql.tables import metadata

digest_choices: Final = Table(
    "digest_choices",
    metadata,
    Column("reader_index", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

digest_deliveries: Final = Table(
    "digest_deliveries",
    metadata,
    Column("key_index", LargeBinary, primary_key=True),
    Column("reader_index", LargeBinary, nullable=False, index=True),
    Column("week", Text, nullable=False, index=True),
    Column("until", BigInteger),
    Column("sealed", LargeBinary, nullable=False),
    Index("digest_deliveries_claimed", "until", sqlite_where=text("until IS NOT NULL"),
          postgresql_where=text("until IS NOT NULL")),
)  # fmt: skip
"""``until`` is when a claim runs out, and empty for what is concluded."""

digest_opinions: Final = Table(
    "digest_opinions",
    metadata,
    Column("key_index", LargeBinary, primary_key=True),
    Column("reader_index", LargeBinary, nullable=False, index=True),
    Column("week", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
