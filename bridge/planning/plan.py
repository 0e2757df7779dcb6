"""A plan: what would change, why, in which order, and whether it is held. Made of parts, one per compartment."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bridge.domain.findings import Finding
from bridge.domain.messages import Message
from bridge.domain.rooms import RoomRef
from bridge.domain.viewers import Compartment
from bridge.planning.actions import Action
from bridge.planning.fingerprint import fingerprint_of_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Brake:
    """How much a plan may take away, end and open that nobody asked for: numbers, and shares of what is there."""

    max_removals: int = 20
    max_removal_share: float = 0.25
    max_archivings: int = 5
    max_loosenings: int = 0
    max_room_share: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Why a plan waits for somebody to quote its fingerprint; counts against the limits: ``removals`` of ``members``,
    ``archivings`` and ``loosenings`` of ``rooms``. Where rooms are ``waiting``, only what opens these does; else all of
    it. What is ``free`` never waits: what somebody asked for by a confirmed command, and that whoever is switched off
    goes."""

    reason: Message
    removals: int
    members: int
    archivings: int = 0
    loosenings: int = 0
    rooms: int = 0
    waiting: frozenset[RoomRef] = frozenset()
    free: tuple[Action, ...] = ()
    brake: Brake


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Somebody who is invited to a hidden room at a moment of their own, ``by`` then at the latest (``spacing``): the
    very moment once it is ``drawn``."""

    ref: RoomRef
    user: str
    by: datetime
    drawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """The plan of one compartment, with a fingerprint and a brake of its own. Actions are in order of applying; some
    follow from what was ``decided`` and is not so in the rooms yet. Who is invited ``later`` is in no action."""

    compartment: Compartment
    actions: tuple[Action, ...] = ()
    later: tuple[Later, ...] = ()
    findings: tuple[Finding, ...] = ()
    held: Held | None = None
    decided: bool = False
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Parts in a fixed order: the open one first, then hidden groups by id. A viewer gets the parts that the gate lets
    pass; ``fingerprint`` covers exactly these."""

    parts: tuple[PlanPart, ...] = ()
    fingerprint: str = ""

    @classmethod
    def of(cls, parts: Iterable[PlanPart]) -> "Plan":
        """The plan of these parts, in their order, with the fingerprint of all of them."""
        parts = tuple(parts)
        return cls(
            parts=parts, fingerprint=fingerprint_of_parts((p.compartment, p.fingerprint) for p in parts if p.actions)
        )

    def seen_by(self, compartments: Collection[Compartment]) -> "Plan":
        """What those see who are cleared for these compartments (``Access.compartments``), with its own fingerprint."""
        return Plan.of(part for part in self.parts if part.compartment in compartments)

    @property
    def actions(self) -> Iterator[Action]:
        """All actions, part after part."""
        return (action for part in self.parts for action in part.actions)

    @property
    def findings(self) -> Iterator[Finding]:
        """All findings, part after part."""
        return (finding for part in self.parts for finding in part.findings)

    @property
    def later(self) -> Iterator[Later]:
        """Who is invited later, part after part."""
        return (one for part in self.parts for one in part.later)

    @property
    def held(self) -> Held | None:
        """Why the plan is held, when any of its parts is."""
        return next((part.held for part in self.parts if part.held), None)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not any(part.actions for part in self.parts)

    def rooms(self) -> frozenset[RoomRef]:
        """The rooms that would change."""
        return frozenset(action.ref for action in self.actions)
