"""What is kept of rooms that were asked for, and agreed to, on their way to a group. Used by ``adopting``; the look
learns from here what of a plan was agreed to, so that the brake does not hold it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bridge.domain.desired import Setting
from bridge.domain.rooms import Binding, RoomRef, group_room
from bridge.planning.braking import Seat
from bridge.ports.pending import Pending

ADOPTION: Final = "adoption"
"""The question whether a room may serve a group; who has power in the room answers."""
ADOPTING: Final = "adopting"
"""It was agreed to; open until the room is as the group wants it."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the agreement covers: ``seats`` that are lost, settings that become others."""

    seats: frozenset[Seat] = frozenset()
    settings: frozenset[tuple[RoomRef, Setting]] = frozenset()


def agreed(items: Iterable[Pending], bindings: Mapping[RoomRef, Binding]) -> Agreed:
    """As the open items of the kind ``ADOPTING`` tell, for rooms that serve their groups by now."""
    seats: set[Seat] = set()
    settings: set[tuple[RoomRef, Setting]] = set()
    for item in items:
        ref = group_room(item.document["group"])
        if ref in bindings and bindings[ref].room_id == item.document["room"]:
            seats.update((ref, user) for user in item.document["leaving"])
            settings.update((ref, setting) for setting in Setting)
    return Agreed(frozenset(seats), frozenset(settings))
