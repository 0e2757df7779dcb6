"""What is decided about a group, as it is proposed, stored and told to the audit log. Used by ``policies``, and by
whoever takes decisions back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from bridge.domain.directory import Group, Visibility
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Message, say
from bridge.domain.policy import GroupPolicy, Value
from bridge.domain.viewers import OPEN
from bridge.ports.store import AuditEntry, Outcome
from bridge.rules.decisions import effect_of
from bridge.rules.policy import BadValue

CREATED: Final = "created"
"""Stands where audit entries name a field, when the group itself came into being."""


class NotAllowed(ParvisError):
    """They may know of it, and it is not theirs to decide."""

    kind = ErrorKind.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A decision that may be taken about ``group``: that ``values`` count, and ``unset`` fields go back to what they
    are by themselves.

    ``after`` is the group as it would be, ``effects`` say so in words. ``reasons`` say why it is asked again before it
    is taken, and are empty where it is not. ``changes`` is what follows in rooms, as far as the viewer may see it.
    Whoever is ``named`` by it is invited, also when they had left or not answered before.
    """

    group: Group
    after: Group
    values: Mapping[str, Value] = field(default_factory=dict)
    unset: frozenset[str] = frozenset()
    created: bool = False
    reasons: tuple[Message, ...] = ()
    changes: tuple[Message, ...] = ()
    named: tuple[str, ...] = ()

    @property
    def effects(self) -> tuple[Message, ...]:
        """What is so from then on, field by field."""
        return tuple(effect_of(self.after, name) for name in (*self.values, *sorted(self.unset)))


def entries_of(
    proposal: Proposal,
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    *,
    actor: str,
    origin: str,
    at: datetime,
) -> Iterator[AuditEntry]:
    """One entry for each field, without ids. Without ``before`` or ``after`` nothing was decided about it then.

    Whatever a group decides that is hidden, or was, stays in its compartment.
    """
    secret = Visibility.HIDDEN in (proposal.group.visibility, proposal.after.visibility)
    for name in (CREATED,) if proposal.created else (*proposal.values, *sorted(proposal.unset)):
        detail: dict[str, Any] = {"group": proposal.after.id, "field": name, "origin": origin}
        if name == CREATED:
            detail["after"] = dict(after)
        else:
            detail |= {key: values[name] for key, values in (("before", before), ("after", after)) if name in values}
        yield AuditEntry(
            id="",
            at=at,
            actor=actor,
            compartment=proposal.after.id if secret else OPEN,
            kind="decide",
            run="",
            detail=detail,
            outcome=Outcome.DONE,
            outcome_at=at,
        )


def merged(
    known: GroupPolicy | None,
    group_id: str,
    values: Mapping[str, Value],
    unset: frozenset[str],
    *,
    by: str,
    at: datetime,
) -> GroupPolicy:
    """The decisions about a group with some more, and without some."""
    policy = known or GroupPolicy(group=group_id, at=at)
    kept = {name: value for name, value in policy.values.items() if name not in unset}
    return replace(policy, values={**kept, **values}, by=by, at=at)


def inverse(detail: Mapping[str, Any]) -> tuple[Mapping[str, Value], frozenset[str]]:
    """What takes back a decision that the audit log tells: values to set, and fields about which nothing was decided.

    Raises ``BadValue`` for what has no way back by itself: that a group was made.
    """
    name = str(detail["field"])
    if name == CREATED:
        raise BadValue(say("A group that was made is taken back by archiving or retiring it."))
    if "before" in detail:
        return {name: detail["before"]}, frozenset()
    return {}, frozenset({name})
