"""Three small repositories: what people chose, who holds a lease, the last good answer of the directory."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, or_, select

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.tables import leases, preferences, snapshots
from bridge.adapters.sql.times import from_ms, to_ms
from bridge.adapters.sql.upserts import insert_for, upsert
from bridge.adapters.sql.vault import Vault

PREFERENCE: Final = b"preferences.value"
PREFERENCE_KEY: Final = b"preferences.key"
LEASE: Final = b"leases.name"
SNAPSHOT: Final = b"snapshots.data"
SNAPSHOT_NAME: Final = b"snapshots.name"


class SqlPreferences:
    """The preferences of one unit of work. Keys may name groups, so they are sealed with their values."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def get(self, user_id: str, key: str) -> str | None:
        query = select(preferences.c.sealed).where(
            preferences.c.user_id == user_id, preferences.c.key_index == self._index(key)
        )
        sealed = await self._run(lambda connection: connection.execute(query).scalar_one_or_none())
        if sealed is None:
            return None
        _, value = self._vault.get(sealed, PREFERENCE)
        return str(value)

    async def put(self, user_id: str, key: str, value: str) -> None:
        sealed = self._vault.put([key, value], PREFERENCE)
        row = {"user_id": user_id, "key_index": self._index(key), "sealed": sealed}
        await self._run(lambda connection: upsert(connection, preferences, [row]))

    async def of_user(self, user_id: str) -> Mapping[str, str]:
        query = select(preferences.c.sealed).where(preferences.c.user_id == user_id)
        rows = await self._run(lambda connection: connection.execute(query).scalars().all())
        return {str(key): str(value) for key, value in sorted(self._vault.get(sealed, PREFERENCE) for sealed in rows)}

    async def forget(self, user_id: str) -> int:
        gone = delete(preferences).where(preferences.c.user_id == user_id)
        return await self._run(lambda connection: connection.execute(gone).rowcount)

    def _index(self, key: str) -> bytes:
        return self._vault.index(key, PREFERENCE_KEY)


class SqlLeases:
    """The leases of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def take(self, name: str, holder: str, *, now: datetime, seconds: float) -> bool:
        present = to_ms(now)
        row = {
            "name_index": self._vault.index(name, LEASE),
            "holder": holder,
            "until": present + round(seconds * 1000),
        }

        def store(connection: Connection) -> bool:
            statement = insert_for(connection, leases)
            taking = statement.on_conflict_do_update(
                index_elements=["name_index"],
                set_={"holder": statement.excluded.holder, "until": statement.excluded.until},
                where=or_(leases.c.holder == holder, leases.c.until <= present),
            )
            return connection.execute(taking, row).rowcount > 0

        return await self._run(store)

    async def taken(self, names: Collection[str], *, now: datetime) -> bool:
        indexes = [self._vault.index(name, LEASE) for name in names]
        query = select(leases.c.holder).where(leases.c.name_index.in_(indexes), leases.c.until > to_ms(now)).limit(1)
        return await self._run(lambda connection: connection.execute(query).first()) is not None

    async def release(self, name: str, holder: str) -> None:
        index = self._vault.index(name, LEASE)
        gone = delete(leases).where(leases.c.name_index == index, leases.c.holder == holder)
        await self._run(lambda connection: connection.execute(gone))


class SqlSnapshots:
    """The snapshots of one unit of work; sealed away from the event loop, for they may be large."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def save(self, name: str, data: bytes, *, at: datetime) -> None:
        sealed = await asyncio.to_thread(self._vault.seal, data, SNAPSHOT)
        row = {"name_index": self._vault.index(name, SNAPSHOT_NAME), "at": to_ms(at), "sealed": sealed}
        await self._run(lambda connection: upsert(connection, snapshots, [row]))

    async def load(self, name: str) -> tuple[bytes, datetime] | None:
        index = self._vault.index(name, SNAPSHOT_NAME)
        query = select(snapshots.c.sealed, snapshots.c.at).where(snapshots.c.name_index == index)
        row = await self._run(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            return None
        return await asyncio.to_thread(self._vault.unseal, row.sealed, SNAPSHOT), from_ms(row.at)
