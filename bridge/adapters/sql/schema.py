"""Bringing a database to the newest schema, with Alembic; called at every start and by ``parvis db upgrade``."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.messages import say

MIGRATIONS: Final = Path(__file__).with_name("migrations")


def current(connection: Connection) -> str | None:
    """The schema's revision; None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision that this program works with."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert head is not None
    return head


def migrate(connection: Connection) -> None:
    """Run what is missing, inside the caller's transaction, which holds the lock against others that start now.

    Raises ``StoreError`` when the schema is one that this program does not know.
    """
    found = current(connection)
    if found == newest():
        return
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            say(
                "The database was last used by a newer version of parvis (schema {found}, this one knows {known}): "
                "update parvis, or restore the backup made before the update.",
                found=found,
                known=newest(),
            ),
            kind=ErrorKind.USAGE,
        )
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(config, "head")
