"""The brake: a plan that takes much away or opens rooms, and that nobody asked for, waits for somebody's word.

What would be so without the decisions that rooms have not followed yet (``usual``) is what nobody asked for.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from bridge.domain.desired import Desired, Setting
from bridge.domain.messages import Message, say_n
from bridge.domain.rooms import ActualRoom, Membership, RoomKind, RoomRef
from bridge.planning.actions import Action, RemoveMembers, SetState
from bridge.planning.ending import served
from bridge.planning.opening import opens
from bridge.planning.plan import Brake, Held
from bridge.planning.world import World
from bridge.rules.comparing import is_silent
from bridge.rules.partners import partner_of

FEW: Final = 5
"""Below this many a share says nothing: one leaver of a group of three is everyday work, and must be quick."""

Seat: TypeAlias = tuple[RoomRef, str]
Drifted: TypeAlias = Collection[tuple[RoomRef, Setting]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asked for, and so nothing counts: ``seats`` that were agreed to be lost, settings that somebody
    else ``drifted`` away from what was asked for before, the emptying of rooms that were set ``aside`` before. Whoever
    is ``off`` is switched off in the directory and goes in any case."""

    seats: Collection[Seat] = frozenset()
    drifted: Drifted = frozenset()
    aside: Collection[RoomRef] = frozenset()
    off: frozenset[str] = frozenset()


NOTHING: Final = Asked()


def is_dismissed(user: str, desired: Desired) -> bool:
    """Whether somebody of a partner goes because that was asked for, or announced."""
    if not desired.dismissed or user in desired.employees:
        return False
    return partner_of(user, desired.partner_of) is None and partner_of(user, desired.dismissed) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """What a plan takes and opens: people ``taken`` out of rooms, settings ``opened``, rooms that are ``ended``, that
    is, silenced, or ``let_go``. How many are switched ``off`` and leave seats of a room that count no more, by room."""

    taken: Mapping[RoomRef, frozenset[str]] = field(default_factory=dict)
    opened: frozenset[tuple[RoomRef, Setting]] = frozenset()
    ended: frozenset[RoomRef] = frozenset()
    let_go: frozenset[RoomRef] = frozenset()
    off: Mapping[RoomRef, int] = field(default_factory=dict)

    def within(self, usual: "Toll") -> "Toll":
        """What of it is ``usual``. Whoever lets a room go takes out everybody."""
        by_decision = self.let_go - usual.let_go
        both = {ref: users & usual.taken.get(ref, frozenset()) for ref, users in self.taken.items()}
        return Toll(
            taken={ref: users for ref, users in both.items() if users and ref not in by_decision},
            opened=self.opened & usual.opened,
            ended=self.ended & usual.ended,
            let_go=self.let_go & usual.let_go,
            off=self.off,
        )


def toll_of(
    world: World, actions: Iterable[Action], rooms: Mapping[RoomRef, ActualRoom], asked: Asked = NOTHING
) -> Toll:
    """What these actions take and open. ``rooms`` are those that they, and others of their compartment, are about."""
    counting = _Counting(world=world, rooms=rooms, actions=tuple(actions), asked=asked)
    return Toll(
        taken={ref: frozenset(users) for ref, users in counting.taken().items()},
        opened=counting.opened(),
        ended=counting.ended(),
        let_go=frozenset(ref for ref in rooms if world.desired.rooms[ref].let_go),
        off=counting.off(),
    )


def hold(
    world: World,
    toll: Toll,
    rooms: Mapping[RoomRef, ActualRoom],
    brake: Brake,
    *,
    known: Callable[[str], bool],
) -> Held | None:
    """Why what takes this ``toll`` of one compartment must wait, or None.

    ``rooms`` are the rooms of the compartment; ``known`` says whether a user is still an employee or a partner member.
    Whoever is neither counts once, whatever the number of rooms: a single leaver must not hold the plan.
    """
    taken, opened, ended = toll.taken, frozenset(ref for ref, _ in toll.opened), toll.ended
    if not (taken or opened or ended):
        return None
    gone = {user for users in taken.values() for user in users if not known(user)}
    seats = sum(map(len, taken.values()))

    def seated(ref: RoomRef) -> int:
        return _seated(rooms[ref], world.staff) - toll.off.get(ref, 0)

    count = _Count(
        removals=len(gone) + sum(len(users - gone) for users in taken.values()),
        seats=seats,
        members=sum(map(seated, rooms)) if seats else 0,
        emptied=sum(1 for ref, users in taken.items() if 1 < len(users) == seated(ref)),
        archivings=len(ended),
        loosenings=len(opened),
        rooms=sum(1 for ref in rooms if ref.kind is RoomKind.GROUP),
    )
    if reason := _removals(count, brake) or _archivings(count, brake):
        return count.held(reason, brake)
    if reason := _loosenings(count, brake):
        return count.held(reason, brake, waiting=opened)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counting:
    """What a plan takes and opens and was not agreed to, by room."""

    world: World
    rooms: Mapping[RoomRef, ActualRoom]
    actions: tuple[Action, ...]
    asked: Asked

    def taken(self) -> dict[RoomRef, set[str]]:
        """Seats. Whoever belongs to the group of a former room loses none: another comes after it, if the group is not
        over. Nor does anybody who leaves a space that lists nothing any more."""
        found: dict[RoomRef, set[str]] = {}
        for action in self.actions:
            if isinstance(action, RemoveMembers) and not action.invited and not self._is_over(action.ref):
                group = served(self.world, action.ref) if action.ref.kind is RoomKind.FORMER else None
                moved = group.members if group else frozenset()
                users = {one for one in action.users if one not in moved and not self._is_asked(action.ref, one)}
                if users:
                    found.setdefault(action.ref, set()).update(users)
        return found

    def _is_asked(self, ref: RoomRef, user: str) -> bool:
        return user in self.asked.off or (ref, user) in self.asked.seats or is_dismissed(user, self.world.desired)

    def off(self) -> dict[RoomRef, int]:
        """How many of a room are switched off, and go."""
        found: dict[RoomRef, int] = {}
        for action in self.actions:
            if isinstance(action, RemoveMembers) and not action.invited:
                found[action.ref] = found.get(action.ref, 0) + sum(1 for one in action.users if one in self.asked.off)
        return found

    def _is_over(self, ref: RoomRef) -> bool:
        return self.world.desired.rooms[ref].let_go and (ref.kind is RoomKind.SUBSPACE or ref in self.asked.aside)

    def ended(self) -> frozenset[RoomRef]:
        """Rooms of groups that are archived, or retired, and can still be written in."""
        return frozenset(
            ref
            for ref, actual in self.rooms.items()
            if ref.kind is RoomKind.GROUP and self.world.desired.rooms[ref].ended and not is_silent(actual)
        )

    def opened(self) -> frozenset[tuple[RoomRef, Setting]]:
        """Settings of rooms, there already, that become more open than they are."""
        return frozenset(
            (action.ref, action.setting)
            for action in self.actions
            if isinstance(action, SetState)
            and action.ref in self.rooms
            and opens(action)
            and (action.ref, action.setting) not in self.asked.drifted
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """``removals`` of people; ``seats`` of ``members`` that these have; rooms that lose everybody, are archived or
    opened, of all ``rooms`` of groups."""

    removals: int
    seats: int
    members: int
    emptied: int
    archivings: int
    loosenings: int
    rooms: int

    def held(self, reason: Message, brake: Brake, waiting: frozenset[RoomRef] = frozenset()) -> Held:
        return Held(
            reason=reason,
            removals=self.removals,
            members=self.members,
            archivings=self.archivings,
            loosenings=self.loosenings,
            rooms=self.rooms,
            waiting=waiting,
            brake=brake,
        )


def _removals(count: _Count, brake: Brake) -> Message | None:
    if count.emptied:
        return say_n(
            "{count} room would lose all its members.", "{count} rooms would lose all their members.", count.emptied
        )
    if count.removals > brake.max_removals:
        return say_n(
            "{count} removal that nobody asked for: more than {limit}.",
            "{count} removals that nobody asked for: more than {limit}.",
            count.removals,
            limit=brake.max_removals,
        )
    if count.removals >= FEW and count.seats > brake.max_removal_share * count.members:
        return say_n(
            "{count} of {members} memberships would go: more than {share} %.",
            "{count} of {members} memberships would go: more than {share} %.",
            count.seats,
            members=count.members,
            share=round(brake.max_removal_share * 100),
        )
    return None


def _archivings(count: _Count, brake: Brake) -> Message | None:
    if not _too_many(count.archivings, count.rooms, brake.max_archivings, brake):
        return None
    return say_n(
        "{count} group of {rooms} would end, and nobody asked for it.",
        "{count} groups of {rooms} would end, and nobody asked for it.",
        count.archivings,
        rooms=count.rooms,
    )


def _loosenings(count: _Count, brake: Brake) -> Message | None:
    if not _too_many(count.loosenings, count.rooms, brake.max_loosenings, brake):
        return None
    return say_n(
        "{count} room of {rooms} would become more open, which waits for somebody's word.",
        "{count} rooms of {rooms} would become more open, which waits for somebody's word.",
        count.loosenings,
        rooms=count.rooms,
    )


def _too_many(changed: int, rooms: int, limit: int, brake: Brake) -> bool:
    return changed > limit or (changed >= FEW and changed > brake.max_room_share * rooms)


def _seated(room: ActualRoom, staff: Collection[str]) -> int:
    """How many people are joined, ours not counted."""
    joined = list(room.members.values()).count(Membership.JOIN)
    return joined - sum(1 for user in staff if room.members.get(user) is Membership.JOIN)
