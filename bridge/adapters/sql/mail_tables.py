"""The tables of letters by e-mail, in the manner of ``tables``; what creates them is a migration."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, text

from bridge.adapters.sql.tables import metadata

mail_letters: Final = Table(
    "mail_letters",
    metadata,
    Column("user_index", LargeBinary, primary_key=True),
    Column("week", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("sealed", LargeBinary, nullable=False),
    Index("mail_letters_due", "due_at", sqlite_where=text("due_at IS NOT NULL"),
          postgresql_where=text("due_at IS NOT NULL")),
    Index("mail_letters_week", "week", "outcome"),
)  # fmt: skip
"""What became of a letter; ``sealed`` holds who it was for. ``user_index`` is the same in both tables."""

mail_refusals: Final = Table(
    "mail_refusals",
    metadata,
    Column("user_index", LargeBinary, primary_key=True),
    Column("address_index", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""The one address of a person that a mail server refuses for good, as a keyed hash."""
