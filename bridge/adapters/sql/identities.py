"""Whose account is whose, in ``identities``. Their edition is in ``meta``."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, LargeBinary, Table, delete, select, update

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.tables import meta, metadata
from bridge.adapters.sql.upserts import upsert
from bridge.adapters.sql.vault import Vault
from bridge.domain.identities import Identity

IDENTITY: Final = b"identities.identity"
PERSON: Final = b"identities.person"
EDITION: Final = "identities"
identities: Final = Table(
    "identities",
    metadata,
    Column("person_index", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""Who somebody of the directory is on the homeserver; both stand inside."""
AT_ONCE: Final = 2_000
"""Rows opened in one go: some milliseconds; then it is everybody else's turn."""


class SqlIdentities:
    """The links of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def all(self) -> Mapping[str, Identity]:
        query = select(identities.c.sealed)
        rows = await self._run(lambda connection: connection.execute(query).scalars().all())
        found: dict[str, Identity] = {}
        for start in range(0, len(rows), AT_ONCE):
            for identity in self._opened(rows[start : start + AT_ONCE]):
                found[identity.person] = identity
            await asyncio.sleep(0)
        return found

    async def put(self, some: Collection[Identity]) -> None:
        rows: list[dict[str, Any]] = [
            {
                "person_index": self._vault.index(one.person, PERSON),
                "sealed": self._vault.put(asdict(one), IDENTITY),
            }
            for one in some
        ]

        def store(connection: Connection) -> None:
            if rows:
                upsert(connection, identities, rows)
                _changed(connection)

        await self._run(store)

    async def remove(self, people: Collection[str]) -> None:
        indexes = [self._vault.index(person, PERSON) for person in people]

        def store(connection: Connection) -> None:
            for index in indexes:
                connection.execute(delete(identities).where(identities.c.person_index == index))
            _changed(connection)

        await self._run(store)

    async def edition(self) -> int:
        query = select(meta.c.number).where(meta.c.name == EDITION)
        return await self._run(lambda connection: int(connection.execute(query).scalar_one()))

    def _opened(self, rows: Sequence[bytes]) -> list[Identity]:
        return [msgspec.convert(self._vault.get(sealed, IDENTITY), Identity) for sealed in rows]


def _changed(connection: Connection) -> None:
    connection.execute(update(meta).where(meta.c.name == EDITION).values(number=meta.c.number + 1))
