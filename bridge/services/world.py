"""The world at one moment, for planning and for showing: facts of the directory, what should be, who is in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bridge.domain.desired import Desired
from bridge.domain.findings import Finding
from bridge.domain.partners import PartnerPolicy
from bridge.domain.policy import GroupPolicy
from bridge.domain.rooms import Binding, RoomKind, RoomRef
from bridge.domain.viewers import Compartment
from bridge.planning.plan import Plan
from bridge.planning.world import compartment_of_binding
from bridge.rules.awaiting import NOTHING, Sameness
from bridge.rules.facts import Facts

BETWEEN: Final = "\0"
"""The one character that no user id ever held (specification, appendix 4.2.1)."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Users as one text: a million of them take what their letters take, and are thrown away in one move."""

    text: str = BETWEEN

    @classmethod
    def of(cls, users: Iterable[str]) -> "Roster":
        """The roster of these users, each once."""
        return cls(BETWEEN.join(("", *users, "")) or BETWEEN)

    def __contains__(self, user: str) -> bool:
        return BETWEEN not in user and f"{BETWEEN}{user}{BETWEEN}" in self.text

    def __len__(self) -> int:
        return self.text.count(BETWEEN) - 1

    def users(self) -> list[str]:
        """All of them."""
        return self.text.split(BETWEEN)[1:-1]


NOBODY: Final = Roster()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class World:
    """Everything that one look gathered; ``findings`` are those of reading, the plan carries its own.

    ``names`` are ids of groups by what they may be called (``rules.access.names_of``). ``joined`` tells of each room
    that was read who is in it, ``forgotten`` (by room id) of whom it no longer counts why they are out. ``unmet`` are
    decisions that the rooms may not follow yet. ``edition`` is the same for worlds of equal facts and wishes; empty
    when not known. ``agreed`` is the edition of what is decided about partners. ``sameness`` tells which groups could
    be ones of before. At ``until`` (UTC) the directory reads otherwise although nothing has changed.
    """

    facts: Facts
    names: Mapping[str, Sequence[str]]
    desired: Desired
    bindings: Mapping[RoomRef, Binding]
    joined: Mapping[RoomRef, Roster]
    plan: Plan
    forgotten: Mapping[str, frozenset[str]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unmet: tuple[GroupPolicy | PartnerPolicy, ...] = ()
    edition: str = ""
    agreed: int = 0
    sameness: Sameness = NOTHING
    until: datetime | None = None
    refs: Mapping[str, RoomRef] = field(init=False, repr=False, compare=False)
    """What each room id stands for."""
    _room_ids: Mapping[RoomRef, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        room_ids = {ref: binding.room_id for ref, binding in self.bindings.items() if binding.room_id}
        object.__setattr__(self, "_room_ids", room_ids)
        object.__setattr__(self, "refs", {room_id: ref for ref, room_id in room_ids.items()})

    def __repr__(self) -> str:
        # Written out whole, a large world takes ten seconds, and asyncio writes out tasks with their results.
        return f"<World: {len(self.desired.rooms)} rooms, plan {self.plan.fingerprint}>"

    def group_at(self, address: str) -> str:
        """The group whose room or space has this room id or alias; empty when there is none."""
        ref = self.refs.get(address)
        if ref is None and address.startswith("#"):
            rooms = self.desired.rooms.items()
            ref = next((one for one, room in rooms if room.settings.alias == address), None)
        return ref.id if ref is not None and ref.kind in (RoomKind.GROUP, RoomKind.SUBSPACE) else ""

    def compartment_at(self, room_id: str) -> Compartment | None:
        """Whose it is to know what goes on in this room; None when it is none of ours."""
        if (ref := self.refs.get(room_id)) is None:
            return None
        room = self.desired.rooms.get(ref)
        return room.compartment if room else compartment_of_binding(self.bindings[ref])

    def room_ids(self) -> Mapping[RoomRef, str]:
        """The rooms that exist."""
        return self._room_ids
