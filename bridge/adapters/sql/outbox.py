"""Claims of messages that are to be sent once; keys and contents are sealed, keys are found by their index."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select, update

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.tables import outbox
from bridge.adapters.sql.times import from_ms, to_ms
from bridge.adapters.sql.upserts import insert_for
from bridge.adapters.sql.vault import Vault
from bridge.ports.store import Claim

CLAIM: Final = b"outbox.claim"
KEY: Final = b"outbox.key"


class SqlOutbox:
    """The outbox of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def claim(self, claim: Claim) -> Claim:
        row = {
            "key_index": self._vault.index(claim.key, KEY),
            "sender": claim.sender,
            "room_id": claim.room_id,
            "event_type": "",  # stood here once; some kinds are sent into hidden rooms alone, and would mark these
            "claimed_at": to_ms(claim.claimed_at),
            "tried": 1,
            "sealed": self._vault.put([claim.key, claim.content, claim.event_type], CLAIM),
        }

        def store(connection: Connection) -> Row[Any] | None:
            if connection.execute(insert_for(connection, outbox).on_conflict_do_nothing(), row).rowcount:
                return None  # ours: nothing else is stored under this key
            return connection.execute(select(outbox).where(outbox.c.key_index == row["key_index"])).one()

        known = await self._run(store)
        return claim if known is None else self._claim(known, claim.key)

    async def sent(self, key: str, event_id: str) -> None:
        change = update(outbox).where(outbox.c.key_index == self._vault.index(key, KEY))
        await self._run(lambda connection: connection.execute(change.values(event_id=event_id, sealed=None)))

    async def withdraw(self, key: str) -> None:
        gone = delete(outbox).where(outbox.c.key_index == self._vault.index(key, KEY), outbox.c.event_id.is_(None))
        await self._run(lambda connection: connection.execute(gone))

    async def get(self, key: str) -> Claim | None:
        query = select(outbox).where(outbox.c.key_index == self._vault.index(key, KEY))
        row = await self._run(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else self._claim(row, key)

    async def open_claims(self) -> Sequence[Claim]:
        query = select(outbox).where(outbox.c.event_id.is_(None)).order_by(outbox.c.seq)
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        return [self._claim(row, "") for row in rows]

    async def purge(self, before: datetime) -> int:
        old = delete(outbox).where(outbox.c.event_id.is_not(None), outbox.c.claimed_at < to_ms(before))
        return await self._run(lambda connection: connection.execute(old).rowcount)

    def _claim(self, row: Row[Any], key: str) -> Claim:
        stored, content, *kind = (key, {}) if row.sealed is None else self._vault.get(row.sealed, CLAIM)
        return Claim(
            key=stored,
            sender=row.sender,
            room_id=row.room_id,
            event_type=kind[0] if kind else row.event_type,
            content=content,
            claimed_at=from_ms(row.claimed_at),
            tried=bool(row.tried),
            event_id=row.event_id,
        )
