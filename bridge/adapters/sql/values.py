"""Personal values of the audit log: sealed with a salt of their own, which the chain's commitments cover."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from bridge.adapters.sql.times import from_ms, from_ms_or_none, to_ms
from bridge.adapters.sql.vault import Vault, plain
from bridge.domain.audit import SALT_BYTES, commitment, subjects
from bridge.domain.errors import StoreError
from bridge.ports.store import AuditEntry, Outcome

VALUES: Final = b"audit.values"
TOLD: Final = b"audit.told"
ACTOR: Final = b"audit.actor"
COMPARTMENT: Final = b"audit.compartment"
SUBJECT: Final = b"audit.subject"
MARK_BYTES: Final = 8


def chain_of(vault: Vault, compartment: str) -> bytes:
    """The opaque index of a compartment's chain."""
    return vault.index(compartment, COMPARTMENT)


def sealed_values(vault: Vault, compartment: str, actor: str, detail: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Values of a record, sealed, and the commitment to them."""
    values = os.urandom(SALT_BYTES) + msgspec.json.encode([compartment, detail], enc_hook=plain)
    return vault.seal(values, VALUES), commitment(values, actor)


def sealed_told(vault: Vault, detail: str) -> tuple[bytes, bytes]:
    """The detail of an outcome, sealed, and the commitment to it."""
    values = os.urandom(SALT_BYTES) + detail.encode()
    return vault.seal(values, TOLD), commitment(values)


def opened_values(vault: Vault, sealed: bytes) -> tuple[str, dict[str, Any]]:
    """Compartment and detail. Raises ``StoreError`` when the values do not open."""
    compartment, detail = msgspec.json.decode(vault.unseal(sealed, VALUES)[SALT_BYTES:])
    return compartment, detail


def sealed_actor(vault: Vault, actor: str) -> bytes:
    """Whoever acted, sealed: beside the index of a hidden group's chain it would tell who belongs to one."""
    return vault.seal(actor.encode(), ACTOR)


def opened_actor(vault: Vault, sealed: bytes) -> str:
    """Raises ``StoreError`` when it does not open."""
    return vault.unseal(sealed, ACTOR).decode()


def committed(vault: Vault, sealed: bytes | None, context: bytes, beside: str = "") -> bytes | None:
    """The commitment that sealed values have; None when they do not open."""
    if sealed is None:
        return None
    try:
        return commitment(vault.unseal(sealed, context), beside)
    except StoreError:
        return None


def committed_record(vault: Vault, sealed: bytes, actor_sealed: bytes) -> bytes | None:
    """The commitment that a record has; None when something of it does not open."""
    try:
        actor = opened_actor(vault, actor_sealed)
    except StoreError:
        return None
    return committed(vault, sealed, VALUES, actor)


def marks(vault: Vault, actor: str, compartment: str, detail: Mapping[str, Any]) -> set[int]:
    """What finds a record by whom and what it is about."""
    return {mark(vault, compartment, subject) for subject in subjects(actor, compartment, detail)}


def mark(vault: Vault, compartment: str, subject: str) -> int:
    """One of them."""
    index = vault.index(f"{subject}\0{compartment}", SUBJECT)
    return int.from_bytes(index[:MARK_BYTES], signed=True)


def row_of(vault: Vault, entry: AuditEntry, seq: int) -> tuple[dict[str, Any], bytes, bytes | None]:
    """The row of an entry, with the commitments to its values and to what is told of its outcome."""
    sealed, record = sealed_values(vault, entry.compartment, entry.actor, entry.detail)
    told, outcome = (None, None) if entry.outcome is None else sealed_told(vault, entry.outcome_detail)
    row = {
        "seq": seq,
        "id": entry.id,
        "at": to_ms(entry.at),
        "actor_sealed": sealed_actor(vault, entry.actor),
        "kind": entry.kind,
        "run": entry.run,
        "compartment_index": chain_of(vault, entry.compartment),
        "sealed": sealed,
        "outcome": None if entry.outcome is None else str(entry.outcome),
        "outcome_at": None if entry.outcome is None else to_ms(_closed_at(entry)),
        "outcome_sealed": told,
    }
    return row, record, outcome


def entry_of(vault: Vault, row: Any) -> AuditEntry:
    """The entry of a row of ``audit``. Raises ``StoreError`` when its values do not open."""
    compartment, detail = opened_values(vault, row.sealed)
    told = b"" if row.outcome_sealed is None else vault.unseal(row.outcome_sealed, TOLD)[SALT_BYTES:]
    return entry_with(row, opened_actor(vault, row.actor_sealed), compartment, detail, told)


def entry_with(row: Any, actor: str, compartment: str, detail: Mapping[str, Any], told: bytes) -> AuditEntry:
    """The entry of a row whose sealed values are open."""
    return AuditEntry(
        id=row.id,
        at=from_ms(row.at),
        actor=actor,
        compartment=compartment,
        kind=row.kind,
        run=row.run,
        detail=detail,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        outcome_at=from_ms_or_none(row.outcome_at),
        outcome_detail=told.decode(),
    )


def _closed_at(entry: AuditEntry) -> datetime:
    """A fact is closed as it is written."""
    return entry.outcome_at or entry.at
