"""Who comes into a room and who goes: one action per reason, sets compared whole, no object per membership."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from bridge.domain.desired import DesiredRoom, JoinRule
from bridge.domain.directory import MembershipMode
from bridge.domain.ids import server_of
from bridge.domain.messages import Message, say
from bridge.domain.rooms import Absence, ActualRoom, Membership, RoomKind
from bridge.planning.actions import AddMembers, RemoveMembers
from bridge.planning.world import World
from bridge.rules.partners import partner_of

LISTED: Final[Mapping[RoomKind, Message]] = {
    RoomKind.COMPANY_SPACE: say("Everybody active in the directory belongs to the company space."),
    RoomKind.PARTNER_SPACE: say("They belong to the partner or answer for it."),
    RoomKind.SUBSPACE: say("They belong to the group or to one below it."),
    RoomKind.GROUP: say("The directory lists them in the group."),
    RoomKind.ADMINS: say("The configuration names them as administrators."),
}
ADDED: Final[Mapping[MembershipMode, Message]] = {
    MembershipMode.OWNERS: say("An owner of the group added them."),
    MembershipMode.BOTH: say("The directory lists them in the group, or an owner added them."),
}
HEIRS: Final = say("All owners of the group are gone, so they own it until another is named.")
MANDATORY: Final = say("The group is mandatory: who leaves is invited again.")
UNLISTED: Final = say("The directory does not list them in the group.")
UNNAMED: Final = say("They are not among the active administrators that the configuration names.")
INACTIVE: Final = say("They are not active in the directory.")
NOT_ADMITTED: Final = say("The group does not admit their partner.")
PARTED: Final = say("What was agreed with them or with their organisation is suspended or over, or not accepted yet.")
STRANGER: Final = say("They belong neither to the company nor to a partner of it.")
NOT_ADDED: Final[Mapping[MembershipMode, Message]] = {
    MembershipMode.DIRECTORY: UNLISTED,
    MembershipMode.OWNERS: say("No owner of the group added them."),
    MembershipMode.BOTH: say("Neither does the directory list them in the group, nor did an owner add them."),
}
REFUSED: Final = say("An owner of the group refused their request to join.")
UNANSWERED: Final = say("Their request to join was not answered in time.")
LAPSED: Final = say("They did not answer the invitation in time.")
REMOVED: Final = {
    reason.text: reason
    for reason in (*NOT_ADDED.values(), UNNAMED, INACTIVE, NOT_ADMITTED, PARTED, STRANGER, REFUSED, UNANSWERED, LAPSED)
}

PRESENT: Final = frozenset({Membership.JOIN, Membership.INVITE})
LAPSING: Final = frozenset({RoomKind.GROUP, RoomKind.PARTNER_SPACE})


def newcomers(world: World, room: DesiredRoom) -> Iterator[AddMembers]:
    """Everybody, for a room that does not exist yet."""
    users = _without(room.members, world.staff)
    yield from _additions(world, room, users)


def comings_and_goings(
    world: World, room: DesiredRoom, actual: ActualRoom, *, federated: bool
) -> Iterator[AddMembers | RemoveMembers]:
    """Both ways, from one comparison of the sets: most rooms are in step, and these must cost little."""
    absent = room.members.difference(actual.members)
    yield from _surplus(world, room, actual, here=len(room.members) - len(absent))
    yield from _given_up(world, room, actual)
    if not room.ended:
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
    yield from _additions(world, room, first)
    if again and room.mandatory:
        yield AddMembers(ref=room.ref, users=tuple(sorted(again)), reason=MANDATORY)


def _additions(world: World, room: DesiredRoom, users: frozenset[str]) -> Iterator[AddMembers]:
    """Those who were never asked, or are asked anew; owners whom nobody named by themselves."""
    heirs = users & room.heirs
    if others := users - heirs:
        yield AddMembers(ref=room.ref, users=world.line.up(others), reason=_belonging(room))
    if heirs:
        yield AddMembers(ref=room.ref, users=tuple(sorted(heirs)), reason=HEIRS)


def forgotten(room: DesiredRoom, actual: ActualRoom) -> frozenset[str]:
    """Who is out of the room and does not belong to it any more: why they are out counts no longer, so that whoever
    is added again is invited again."""
    return frozenset() if room.ended or not actual.out else frozenset(actual.out.keys() - room.members)


def banned(room: DesiredRoom, actual: ActualRoom) -> Collection[str]:
    """Members of the group that somebody banned from its room."""
    if _all_present(actual):
        return ()
    return sorted(user for user, state in actual.members.items() if state is Membership.BAN and user in room.members)


def _surplus(world: World, room: DesiredRoom, actual: ActualRoom, *, here: int) -> Iterator[RemoveMembers]:
    """Who is in, or holds an invitation or a knock, and should not: by reason, invitations by themselves."""
    groups: dict[tuple[bool, str], list[str]] = {}
    for user in _extra(world, room, actual, here):
        state = actual.members[user]
        if state is Membership.BAN or _may_stay(world, room, user):
            continue
        reason = _at_the_door(world, room, user) if state is Membership.KNOCK else _reason(world, room, user)
        if reason:
            groups.setdefault((state is not Membership.JOIN, reason), []).append(user)
    for (invited, reason), users in groups.items():
        yield RemoveMembers(ref=room.ref, users=tuple(sorted(users)), reason=REMOVED[reason], invited=invited)


def _extra(world: World, room: DesiredRoom, actual: ActualRoom, here: int) -> Iterable[str]:
    """Users of the room beyond those who must be in it, ``here`` of whom are. Counted: nearly always there are none."""
    ours = sum(1 for user in world.staff if user in actual.members and user not in room.members)
    return () if len(actual.members) == here + ours else actual.members.keys() - room.members - world.staff


def _given_up(world: World, room: DesiredRoom, actual: ActualRoom) -> Iterator[RemoveMembers]:
    """Invitations that waited for too long: to groups, and of a partner's people to its space. Those to mandatory
    groups stay, for withdrawn they would come again, and those of employees to spaces."""
    overdue = world.patience.overdue.get(room.ref)
    if not overdue or room.mandatory or room.ref.kind not in LAPSING:
        return
    if room.ref.kind is RoomKind.PARTNER_SPACE:
        overdue -= world.desired.employees
    invited = [user for user in overdue if actual.members.get(user) is Membership.INVITE]
    kept = [user for user in invited if user in room.members or _may_stay(world, room, user)]
    if users := tuple(sorted(user for user in kept if user not in world.staff)):
        yield RemoveMembers(ref=room.ref, users=users, reason=LAPSED, invited=True, remembered=Absence.LAPSED)


def _at_the_door(world: World, room: DesiredRoom, user: str) -> str:
    """Why somebody's knock is turned down; empty while it waits for an owner's answer."""
    if room.settings.join_rule is not JoinRule.KNOCK or not _may_ask(world, room, user):
        return _reason(world, room, user)
    if user in world.patience.refused.get(room.ref, ()):
        return REFUSED.text
    return UNANSWERED.text if user in world.patience.overdue.get(room.ref, ()) else ""


def _may_ask(world: World, room: DesiredRoom, user: str) -> bool:
    """Whether the user is of the group's audience: employees, and the partners in whose spaces its room is listed."""
    if user in world.desired.employees:
        return True
    partner = partner_of(user, world.desired.partner_of)
    return any(space.kind is RoomKind.PARTNER_SPACE and space.id == partner for space in room.settings.parents)


def _may_stay(world: World, room: DesiredRoom, user: str) -> bool:
    if user in world.patience.contested:
        return True
    if room.open_to_employees and user in world.desired.employees:
        return True
    return bool(room.open_to_partners) and partner_of(user, world.desired.partner_of) in room.open_to_partners


def _reason(world: World, room: DesiredRoom, user: str) -> str:
    if room.ref.kind is RoomKind.ADMINS and server_of(user) == world.server_name:
        return UNNAMED.text
    if user in world.desired.employees:
        return NOT_ADDED[room.membership].text
    if server_of(user) == world.server_name:
        return INACTIVE.text
    if partner_of(user, world.desired.partner_of) is None:
        return PARTED.text if partner_of(user, world.desired.dismissed) else STRANGER.text
    return NOT_ADMITTED.text if room.open_to_partners else NOT_ADDED[room.membership].text


def _belonging(room: DesiredRoom) -> Message:
    return ADDED.get(room.membership, LISTED[room.ref.kind])


def _without(users: frozenset[str], staff: frozenset[str]) -> frozenset[str]:
    return users if users.isdisjoint(staff) else users - staff


def _all_present(actual: ActualRoom) -> bool:
    return PRESENT.issuperset(actual.members.values())
