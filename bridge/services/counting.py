"""What may be counted where many read along, in metrics: nothing of hidden groups' rooms.

The endpoint and the dispatcher ask; the watch tells every world that it saw.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.domain.viewers import OPEN, Compartment
from bridge.services.world import World


@dataclass(slots=True)
class Counting:
    """Counts nothing until it knows whose the rooms are."""

    _compartments: Mapping[str, Compartment] = field(default_factory=dict, init=False)

    def knows(self, world: World) -> None:
        """From now on rooms are what they are in this world."""
        self.knows_rooms({room_id: world.compartment_at(room_id) or OPEN for room_id in world.refs})

    def knows_rooms(self, compartments: Mapping[str, Compartment]) -> None:
        """By room, for all that are ours."""
        self._compartments = compartments

    def traffic(self, room_id: str) -> bool:
        """Whether what happens there adds to a sum. Not in rooms that the world does not have: a hidden one may have
        been made a moment ago, and what its members ask in private would add to the sum, too."""
        return self._compartments.get(room_id) == OPEN

    def backlog(self, room_id: str) -> bool:
        """Whether what waits there is in a number of the moment: private conversations are, for whoever runs the bridge
        must see that it fails."""
        return self._compartments.get(room_id, OPEN) == OPEN
