"""Bringing a database to the newest schema, with Alembic; called at every start and by ``parvis db upgrade``.

Alembic is imported when there is something to do: it would be a twentieth of the start of every command.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, column, inspect, select, table

from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.messages import say

MIGRATIONS: Final = Path(__file__).with_name("migrations")
VERSION: Final = table("alembic_version", column("version_num"))
"""Alembic's table of one row."""


def current(connection: Connection) -> str | None:
    """The schema's revision; None for an empty database."""
    if not inspect(connection).has_table(VERSION.name):
        return None
    revision: str | None = connection.execute(select(VERSION.c.version_num)).scalar()
    return revision


def known() -> list[str]:
    """All revisions, the oldest first: ``v0013_identities.py`` holds revision 0013."""
    return sorted(path.name[1:5] for path in (MIGRATIONS / "versions").glob("v*.py"))


def newest() -> str:
    """The revision that this program works with."""
    return known()[-1]


def require(found: str) -> None:
    """Raise ``StoreError`` unless the schema is the one that this program works with."""
    if found not in known():
        raise _newer(found)
    if found != newest():
        raise earlier(found)


def earlier(found: str) -> StoreError:
    """That the database has not followed this program yet."""
    return StoreError(
        say(
            "The database is still that of an earlier version of parvis (schema {found}, this one works with {known}): "
            "the bridge brings it up to date when it starts with this version.",
            found=found,
            known=newest(),
        ),
        kind=ErrorKind.USAGE,
    )


def migrate(connection: Connection) -> None:
    """Run what is missing, inside the caller's transaction, which holds the lock against others that start now.

    Raises ``StoreError`` when the schema is one that this program does not know.
    """
    found = current(connection)
    if found == newest():
        return
    if found is not None and found not in known():
        raise _newer(found)
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(config, "head")


def _newer(found: str) -> StoreError:
    return StoreError(
        say(
            "The database was last used by a newer version of parvis (schema {found}, this one knows {known}): "
            "update parvis, or restore the backup made before the update.",
            found=found,
            known=newest(),
        ),
        kind=ErrorKind.USAGE,
    )
