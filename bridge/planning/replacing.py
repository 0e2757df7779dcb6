"""Rooms that can never become what they should be: set aside, and a new one is made in their place. Called by planner.

What was open stays known, whoever closes it; federation is fixed when a room is made; encryption is never switched off.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from bridge.domain.desired import Desired, DesiredRoom, RoomSettings
from bridge.domain.ids import host_of, server_of
from bridge.domain.messages import Message, say
from bridge.domain.rooms import ActualRoom, Binding, RoomKind, RoomRef, former_room, group_room
from bridge.domain.viewers import OPEN
from bridge.planning.actions import SetAside
from bridge.planning.world import fault_of, mark_of
from bridge.rules.comparing import is_encrypted, is_federated
from bridge.rules.naming import plain_marker

WAS_OPEN: Final = say(
    "The room was made before the group was hidden, so its name, its id and what was said there are known."
)
TOO_CLOSED: Final = say("The room was made for our server alone, and now a partner takes part. That is fixed.")
ENCRYPTED: Final = say("The group is not to be encrypted, and its room is. That cannot be switched off.")

Rooms = Mapping[RoomRef, ActualRoom]
Bindings = Mapping[RoomRef, Binding]


def replacements(desired: Desired, actual: Rooms, bindings: Bindings) -> Iterator[SetAside]:
    """The rooms that give way to new ones. Rooms that nobody may touch stay, and so do those of groups that ended, save
    where such a group is hidden now: what was open stays known, and its next room is made when it is opened again."""
    for ref, room in desired.rooms.items():
        if ref.kind is not RoomKind.GROUP or room.let_go or ref not in actual or ref not in bindings:
            continue
        reason = _unfit(desired, room, actual[ref])
        if reason and fault_of(bindings[ref], actual[ref], desired.bot) is None:
            former = former_room(actual[ref].room_id)
            yield SetAside(ref=ref, former=former, secret=room.hidden, reason=reason)


def set_aside(changes: tuple[SetAside, ...], actual: Rooms, bindings: Bindings) -> tuple[Rooms, Bindings]:
    """The world once these rooms have been set aside: everything else is planned from there."""
    if not changes:
        return actual, bindings
    rooms, bound = dict(actual), dict(bindings)
    for change in changes:
        rooms[change.former] = replace(rooms.pop(change.ref), ref=change.former)
        bound[change.former] = replace(bound.pop(change.ref), ref=change.former, of=change.ref.id, secret=change.secret)
    return rooms, bound


def with_former_rooms(desired: Desired, bindings: Bindings) -> Desired:
    """What should be, with all rooms that were set aside: closed, emptied and let go."""
    found = {ref: _former(desired, binding) for ref, binding in bindings.items() if ref.kind is RoomKind.FORMER}
    return replace(desired, rooms={**desired.rooms, **found}) if found else desired


def _former(desired: Desired, binding: Binding) -> DesiredRoom:
    """Of a group that is hidden now, it belongs to the group's compartment and points nowhere."""
    group = desired.rooms.get(group_room(binding.of))
    secret = binding.secret or (group is not None and group.hidden)
    successor = group.ref if group and not secret and not group.ended else None
    return DesiredRoom(
        ref=binding.ref,
        settings=RoomSettings(name="", successor=successor),
        members=frozenset(),
        ended=True,
        let_go=True,
        compartment=binding.of if secret else OPEN,
    )


def _unfit(desired: Desired, room: DesiredRoom, actual: ActualRoom) -> Message | None:
    if room.hidden and mark_of(actual) == plain_marker(room.ref):
        return WAS_OPEN
    if room.ended:
        return None
    ours = host_of(server_of(desired.bot))
    if any(server != ours for server in room.settings.servers or ()) and not is_federated(actual, room.settings):
        return TOO_CLOSED
    return ENCRYPTED if room.plain and is_encrypted(actual) else None
