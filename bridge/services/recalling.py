"""Decisions about groups as the audit log keeps them: read again to tell who decided what, and to take it back."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from bridge.domain.policy import Value
from bridge.domain.viewers import Compartment
from bridge.ports.store import AuditEntry, UnitOfWork
from bridge.rules.reverting import PastDecision

DECIDE: Final = "decide"
CREATED: Final = "created"
LOOKED_THROUGH: Final = 1000
"""Entries of the audit log: decisions are few, and older ones are seldom asked for."""


async def decisions(work: UnitOfWork, compartments: Collection[Compartment]) -> Sequence[PastDecision]:
    """The latest decisions of these compartments, newest first."""
    entries = await work.audit.recent(compartments=frozenset(compartments), limit=LOOKED_THROUGH, run="")
    return [found for entry in entries if (found := decision_in(entry)) is not None]


def decision_in(entry: AuditEntry) -> PastDecision | None:
    """The decision that an entry tells of, if it does."""
    detail = entry.detail
    if entry.kind != DECIDE or "group" not in detail or "field" not in detail:
        return None
    before, after = ((detail[key],) if key in detail else () for key in ("before", "after"))
    return PastDecision(
        id=entry.id,
        group=detail["group"],
        field=detail["field"],
        by=entry.actor,
        at=entry.at,
        before=before,
        after=after,
        added=_many(detail.get("added")) or _beyond(after, before),
        removed=_many(detail.get("removed")) or _beyond(before, after),
        settled=detail["field"] == CREATED,
    )


def _many(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _beyond(one: tuple[Value, ...], other: tuple[Value, ...]) -> tuple[str, ...]:
    """What a list has that another has not."""
    listed = one[0] if one and isinstance(one[0], list) else []
    known = other[0] if other and isinstance(other[0], list) else []
    return tuple(item for item in listed if item not in known)
