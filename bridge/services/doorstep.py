"""What is kept of people at the door of a group's room: the open questions of the store, and how they are read.

Put by ``requests``; planning learns from here who knocked in vain.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from bridge.domain.rooms import RoomRef, group_room
from bridge.ports.pending import Pending

JOIN_REQUEST: Final = "join-request"
"""Somebody asks to be let in; owners answer. ``document`` is a ``Request``."""
TURNED_AWAY: Final = "turned-away"
"""Somebody's knock was refused, or not answered in time, and has to be withdrawn."""


def turned_away(items: Iterable[Pending]) -> Mapping[RoomRef, frozenset[str]]:
    """Who knocked in vain and is still to be told by withdrawing the knock, by room."""
    found: dict[RoomRef, set[str]] = {}
    for item in items:
        found.setdefault(group_room(item.document["group"]), set()).add(item.asker)
    return {ref: frozenset(users) for ref, users in found.items()}
