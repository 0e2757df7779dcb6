"""What somebody asked for about time that runs out, as it was understood when their event came first.

Used by ``renewing``: when the event comes again after a crash, the world is another one already, because it was done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from bridge.domain.partners import Partner
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork

ANSWER: Final = "renewal-answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """What goes on: the agreement until a day, if it was asked for, and people (user ids) until theirs."""

    partner: Partner
    agreement: date | None = None
    people: Mapping[str, date] = field(default_factory=dict)


async def answer_to(view: UnitOfWork, origin: str) -> Mapping[str, Any] | None:
    """What the event ``origin`` asked for; None when it comes for the first time."""
    item = await view.pending.get(_key(origin))
    return item.document if item else None


async def keep_answer(
    work: UnitOfWork, origin: str, document: Mapping[str, Any], *, by: str, now: datetime
) -> Mapping[str, Any]:
    """From now on this is what the event asked for, unless something is known already; gives what counts."""
    item = Pending(
        key=_key(origin), kind=ANSWER, asker=by, room_id="", document=document, created_at=now, expires_at=now
    )
    kept = await work.pending.put(item)
    await work.pending.settle(item.key, "done", now)
    return kept.document


def written_renewed(renewed: Renewed) -> dict[str, Any]:
    """As JSON has it, without the partner."""
    return {
        "agreement": renewed.agreement.isoformat() if renewed.agreement else None,
        "people": {user: day.isoformat() for user, day in renewed.people.items()},
    }


def renewed_in(document: Mapping[str, Any], partner: Partner) -> Renewed:
    """What is written so."""
    agreement = document["agreement"]
    return Renewed(
        partner=partner,
        agreement=date.fromisoformat(agreement) if agreement else None,
        people={user: date.fromisoformat(day) for user, day in document["people"].items()},
    )


def _key(origin: str) -> str:
    return f"{ANSWER}:{origin}"
