"""The world at one moment, for planning and for showing: facts of the directory, what should be, what is."""

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.domain.desired import Desired
from bridge.domain.findings import Finding
from bridge.domain.rooms import ActualRoom, Binding, RoomRef
from bridge.planning.plan import Plan
from bridge.rules.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that one look gathered; ``findings`` are those of reading, the plan carries its own."""

    facts: Facts
    desired: Desired
    bindings: Mapping[RoomRef, Binding]
    actual: Mapping[RoomRef, ActualRoom]
    plan: Plan
    findings: tuple[Finding, ...] = ()

    def room_ids(self) -> Mapping[RoomRef, str]:
        """The rooms that exist."""
        return {ref: binding.room_id for ref, binding in self.bindings.items() if binding.room_id}
