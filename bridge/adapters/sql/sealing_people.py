"""People whom earlier versions kept in the clear are sealed at the first start with this one, by ``open_store``.

They stood beside the ids of rooms (``room_members``) and of what they did (``audit``, ``runs``). What is deleted lies
in the database's files until these are written anew, so that is asked for last, and again as long as it fails.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, bindparam, delete, select, update

from bridge.adapters.sql.people import People
from bridge.adapters.sql.records import actor_values
from bridge.adapters.sql.tables import audit, meta, outbox, rooms, runs
from bridge.adapters.sql.values import sealed_actor
from bridge.adapters.sql.vault import Vault

CLEAR: Final = "people_in_clear"
"""Kept by the migration where there is anybody."""
UNSCRUBBED: Final = "people_unscrubbed"
"""Kept until the files are written anew."""
AT_ONCE: Final = 1000

_old: Final = Table(
    "room_members",
    MetaData(),
    Column("room", BigInteger, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("membership", Text),
    Column("since", BigInteger),
)


def stage(connection: Connection) -> str | None:
    """What is still to be done, if anything."""
    query = select(meta.c.name).where(meta.c.name.in_((CLEAR, UNSCRUBBED))).order_by(meta.c.name)
    found: str | None = connection.execute(query).scalar()
    return found


def seal_people(connection: Connection, vault: Vault) -> None:
    """Seal everybody, in one unit of work; another process may have been first."""
    if stage(connection) != CLEAR:
        return
    _seal_members(connection, vault)
    _seal_actors(connection, audit, audit.c.seq, lambda actor: {"actor_sealed": sealed_actor(vault, actor)})
    _seal_actors(connection, runs, runs.c.id, lambda actor: actor_values(vault, actor))
    sent = outbox.c.event_id.is_not(None)
    connection.execute(update(outbox).where(sent).values(event_type=""))
    connection.execute(update(meta).where(meta.c.name == CLEAR).values(name=UNSCRUBBED))


def scrubbed(connection: Connection) -> None:
    """The files were written anew."""
    connection.execute(delete(meta).where(meta.c.name == UNSCRUBBED))


def _seal_members(connection: Connection, vault: Vault) -> None:
    for place in connection.execute(select(rooms.c.id)).scalars().all():
        found = connection.execute(select(_old).where(_old.c.room == place)).fetchall()
        people = People(connection, vault, place)
        people.put((row.user_id, row.membership, row.since) for row in found)
        people.store()
    _old.drop(connection)


def _seal_actors(
    connection: Connection, table: Table, key: Column[Any], sealed: Callable[[str], Mapping[str, bytes | None]]
) -> None:
    """The migration left the plain bytes in the column."""
    query = select(key, table.c.actor_sealed).order_by(key).limit(AT_ONCE)
    some = connection.execute(query).fetchall()
    while some:
        rows = [{"which": which, **sealed(bytes(actor).decode())} for which, actor in some]
        connection.execute(update(table).where(key == bindparam("which")), rows)
        some = connection.execute(query.where(key > some[-1][0])).fetchall()
