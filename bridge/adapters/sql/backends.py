"""Which of the two databases an address means. For ``store``."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bridge.adapters.sql.backend import Backend
from bridge.adapters.sql.sqlite import SqliteBackend
from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.messages import say


def backend_at(url: str, busy_seconds: float) -> Backend:
    """The database at ``url``; a writer waits ``busy_seconds`` for others. Nothing is opened yet. Raises
    ``StoreError``."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _unknown_address() from error
    if parsed.drivername == "sqlite" and parsed.database and not parsed.host:
        return SqliteBackend(Path(parsed.database), busy_seconds=busy_seconds)
    if parsed.drivername in ("postgresql", "postgres") and parsed.database:
        # With what it needs of SQLAlchemy, which nobody else does.
        from bridge.adapters.sql.postgres import PostgresBackend

        return PostgresBackend(parsed, busy_seconds=busy_seconds)
    raise _unknown_address()


def _unknown_address() -> StoreError:
    # The address itself is not shown: it may hold a password.
    sentence = say("The database address is neither sqlite:///file.db nor postgresql://user@host/name.")
    return StoreError(sentence, kind=ErrorKind.USAGE)
