"""The tokens of SCIM clients, in ``scim_tokens``."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import msgspec
from sqlalchemy import delete, insert, select, update

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.scim_tables import scim_tokens
from bridge.adapters.sql.vault import Vault
from bridge.ports.scim import ScimToken

TOKEN: Final = b"scim_tokens.token"
TOKEN_ID: Final = b"scim_tokens.id"
SECRET: Final = b"scim_tokens.secret"


class SqlScimTokens:
    """The tokens of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def add(self, token: ScimToken, secret: str) -> None:
        row = {
            "id_index": self._vault.index(token.id, TOKEN_ID),
            "secret_index": self._vault.index(secret, SECRET),
            "sealed": self._vault.put(asdict(token), TOKEN),
        }
        await self._run(lambda connection: connection.execute(insert(scim_tokens), row))

    async def by_secret(self, secret: str) -> ScimToken | None:
        index = self._vault.index(secret, SECRET)
        query = select(scim_tokens.c.sealed).where(scim_tokens.c.secret_index == index)
        sealed = await self._run(lambda connection: connection.execute(query).scalar())
        return None if sealed is None else self._opened(sealed)

    async def all(self) -> Sequence[ScimToken]:
        query = select(scim_tokens.c.sealed)
        rows = await self._run(lambda connection: connection.execute(query).scalars().all())
        return sorted(map(self._opened, rows), key=lambda token: (token.client, token.created, token.id))

    async def change(self, token: ScimToken) -> None:
        sealed = self._vault.put(asdict(token), TOKEN)
        index = self._vault.index(token.id, TOKEN_ID)
        change = update(scim_tokens).where(scim_tokens.c.id_index == index).values(sealed=sealed)
        await self._run(lambda connection: connection.execute(change))

    async def remove(self, token_id: str) -> None:
        gone = delete(scim_tokens).where(scim_tokens.c.id_index == self._vault.index(token_id, TOKEN_ID))
        await self._run(lambda connection: connection.execute(gone))

    def _opened(self, sealed: bytes) -> ScimToken:
        return msgspec.convert(self._vault.get(sealed, TOKEN), ScimToken)
