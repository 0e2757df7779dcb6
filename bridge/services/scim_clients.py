"""Tokens of identity providers that talk SCIM with us: made, replaced, revoked, each a record. For the command line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.domain.viewers import OPEN
from bridge.ports.clock import Chance, Clock
from bridge.ports.scim import ScimToken
from bridge.ports.store import AuditEntry, Outcome, Store, UnitOfWork
from bridge.services.undone import COMMAND_LINE

ADDED, ROTATED, REVOKED = "scim-token-added", "scim-token-rotated", "scim-token-revoked"
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ScimClients:
    """Who may come in. A secret is given once, to whoever asked for it, and kept as a keyed hash."""

    store: Store
    clock: Clock
    chance: Chance

    async def add(self, client: str) -> str:
        """The secret of a new client. Raises ``InputError`` when there is one of this name, or it is none."""
        if not client.isprintable() or not 0 < len(client.strip()) <= LONGEST_NAME:
            raise InputError(say("A client has a name of at most {limit} characters.", limit=LONGEST_NAME))
        async with self.store.work() as work:
            if await self._living(work, client):
                raise InputError(
                    say("{client} has a token already: parvis scim token rotate replaces it.", client=client)
                )
            return await self._made(work, client, ADDED)

    async def rotate(self, client: str, *, keep: timedelta) -> str:
        """Another secret for a client; those of before go on for ``keep``. Raises ``InputError``."""
        async with self.store.work() as work:
            until = self.clock.now() + keep
            for token in await self._known(work, client):
                ends = until if token.until is None else min(token.until, until)
                await work.scim_tokens.change(replace(token, until=ends))
            return await self._made(work, client, ROTATED)

    async def revoke(self, client: str) -> None:
        """No token of this client counts any more. Raises ``InputError`` when there is none."""
        async with self.store.work() as work:
            for token in await self._known(work, client):
                await work.scim_tokens.remove(token.id)
            await self._record(work, client, REVOKED)

    async def all(self) -> Sequence[ScimToken]:
        """Tokens that count, by client."""
        now = self.clock.now()
        async with self.store.view() as view:
            return [token for token in await view.scim_tokens.all() if _counts(token, now)]

    async def _made(self, work: UnitOfWork, client: str, kind: str) -> str:
        # Two words of 128 bits each; a client's form may ask for a token of some length.
        secret = self.chance.token() + self.chance.token()
        token = ScimToken(id=self.chance.token(), client=client, created=self.clock.now())
        await work.scim_tokens.add(token, secret)
        await self._record(work, client, kind)
        return secret

    async def _known(self, work: UnitOfWork, client: str) -> Sequence[ScimToken]:
        if found := await self._living(work, client):
            return found
        raise InputError(say("There is no client {client}: parvis scim token list names all.", client=client))

    async def _living(self, work: UnitOfWork, client: str) -> Sequence[ScimToken]:
        """The tokens of a client that count; what is over is forgotten."""
        living = []
        for token in await work.scim_tokens.all():
            if not _counts(token, self.clock.now()):
                await work.scim_tokens.remove(token.id)
            elif token.client == client:
                living.append(token)
        return living

    async def _record(self, work: UnitOfWork, client: str, kind: str) -> None:
        now = self.clock.now()
        entry = AuditEntry(
            id=self.chance.token(),
            at=now,
            actor=COMMAND_LINE,
            compartment=OPEN,
            kind=kind,
            run="",
            detail={"client": client},
            outcome=Outcome.DONE,
            outcome_at=now,
        )
        await work.audit.intend([entry])


def _counts(token: ScimToken, now: datetime) -> bool:
    return token.until is None or now < token.until
