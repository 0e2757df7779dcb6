"""Who comes into a room and who goes: one action per reason, sets compared whole, no object per membership."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from bridge.domain.desired import DesiredRoom
from bridge.domain.ids import server_of
from bridge.domain.messages import Message, say
from bridge.domain.rooms import Absence, ActualRoom, Membership, RoomKind
from bridge.planning.actions import AddMembers, RemoveMembers
from bridge.planning.world import World
from bridge.rules.partners import partner_of

LISTED: Final[Mapping[RoomKind, Message]] = {
    RoomKind.COMPANY_SPACE: say("Everybody active in the directory belongs to the company space."),
    RoomKind.PARTNER_SPACE: say("They belong to the partner or answer for it."),
    RoomKind.GROUP: say("The directory lists them in the group."),
}
MANDATORY: Final = say("The group is mandatory: who leaves is invited again.")
UNLISTED: Final = say("The directory does not list them in the group.")
INACTIVE: Final = say("They are not active in the directory.")
NOT_ADMITTED: Final = say("The group does not admit their partner.")
STRANGER: Final = say("They belong neither to the company nor to a partner of it.")
REMOVED: Final = {reason.text: reason for reason in (UNLISTED, INACTIVE, NOT_ADMITTED, STRANGER)}

PRESENT: Final = frozenset({Membership.JOIN, Membership.INVITE})


def newcomers(world: World, room: DesiredRoom) -> Iterator[AddMembers]:
    """Everybody, for a room that does not exist yet."""
    users = _without(room.members, world.staff)
    if users:
        yield AddMembers(ref=room.ref, users=world.line.up(users), reason=LISTED[room.ref.kind])


def comings_and_goings(
    world: World, room: DesiredRoom, actual: ActualRoom, *, federated: bool
) -> Iterator[AddMembers | RemoveMembers]:
    """Both ways, from one comparison of the sets: most rooms are in step, and these must cost little."""
    absent = room.members.difference(actual.members)
    yield from _surplus(world, room, actual, here=len(room.members) - len(absent))
    yield from _missing(world, room, actual, _without(absent, world.staff), federated=federated)


def _missing(
    world: World, room: DesiredRoom, actual: ActualRoom, absent: frozenset[str], *, federated: bool
) -> Iterator[AddMembers]:
    """Who should be in and is not: whoever left by themselves only when the group is mandatory."""
    if not _all_present(actual):
        absent |= {user for user, state in actual.members.items() if state is Membership.KNOCK and user in room.members}
    if not absent:
        return
    if not federated:
        absent = frozenset(user for user in absent if server_of(user) == world.server_name)
    asked = absent & actual.out.keys() if actual.out else frozenset()
    again = frozenset(user for user in asked if actual.out[user] is Absence.LEFT)
    first = absent - asked
    if first:
        yield AddMembers(ref=room.ref, users=world.line.up(first), reason=LISTED[room.ref.kind])
    if again and room.mandatory:
        yield AddMembers(ref=room.ref, users=tuple(sorted(again)), reason=MANDATORY)


def banned(room: DesiredRoom, actual: ActualRoom) -> Collection[str]:
    """Members of the group that somebody banned from its room."""
    if _all_present(actual):
        return ()
    return sorted(user for user, state in actual.members.items() if state is Membership.BAN and user in room.members)


def _surplus(world: World, room: DesiredRoom, actual: ActualRoom, *, here: int) -> Iterator[RemoveMembers]:
    """Who is in, or holds an invitation or a knock, and should not: by reason, invitations by themselves."""
    extra = [user for user in _extra(world, room, actual, here) if not _may_stay(world, room, user)]
    if not extra:
        return
    groups: dict[tuple[bool, str], list[str]] = {}
    for user in extra:
        state = actual.members[user]
        if state is not Membership.BAN:
            groups.setdefault((state is not Membership.JOIN, _reason(world, room, user)), []).append(user)
    for (invited, reason), users in groups.items():
        yield RemoveMembers(ref=room.ref, users=tuple(sorted(users)), reason=REMOVED[reason], invited=invited)


def _extra(world: World, room: DesiredRoom, actual: ActualRoom, here: int) -> Iterable[str]:
    """Users of the room beyond those who must be in it, ``here`` of whom are. Counted: nearly always there are none."""
    ours = sum(1 for user in world.staff if user in actual.members and user not in room.members)
    return () if len(actual.members) == here + ours else actual.members.keys() - room.members - world.staff


def _may_stay(world: World, room: DesiredRoom, user: str) -> bool:
    if room.open_to_employees and user in world.desired.employees:
        return True
    return bool(room.open_to_partners) and partner_of(user, world.desired.partner_of) in room.open_to_partners


def _reason(world: World, room: DesiredRoom, user: str) -> str:
    if user in world.desired.employees:
        return UNLISTED.text
    if server_of(user) == world.server_name:
        return INACTIVE.text
    if partner_of(user, world.desired.partner_of) is None:
        return STRANGER.text
    return NOT_ADMITTED.text if room.open_to_partners else UNLISTED.text


def _without(users: frozenset[str], staff: frozenset[str]) -> frozenset[str]:
    return users if users.isdisjoint(staff) else users - staff


def _all_present(actual: ActualRoom) -> bool:
    return PRESENT.issuperset(actual.members.values())
