"""What is decided about a group, as it is proposed, stored and told to the audit log. Used by ``policies``, and by
whoever takes decisions back.
"""

from base64 import b32encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar, Final, TypeVar

from bridge.domain.directory import Group, Visibility
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Message
from bridge.domain.policy import Decided, GroupPolicy, Value
from bridge.domain.viewers import OPEN
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome
from bridge.rules.effects import effect_of
from bridge.rules.facts import Facts
from bridge.rules.policy import FIELDS, write_value


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldIn:
    """Where a decision is answered: in ``room_id``, to what ``command`` says; told there once rooms have followed. It
    is one answer for those ``beside`` it, too."""

    KIND: ClassVar[str] = "read-back"
    """Of the items that are kept of it."""
    LASTS: ClassVar[timedelta] = timedelta(hours=1)

    room_id: str
    command: str
    beside: "tuple[Proposal, ...]" = ()

    def item(self, proposal: "Proposal", *, actor: str, origin: str, at: datetime) -> Pending:
        """What is kept of it until it is told."""
        return Pending(
            key=f"{self.KIND}:{origin}",
            kind=self.KIND,
            asker=actor,
            room_id=self.room_id,
            document={
                **_kept(proposal),
                "beside": [_kept(one) for one in self.beside],
                "user": proposal.naming.user if proposal.naming else "",
                "present": bool(proposal.naming and proposal.naming.present),
                "about": proposal.naming.field if proposal.naming else "",
                "origin": origin,
                "command": self.command,
            },
            created_at=at,
            expires_at=at + self.LASTS,
        )


def _kept(proposal: "Proposal") -> Mapping[str, Any]:
    return {
        "group": proposal.after.id,
        "fields": [*proposal.values, *sorted(proposal.unset)],
        "values": dict(proposal.values),
    }


CREATED: Final = "created"
"""Stands where audit entries name a field, when the group itself, or the partner, came into being."""
D = TypeVar("D", bound=Decided)


class NotAllowed(ParvisError):
    """They may know of it, and it is not theirs to decide."""

    kind = ErrorKind.REFUSED


def taken_key(origin: str, group_id: str) -> str:
    """Under which it is kept that the decision of the event ``origin`` about the group was taken."""
    return f"policy:{origin}:{group_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """That ``user``, also known as ``names``, is among the people of ``field`` when ``present``, or no longer."""

    field: str
    user: str
    present: bool
    names: Collection[str] = ()

    def among(self, before: Iterable[str]) -> list[str]:
        """Who is named then, given who was."""
        others = [one for one in before if one != self.user and one not in self.names]
        return [*others, self.user] if self.present else others


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A decision that may be taken about ``group``: that ``values`` count, and ``unset`` fields go back to what they
    are by themselves.

    ``after`` is the group as it would be, ``effects`` say so in words. ``reasons`` say why it is asked again before it
    is taken, and are empty where it is not. ``changes`` is what follows in rooms, as far as the viewer may see it.
    ``naming`` is about one person among others, who may be named or not by others meanwhile.
    Whoever is ``named`` by it is invited, also when they had left or not answered before. ``unchanged`` says that
    nothing becomes another by it, and then it is stored only if it is ``kept``. ``aside`` is what stays all the same.
    ``facts`` tell what people are called.
    """

    group: Group
    after: Group
    values: Mapping[str, Value] = field(default_factory=dict)
    unset: frozenset[str] = frozenset()
    created: bool = False
    reasons: tuple[Message, ...] = ()
    changes: tuple[Message, ...] = ()
    named: tuple[str, ...] = ()
    naming: Naming | None = None
    unchanged: Message | None = None
    kept: bool = True
    aside: tuple[Message, ...] = ()
    facts: Facts | None = field(default=None, repr=False, compare=False)

    def values_now(self, known: GroupPolicy | None) -> Mapping[str, Value]:
        """The values to store, as the decisions that are ``known`` are by now."""
        if self.naming is None:
            return self.values
        said = known.values.get(self.naming.field) if known else None
        if not isinstance(said, list):
            return self.values
        return {**self.values, self.naming.field: self.naming.among(said)}

    @property
    def reference(self) -> str:
        """Ten letters and digits: another word when the group is another by now, or would become another."""
        fields = [(name, write_value(self.group, name), write_value(self.after, name)) for name in FIELDS]
        return word_of((self.after.id, fields, sorted(self.values.items()), sorted(self.unset), self.reasons))

    @property
    def effects(self) -> tuple[Message, ...]:
        """What is so from then on, field by field."""
        return tuple(effect_of(self.after, name, self.facts) for name in (*self.values, *sorted(self.unset)))


class Reserved(NotAllowed):
    """Administrators alone decide it. Whoever may not can ask them for the ``proposal``."""

    def __init__(self, message: Message, proposal: Proposal) -> None:
        super().__init__(message)
        self.proposal = proposal


def entries_of(
    proposal: Proposal,
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    *,
    actor: str,
    origin: str,
    at: datetime,
    approved: str = "",
    reason: str = "",
) -> Iterator[AuditEntry]:
    """One entry for each field, without ids. Without ``before`` or ``after`` nothing was decided about it then.
    ``approved`` is the second person, where one was needed, ``reason`` what the actor gave as theirs.

    Whatever a group decides that is hidden, or was, stays in its compartment.
    """
    secret = Visibility.HIDDEN in (proposal.group.visibility, proposal.after.visibility)
    besides = {key: text for key, text in (("approved", approved), ("reason", reason)) if text}
    entry = AuditEntry(
        id="",
        at=at,
        actor=actor,
        compartment=proposal.after.id if secret else OPEN,
        kind="decide",
        run="",
        detail={"group": proposal.after.id, "origin": origin, **besides},
        outcome=Outcome.DONE,
        outcome_at=at,
    )
    return by_field(entry, fields_of(proposal.values, proposal.unset, created=proposal.created), before, after)


def fields_of(values: Iterable[str], unset: Iterable[str], *, created: bool) -> Iterable[str]:
    """What audit entries name of a decision: each field, or that something came into being."""
    return (CREATED,) if created else (*values, *sorted(unset))


def by_field(
    entry: AuditEntry, fields: Iterable[str], before: Mapping[str, Value], after: Mapping[str, Value]
) -> Iterator[AuditEntry]:
    """``entry`` once for each of the ``fields``, with what was and what is decided about it."""
    for name in fields:
        told: dict[str, Any] = {"field": name}
        if name == CREATED:
            told["after"] = dict(after)
        else:
            told |= {key: values[name] for key, values in (("before", before), ("after", after)) if name in values}
        yield replace(entry, detail={**entry.detail, **told})


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
    return revised(known or GroupPolicy(group=group_id, at=at), values, unset, by=by, at=at)


def revised(policy: D, values: Mapping[str, Value], unset: frozenset[str], *, by: str, at: datetime) -> D:
    """The decisions about something with some more, and without some."""
    kept = {name: value for name, value in policy.values.items() if name not in unset}
    return policy.deciding({**kept, **values}, by=by, at=at)


def word_of(told: object) -> str:
    """Ten letters and digits that stand for what was told: another word when anything of it is another."""
    return b32encode(sha256(repr(told).encode(errors="replace")).digest())[:10].decode().lower()
