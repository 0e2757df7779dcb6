"""A look into the bridge's SQLite file past the bridge: what was acknowledged, and what still waits."""

import sqlite3
from array import array
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.adapters.sql.remembering import HASH, marker
from bridge.adapters.sql.store import MARKS


def inbox_counts(database: Path) -> dict[str, int]:
    """Rows of the inbox: ``waiting``, ``retrying``, ``aside``; and ``open`` claims of messages."""
    with _opened(database) as connection:
        rows = dict(connection.execute("SELECT state, count(*) FROM inbox GROUP BY state").fetchall())
        [unsent] = connection.execute("SELECT count(*) FROM outbox WHERE event_id IS NULL").fetchone()
    return {"waiting": rows.get(0, 0), "retrying": rows.get(1, 0), "aside": rows.get(2, 0), "open": unsent}


def is_idle(database: Path) -> bool:
    """Whether everything that the homeserver brought so far is handled, and all is sent that is to be sent."""
    return not any(inbox_counts(database).values())


def acknowledged(database: Path, data_key: Path, event_ids: Iterable[str]) -> set[str]:
    """Those of these events that were ever stored: the homeserver got a 200 for them."""
    marks_of = marker(DataKeySealer(key_from_text(data_key.read_text())).index("", MARKS))
    stored: set[int] = set()
    with _opened(database) as connection:
        for (events,) in connection.execute("SELECT events FROM transactions"):
            marks = array(HASH)
            marks.frombytes(events)
            stored.update(marks)
    ids = list(event_ids)
    return {event_id for event_id, mark in zip(ids, marks_of(ids), strict=True) if mark in stored}


def _opened(database: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20))


def let_leases_run_out(database: Path) -> None:
    """What would happen by itself some seconds after a crash, if there was time enough to make tables at all."""
    with closing(sqlite3.connect(database, timeout=20)) as connection, connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'leases'").fetchone():
            connection.execute("DELETE FROM leases")
