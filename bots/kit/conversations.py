"""Which rooms are a conversation of the bot with one person, and which are shared. Used by ``talk``."""

from typing import Final

from bridge.domain.rooms import Membership
from bridge.ports.messenger import Surroundings

PRESENT: Final = frozenset({Membership.JOIN, Membership.INVITE})
MAX_REMEMBERED: Final = 20_000


def is_direct(surroundings: Surroundings, bot: str, person: str) -> bool:
    """Whether the room holds the bot and ``person`` and nobody else, and nobody else is invited."""
    present = {user: membership for user, membership in surroundings.members.items() if membership in PRESENT}
    return present == {bot: Membership.JOIN, person: Membership.JOIN}


def are_present(surroundings: Surroundings, bot: str, person: str) -> bool:
    """Who left meanwhile gets no answer, and where the bot is not, it does not speak."""
    members = surroundings.members
    return members.get(person) is Membership.JOIN and members.get(bot) is Membership.JOIN


class SharedRooms:
    """Rooms lately seen to be shared, so that their everyday talk costs no request.

    Only a hint whether unmarked lines are commands; who reads along is asked elsewhere (``ahead``). A room is
    forgotten when somebody leaves it, since only then can it become a conversation of two.
    """

    def __init__(self, limit: int = MAX_REMEMBERED) -> None:
        self._limit = limit
        self._rooms: dict[str, None] = {}

    def __contains__(self, room_id: str) -> bool:
        return room_id in self._rooms

    def add(self, room_id: str) -> None:
        """Remember the room; the one remembered longest makes way."""
        self._rooms[room_id] = None
        if len(self._rooms) > self._limit:
            del self._rooms[next(iter(self._rooms))]

    def forget(self, room_id: str) -> None:
        """Look again next time."""
        self._rooms.pop(room_id, None)
