"""The end of a room: everybody is removed, then the bot leaves. Called by planner for rooms that are let go."""

from collections.abc import Iterator
from typing import Final

from bridge.domain.desired import DesiredRoom
from bridge.domain.messages import Message, say
from bridge.domain.rooms import ActualRoom, Membership, RoomKind, RoomRef, group_room
from bridge.planning.actions import LetGo, Phase, RemoveMembers
from bridge.planning.world import World

REPLACED: Final = say("The group has a new room.")
SPACE_OVER: Final = say("No group lies below this one any more, so its space ends.")
OVER: Final = say("The room serves nobody any more.")


def departures(world: World, room: DesiredRoom, actual: ActualRoom) -> Iterator[RemoveMembers | LetGo]:
    """Everybody but the bot goes, invitations too; whoever is asked into the new room only after they were."""
    space = room.ref.kind is RoomKind.SUBSPACE
    moving = world.desired.employees if space else moved_from(world, room.ref)
    groups: dict[tuple[Phase, bool], list[str]] = {}
    for user, state in actual.members.items():
        if user != world.desired.bot and state is not Membership.BAN:
            phase = Phase.END if user in moving else Phase.REMOVE
            groups.setdefault((phase, state is not Membership.JOIN), []).append(user)
    for (phase, invited), users in groups.items():
        yield RemoveMembers(
            ref=room.ref, users=tuple(sorted(users)), reason=reason_of(room.ref), invited=invited, phase=phase
        )
    yield let_go(world, room)


def let_go(world: World, room: DesiredRoom) -> LetGo:
    """The last step."""
    return LetGo(ref=room.ref, delete=world.desired.delete_let_go, reason=reason_of(room.ref))


def moved_from(world: World, ref: RoomRef) -> frozenset[str]:
    """Who belongs to the group that a former room served, and so is asked into its new one."""
    group = served(world, ref)
    return group.members if group and not group.ended else frozenset()


def served(world: World, ref: RoomRef) -> DesiredRoom | None:
    """The room, as it should be, of the group that a former room served."""
    binding = world.bindings.get(ref)
    return world.desired.rooms.get(group_room(binding.of)) if binding and binding.of else None


def reason_of(ref: RoomRef) -> Message:
    """Why a room is let go."""
    if ref.kind is RoomKind.SUBSPACE:
        return SPACE_OVER
    return REPLACED if ref.kind is RoomKind.FORMER else OVER
