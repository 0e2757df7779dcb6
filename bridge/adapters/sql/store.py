"""The store port on SQLite or PostgreSQL: wiring calls ``open_store``; ``parvis db`` the other two functions."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Connection, insert, select

from bridge.adapters.sql.activity import SqlActivity
from bridge.adapters.sql.audit import SqlAudit
from bridge.adapters.sql.backend import Arrivals, Backend, Run
from bridge.adapters.sql.backends import backend_at
from bridge.adapters.sql.belongings import SqlLeases, SqlPreferences, SqlSnapshots
from bridge.adapters.sql.cards import SqlCards
from bridge.adapters.sql.chain import Chains
from bridge.adapters.sql.chains import SqlChains
from bridge.adapters.sql.digests import SqlDigests
from bridge.adapters.sql.identities import SqlIdentities
from bridge.adapters.sql.inbox import PAYLOAD, SqlInbox
from bridge.adapters.sql.letters import SqlLetters
from bridge.adapters.sql.lines import BUSY_SECONDS
from bridge.adapters.sql.onboarding import SqlOnboarding
from bridge.adapters.sql.outbox import SqlOutbox
from bridge.adapters.sql.partners import SqlPartners
from bridge.adapters.sql.pending import SqlPendingItems
from bridge.adapters.sql.policies import SqlPolicies
from bridge.adapters.sql.rechaining import chain_old, waits
from bridge.adapters.sql.records import SqlRuns
from bridge.adapters.sql.remembering import marker
from bridge.adapters.sql.rooms import SqlRooms
from bridge.adapters.sql.scim import SqlScim
from bridge.adapters.sql.scim_tokens import SqlScimTokens
from bridge.adapters.sql.sealing_people import scrubbed, seal_people, stage
from bridge.adapters.sql.tables import meta
from bridge.adapters.sql.times import to_ms
from bridge.adapters.sql.vault import Vault
from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.messages import say
from bridge.ports.audit import Signer
from bridge.ports.sealing import Sealer
from bridge.ports.store import IncomingEvent

KEY_CHECK: Final = "key_check"
KEY_CONTEXT: Final = b"meta.key_check"
MARKS: Final = b"transactions.events"

log = structlog.get_logger()


class SqlUnitOfWork:
    """The repositories over one transaction of the database, made when asked for."""

    def __init__(self, run: Run, vault: Vault, chains: Chains) -> None:
        self._run = run
        self._vault = vault
        self._chains = chains

    @cached_property
    def inbox(self) -> SqlInbox:
        return SqlInbox(self._run, self._vault)

    @cached_property
    def rooms(self) -> SqlRooms:
        return SqlRooms(self._run, self._vault)

    @cached_property
    def audit(self) -> SqlAudit:
        return SqlAudit(self._run, self._vault, self._chains)

    @cached_property
    def chains(self) -> SqlChains:
        return SqlChains(self._run, self._vault)

    @cached_property
    def runs(self) -> SqlRuns:
        return SqlRuns(self._run, self._vault)

    @cached_property
    def outbox(self) -> SqlOutbox:
        return SqlOutbox(self._run, self._vault)

    @cached_property
    def preferences(self) -> SqlPreferences:
        return SqlPreferences(self._run, self._vault)

    @cached_property
    def leases(self) -> SqlLeases:
        return SqlLeases(self._run, self._vault)

    @cached_property
    def snapshots(self) -> SqlSnapshots:
        return SqlSnapshots(self._run, self._vault)

    @cached_property
    def pending(self) -> SqlPendingItems:
        return SqlPendingItems(self._run, self._vault)

    @cached_property
    def policies(self) -> SqlPolicies:
        return SqlPolicies(self._run, self._vault)

    @cached_property
    def partners(self) -> SqlPartners:
        return SqlPartners(self._run, self._vault)

    @cached_property
    def onboarding(self) -> SqlOnboarding:
        return SqlOnboarding(self._run, self._vault)

    @cached_property
    def cards(self) -> SqlCards:
        return SqlCards(self._run, self._vault)

    @cached_property
    def identities(self) -> SqlIdentities:
        return SqlIdentities(self._run, self._vault)

    @cached_property
    def digests(self) -> SqlDigests:
        return SqlDigests(self._run, self._vault)

    @cached_property
    def activity(self) -> SqlActivity:
        return SqlActivity(self._run, self._vault)

    @cached_property
    def letters(self) -> SqlLetters:
        return SqlLetters(self._run, self._vault)

    @cached_property
    def scim(self) -> SqlScim:
        return SqlScim(self._run, self._vault)

    @cached_property
    def scim_tokens(self) -> SqlScimTokens:
        return SqlScimTokens(self._run, self._vault)


class SqlStore:
    """The database of one bridge."""

    def __init__(self, backend: Backend, sealer: Sealer, signer: Signer | None = None) -> None:
        self._backend = backend
        self._vault = Vault(sealer)
        self._chains = Chains(signer)
        self._marks = marker(sealer.index("", MARKS))

    @asynccontextmanager
    async def work(self) -> AsyncIterator[SqlUnitOfWork]:
        async with self._backend.writing() as run:
            yield SqlUnitOfWork(run, self._vault, self._chains)

    @asynccontextmanager
    async def view(self) -> AsyncIterator[SqlUnitOfWork]:
        async with self._backend.reading() as run:
            yield SqlUnitOfWork(run, self._vault, self._chains)

    async def accept(self, transaction_id: str, events: Sequence[IncomingEvent], now: datetime) -> int:
        def sealed() -> Arrivals:
            ids = [event.event_id for event in events]
            payloads = self._vault.seal_all([event.payload for event in events], PAYLOAD)
            return Arrivals(self._marks(ids), ids, [event.room_id for event in events], payloads)

        return await self._backend.accept(transaction_id, sealed, to_ms(now))

    async def backup(self, file: Path) -> None:
        """A consistent copy while running. Raises ``StoreError``, on PostgreSQL always: it has its own tool."""
        await self._backend.backup(file)

    async def scrub(self) -> None:
        """Write the database anew, so that its files hold nothing of what was deleted: others wait for as long as a
        copy takes. Raises ``StoreError``: then it has to be done again."""
        await self._backend.scrub()

    async def close(self) -> None:
        """Close all connections; whoever opened the store calls it once."""
        await self._backend.close()

    async def check_key(self, *, begin: bool = True) -> None:
        """Raise ``StoreError`` unless the data key is the one that this database was begun with. One without any is
        begun with this one, if that is meant."""
        async with self._backend.reading() as run:
            sealed = await run(_key_check)
        if sealed is None:
            if not begin:
                return
            async with self._backend.writing() as run:
                sealed = await run(lambda connection: _begin_key_check(connection, self._vault))
        try:
            self._vault.unseal(sealed, KEY_CONTEXT)
        except StoreError as error:
            raise StoreError(
                say("The data key is not the one that this database was made with: check secrets.data_key."),
                kind=ErrorKind.USAGE,
            ) from error

    async def seal_people(self) -> None:
        """Seal whom earlier versions kept in the clear, if that is still to be done."""
        async with self._backend.reading() as run:
            left = await run(stage)
        if left is None:
            return
        async with self._backend.writing() as run:
            await run(lambda connection: seal_people(connection, self._vault))
        try:
            await self.scrub()
        except StoreError as error:
            if error.kind is not ErrorKind.TEMPORARY:
                raise
            log.info("the database is written anew at a later start", reason=str(error.message))
            return
        async with self._backend.writing() as run:
            await run(scrubbed)

    async def chain_old(self) -> None:
        """Chain what the audit log held before there were chains, if that is still to be done."""
        async with self._backend.reading() as run:
            if not await run(waits):
                return
        async with self._backend.writing() as run:
            await run(lambda connection: chain_old(connection, self._vault, self._chains))


async def open_store(
    url: str, sealer: Sealer, signer: Signer | None = None, *, busy_seconds: float = BUSY_SECONDS
) -> SqlStore:
    """Open the database at ``url``, made and migrated as needed; a writer waits ``busy_seconds`` for others.

    Without ``signer`` the audit log can only be read. With it, records of before there were chains are chained. People
    whom earlier versions kept in the clear are sealed.
    Raises ``StoreError``: unreachable, damaged, read-only, of a newer schema, sealed with another key.
    """
    backend = backend_at(url, busy_seconds)
    store = SqlStore(backend, sealer, signer)
    try:
        await backend.prepare()
        await store.check_key()
        await store.seal_people()
        if signer is not None:
            await store.chain_old()
    except BaseException:
        await store.close()
        raise
    return store


async def upgrade(url: str) -> None:
    """Bring the database's schema up to date; raises ``StoreError``."""
    backend = backend_at(url, BUSY_SECONDS)
    try:
        await backend.prepare()
    finally:
        await backend.close()


async def backup(url: str, file: Path) -> None:
    """Copy the database to a new file while others use it; raises ``StoreError``."""
    backend = backend_at(url, BUSY_SECONDS)
    try:
        await backend.backup(file)
    finally:
        await backend.close()


def _key_check(connection: Connection) -> bytes | None:
    sealed: bytes | None = connection.execute(select(meta.c.sealed).where(meta.c.name == KEY_CHECK)).scalar()
    return sealed


def _begin_key_check(connection: Connection, vault: Vault) -> bytes:
    """Another process may have been first: then its word counts."""
    found = _key_check(connection)
    if found is None:
        found = vault.seal(b"parvis", KEY_CONTEXT)
        connection.execute(insert(meta), {"name": KEY_CHECK, "sealed": found})
    return found
