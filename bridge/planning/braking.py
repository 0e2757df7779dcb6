"""The brake: a plan that takes much away, and that nobody asked for, waits until somebody quotes its fingerprint."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from bridge.domain.messages import Message, say_n
from bridge.domain.rooms import ActualRoom, Membership, RoomKind, RoomRef
from bridge.planning.actions import Action, RemoveMembers
from bridge.planning.plan import Brake, Held

FEW: Final = 5
"""Below this many removals a share says nothing: one leaver of a group of three is everyday work, and must be quick."""

Seat = tuple[RoomRef, str]


def hold(
    actions: Iterable[Action],
    rooms: Mapping[RoomRef, ActualRoom],
    brake: Brake,
    *,
    known: Callable[[str], bool],
    staff: Collection[str],
    asked_for: Collection[Seat] = (),
) -> Held | None:
    """Why these actions of one compartment must wait, or None.

    ``rooms`` are the rooms of the compartment; ``known`` says whether a user is still an employee or a partner member.
    Whoever is neither counts once, whatever the number of rooms: a single leaver must not hold the plan. Seats in
    ``asked_for`` were named by a confirmed command and count nothing, as do those in subspaces: these only list rooms,
    and whoever belongs to the company comes in again as they like.
    """
    taken: dict[RoomRef, set[str]] = {}
    for action in actions:
        if isinstance(action, RemoveMembers) and not action.invited and action.ref.kind is not RoomKind.SUBSPACE:
            users = (user for user in action.users if (action.ref, user) not in asked_for)
            taken.setdefault(action.ref, set()).update(users)
    if not taken:
        return None
    gone = {user for users in taken.values() for user in users if not known(user)}
    seats = sum(map(len, taken.values()))
    removals = len(gone) + sum(len(users - gone) for users in taken.values())
    present = sum(_seated(room, staff) for ref, room in rooms.items() if ref.kind is not RoomKind.SUBSPACE)
    emptied = sum(1 for ref, users in taken.items() if 1 < len(users) == _seated(rooms[ref], staff))
    reason = _reason(removals, seats, present, emptied, brake)
    return Held(reason=reason, removals=removals, members=present, brake=brake) if reason else None


def _reason(removals: int, seats: int, present: int, emptied: int, brake: Brake) -> Message | None:
    if emptied:
        return say_n("{count} room would lose all its members.", "{count} rooms would lose all their members.", emptied)
    if removals > brake.max_removals:
        return say_n(
            "{count} removal that nobody asked for: more than {limit}.",
            "{count} removals that nobody asked for: more than {limit}.",
            removals,
            limit=brake.max_removals,
        )
    if removals >= FEW and seats > brake.max_removal_share * present:
        return say_n(
            "{count} of {members} memberships would go: more than {share} %.",
            "{count} of {members} memberships would go: more than {share} %.",
            seats,
            members=present,
            share=round(brake.max_removal_share * 100),
        )
    return None


def _seated(room: ActualRoom, staff: Collection[str]) -> int:
    """How many people are joined, ours not counted."""
    joined = list(room.members.values()).count(Membership.JOIN)
    return joined - sum(1 for user in staff if room.members.get(user) is Membership.JOIN)
