"""An owner's decision that somebody belongs to their group, or no longer does: taken by answering a request, or by
inviting and removing people in a client. Kept with the other decisions about the group (``ports.rooms.Policies``).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bridge.domain.directory import Group, GroupState, MembershipMode, Visibility
from bridge.domain.policy import GroupPolicy
from bridge.domain.viewers import OPEN
from bridge.ports.store import AuditEntry, Outcome, UnitOfWork
from bridge.services.doorstep import for_the_first_time

MEMBERS: Final = "members"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """``by`` (a user id) decided through the event ``origin`` that ``user``, also known as ``names``, belongs to the
    group when ``present``. ``id`` is that of the entry in the audit log, ``approved`` are those who agreed."""

    id: str
    group: Group
    user: str
    present: bool
    by: str
    origin: str
    names: Collection[str] = ()
    approved: Collection[str] = ()


def owners_decide(group: Group) -> bool:
    """Whether owners say who belongs to the group, alone or beside the directory."""
    return group.membership is not MembershipMode.DIRECTORY and group.state is GroupState.ACTIVE


async def decide(work: UnitOfWork, decision: Decision, now: datetime) -> bool:
    """Store and audit the decision, once per event; whether that changed anything."""
    group = decision.group
    if not await for_the_first_time(work, f"decision:{decision.origin}:{group.id}:{decision.user}", now):
        return False
    policy = await work.policies.get(group.id) or GroupPolicy(group=group.id, at=now)
    named = policy.values.get(MEMBERS)
    before = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
    others = [one for one in before if one != decision.user and one not in decision.names]
    after = [*others, decision.user] if decision.present else others
    if (decision.present and len(others) < len(before)) or after == before:
        return False
    await work.policies.put(policy.deciding({**policy.values, MEMBERS: after}, by=decision.by, at=now))
    detail: dict[str, Any] = {
        "group": group.id,
        "field": MEMBERS,
        "added" if decision.present else "removed": decision.user,
        "origin": decision.origin,
    }
    if decision.approved:
        detail["approved"] = sorted(decision.approved)
    entry = AuditEntry(
        id=decision.id,
        at=now,
        actor=decision.by,
        compartment=group.id if group.visibility is Visibility.HIDDEN else OPEN,
        kind="decide",
        run="",
        detail=detail,
        outcome=Outcome.DONE,
        outcome_at=now,
    )
    await work.audit.intend([entry])
    return True
