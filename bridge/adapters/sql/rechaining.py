"""Records of before there were chains are chained once, at the first start with the audit key, by ``open_store``."""

from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select, update

from bridge.adapters.sql.audit import keep_subjects, steps_of
from bridge.adapters.sql.chain import Chains
from bridge.adapters.sql.tables import audit, meta
from bridge.adapters.sql.values import entry_with, opened_actor, row_of
from bridge.adapters.sql.vault import Vault
from bridge.ports.store import AuditEntry

UNCHAINED: Final = "audit_unchained"
"""Kept by the migration when there are such records."""
OLD_VALUES: Final = b"audit.detail"
OLD_TOLD: Final = b"audit.outcome"
AT_ONCE: Final = 1000


def waits(connection: Connection) -> bool:
    """Whether there are records of before."""
    return connection.execute(select(meta.c.name).where(meta.c.name == UNCHAINED)).first() is not None


def chain_old(connection: Connection, vault: Vault, chains: Chains) -> None:
    """Seal their values anew, with salts, and append them to the chains in their order."""
    if not waits(connection):
        return
    after = 0
    while rows := connection.execute(
        select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(AT_ONCE)
    ).fetchall():
        after = rows[-1].seq
        steps = []
        for old in rows:
            entry = _entry(old, vault)
            row, values, told = row_of(vault, entry, old.seq)
            connection.execute(update(audit).where(audit.c.seq == old.seq).values(row))
            steps += steps_of(row, values, told)
            keep_subjects(connection, vault, [(old.seq, entry)])
        chains.append(connection, steps)
    connection.execute(delete(meta).where(meta.c.name == UNCHAINED))


def _entry(row: Row[Any], vault: Vault) -> AuditEntry:
    """A record as it was sealed before."""
    compartment, detail = vault.get(row.sealed, OLD_VALUES)
    told = b"" if row.outcome_sealed is None else vault.unseal(row.outcome_sealed, OLD_TOLD)
    return entry_with(row, opened_actor(vault, row.actor_sealed), compartment, detail, told)
