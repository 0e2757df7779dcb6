"""What the audit log keeps of profile cards: who changed what of whose, never its contents. For ``services/cards``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bridge.domain.viewers import OPEN
from bridge.ports.clock import Chance
from bridge.ports.store import AuditEntry, Outcome, UnitOfWork

CHANGED: Final = "card-changed"
CIRCLE: Final = "card-circle"
LEAVE: Final = "card-leave"
"""How widely an administrator lets a history be shown."""
ADDED: Final = "history-added"
EDITED: Final = "history-edited"
WITHDRAWN: Final = "history-withdrawn"
BROUGHT_BACK: Final = "history-brought-back"
CONSENTED: Final = "card-consent"
EXPORTED: Final = "card-exported"
ERASED: Final = "card-erased"
ARCHIVED: Final = "card-archived"
RESTORED: Final = "card-restored"


async def note(
    work: UnitOfWork,
    kind: str,
    user: str,
    *,
    actor: str,
    chance: Chance,
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> None:
    """A record about the card of ``user``. It is open: that a card changed tells of no group."""
    entry = AuditEntry(
        id=chance.token(),
        at=now,
        actor=actor,
        compartment=OPEN,
        kind=kind,
        run="",
        detail={"user": user, **(more or {})},
        outcome=Outcome.DONE,
        outcome_at=now,
    )
    await work.audit.intend([entry])
