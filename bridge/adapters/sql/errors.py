"""What a driver complained about, as one clear sentence; every call to a database passes through ``understood``."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.messages import Message, say

Answer = tuple[ErrorKind, Message]

SQLITE: Final[dict[str, Answer]] = {
    "SQLITE_BUSY": (
        ErrorKind.TEMPORARY,
        say("The database is locked: another program has been writing to it for too long."),
    ),
    "SQLITE_LOCKED": (ErrorKind.TEMPORARY, say("The database is locked within this program.")),
    "SQLITE_READONLY": (ErrorKind.BROKEN, say("The database is read-only: nothing can be stored.")),
    "SQLITE_FULL": (ErrorKind.BROKEN, say("The database cannot grow: the disk is full.")),
    "SQLITE_CORRUPT": (
        ErrorKind.BROKEN,
        say("The database file is damaged: restore a backup, or let sqlite3 recover what it can."),
    ),
    "SQLITE_NOTADB": (
        ErrorKind.BROKEN,
        say("The database file is not a database: check the path in the configuration."),
    ),
    "SQLITE_CANTOPEN": (
        ErrorKind.BROKEN,
        say("The database file cannot be opened: check that its folder exists and may be written to."),
    ),
    "SQLITE_PERM": (ErrorKind.BROKEN, say("The database file may not be opened: its permissions forbid it.")),
    "SQLITE_IOERR": (ErrorKind.BROKEN, say("The database file cannot be read or written: the disk reports an error.")),
    "SQLITE_CONSTRAINT": (ErrorKind.CONFLICT, say("The database already holds this entry.")),
}

POSTGRES: Final[dict[str, Answer]] = {
    "08": (ErrorKind.TEMPORARY, say("The connection to the database broke.")),
    "23505": (ErrorKind.CONFLICT, say("The database already holds this entry.")),
    "25006": (ErrorKind.BROKEN, say("The database is read-only: nothing can be stored.")),
    "28": (ErrorKind.BROKEN, say("The database does not let us in: check user and password in its address.")),
    "3D000": (ErrorKind.BROKEN, say("The database server has no database of this name: create it first.")),
    "40": (ErrorKind.TEMPORARY, say("The database was too busy to finish: try again.")),
    "42501": (ErrorKind.BROKEN, say("The database user may not do this: grant it the right to create and use tables.")),
    "53100": (ErrorKind.BROKEN, say("The database cannot grow: the disk is full.")),
    "53": (ErrorKind.TEMPORARY, say("The database server is out of resources.")),
    "55P03": (
        ErrorKind.TEMPORARY,
        say("The database is locked: another program has been writing to it for too long."),
    ),
    "57": (ErrorKind.TEMPORARY, say("The database server is stopping or starting.")),
    "XX": (ErrorKind.BROKEN, say("The database is damaged: restore a backup.")),
}

UNREACHABLE: Final[Answer] = (
    ErrorKind.TEMPORARY,
    say("The database server cannot be reached: check its address and that it runs."),
)
UNKNOWN: Final[Answer] = (ErrorKind.BROKEN, say("The database could not do what was asked; the log says more."))


@contextmanager
def understood() -> Iterator[None]:
    """Turn the errors of every driver into ``StoreError``; the driver's own words go into its detail."""
    try:
        yield
    except StoreError:
        raise
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise store_error(error) from error
    except Exception as error:
        if not type(error).__module__.startswith("asyncpg"):
            raise
        raise store_error(error) from error


def store_error(error: BaseException) -> StoreError:
    """The sentence for a driver's error."""
    kind, message = _answer(error)
    return StoreError(message, detail=_detail(error), kind=kind)


def _answer(error: BaseException) -> Answer:
    cause = _cause(error)
    if isinstance(cause, sqlite3.Error):
        return _by_prefix(SQLITE, getattr(cause, "sqlite_errorname", None) or "")
    if state := getattr(cause, "sqlstate", None):
        return _by_prefix(POSTGRES, str(state))
    if isinstance(cause, OSError):
        return UNREACHABLE
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return POSTGRES["08"]
    if isinstance(error, IntegrityError):
        return POSTGRES["23505"]
    return UNKNOWN


def _by_prefix(answers: dict[str, Answer], code: str) -> Answer:
    found = [prefix for prefix in answers if code.startswith(prefix)]
    return answers[max(found, key=len)] if found else UNKNOWN


def _cause(error: BaseException) -> BaseException:
    """SQLAlchemy wraps its own form of the driver's error, which was raised from the driver's."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error


def _detail(error: BaseException) -> str:
    """The driver's words without the statement's parameters, which may hold anything."""
    cause = _cause(error)
    return f"{type(cause).__name__}: {cause}"
