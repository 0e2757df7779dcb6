"""The audit entries of decisions about partners: one for each field. Made by ``services.partnerships``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

from bridge.domain.partners import Partner
from bridge.domain.policy import Value
from bridge.domain.viewers import OPEN
from bridge.ports.store import AuditEntry, Outcome
from bridge.services.decided import by_field, fields_of

KIND: Final = "partner-decide"
"""Of the audit entries of decisions about partners."""


class Decided(Protocol):
    """A decision about a partner, as ``partnerships.PartnerProposal``."""

    @property
    def after(self) -> Partner: ...
    @property
    def values(self) -> Mapping[str, Value]: ...
    @property
    def unset(self) -> frozenset[str]: ...
    @property
    def created(self) -> bool: ...


def entries_of(
    proposal: Decided,
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    *,
    actor: str,
    origin: str,
    approved: str,
    at: datetime,
) -> tuple[AuditEntry, ...]:
    """One entry for each field, without ids."""
    entry = AuditEntry(
        id="",
        at=at,
        actor=actor,
        compartment=OPEN,
        kind=KIND,
        run="",
        detail={"partner": proposal.after.id, "origin": origin, **({"approved": approved} if approved else {})},
        outcome=Outcome.DONE,
        outcome_at=at,
    )
    fields = fields_of(proposal.values, proposal.unset, created=proposal.created)
    return tuple(by_field(entry, fields, before, after))
