"""Who is in rooms, as a look knows it, for groups that vanished and those that came. Pure; for ``awaiting``."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from bridge.domain.rooms import ActualRoom, Membership
from bridge.rules.settings import MODERATORS, OWNERS

POWER: Final = "m.room.power_levels"
PRESENT: Final = frozenset({Membership.JOIN, Membership.INVITE})

Leading: TypeAlias = Mapping[str, tuple[str, ...]]
"""User ids, by the field of a group that names them: its owners, its moderators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look knows of rooms and people: ``rooms`` by id of group, None where one was not read yet; ``accounts`` by
    id of person, ``claimed`` with those beside that could be theirs; ``staff`` are accounts that are nobody's.
    ``stayed`` are accounts that were in the room of a group when its source was replaced, by id of group."""

    rooms: Mapping[str, ActualRoom | None]
    accounts: Mapping[str, str]
    claimed: Mapping[str, str]
    staff: frozenset[str] = frozenset()
    stayed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def present(self, group_id: str) -> frozenset[str]:
        """Who is in the room of a group, or asked into it."""
        room = self.rooms.get(group_id)
        inside = room.members.items() if room else ()
        return frozenset(user for user, state in inside if state in PRESENT) - self.staff

    def power(self, group_id: str, user: str) -> int:
        """The level of somebody in the room of a group."""
        level = _levels(self.rooms.get(group_id)).get(user, 0)
        return level if isinstance(level, int) else 0

    def leading(self, group_id: str) -> Leading:
        """Who leads the room of a group, as far as they are in it."""
        levels = {user: self.power(group_id, user) for user in sorted(self.present(group_id))}
        return {
            "owners": tuple(user for user, level in levels.items() if level >= OWNERS),
            "moderators": tuple(user for user, level in levels.items() if MODERATORS <= level < OWNERS),
        }


def serving(rooms: Iterable[ActualRoom | None], claimed: Collection[str]) -> frozenset[str]:
    """The account that joins people, as rooms that are not hidden tell: the levels of all of them name it, and it is
    nobody's. The command line is not told whose it is before the homeserver was asked."""
    named = [levels.keys() for room in rooms if (levels := _levels(room))]
    return frozenset(set(named[0]).intersection(*named[1:]).difference(claimed)) if named else frozenset()


def _levels(room: ActualRoom | None) -> Mapping[str, object]:
    levels: Mapping[str, object] = room.content(POWER).get("users", {}) if room else {}
    return levels
