"""Whoever is switched off in the directory goes at once, whatever else of a plan waits for somebody's word.

The brake judges what remains as if they were out already, so that their leaving neither holds anything nor lets it
pass. Where most of the company would go like this it is no leaving but a mistake, and waits. Called by planner.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bridge.domain.desired import Desired
from bridge.domain.rooms import COMPANY, ActualRoom, RoomRef
from bridge.planning.actions import Action, RemoveMembers, SetAside
from bridge.planning.peopling import PRESENT

FEW: Final = 5
"""Fewer than that are never most of a company."""
MOST: Final = 0.5


def leavers(desired: Desired, actual: Mapping[RoomRef, ActualRoom]) -> frozenset[str]:
    """User ids of those who go at once: all who are switched off, unless they are most of those who sit in the company
    space, where everybody may know of everybody."""
    company = actual.get(COMPANY)
    if company is None:
        return desired.inactive
    off = sum(1 for user in desired.inactive if company.members.get(user) in PRESENT)
    if off < FEW:
        return desired.inactive
    ours = desired.service_users | {desired.bot}
    seated = sum(1 for user, state in company.members.items() if state in PRESENT and user not in ours)
    return frozenset() if off > MOST * seated else desired.inactive


def departing(actions: Iterable[Action], users: frozenset[str], beside: Sequence[Action]) -> Iterator[RemoveMembers]:
    """What of these actions removes one of these users, and no one else; without what is done ``beside`` it. A room
    that would be set aside first, and is not, still serves its group."""
    done = {(one.ref, user) for one in beside if isinstance(one, RemoveMembers) for user in one.users}
    aside = {one.former for one in beside if isinstance(one, SetAside)}
    serving: dict[RoomRef, RoomRef] = {}
    for action in actions:
        if isinstance(action, SetAside) and action.former not in aside:
            serving[action.former] = action.ref
        elif isinstance(action, RemoveMembers):
            going = tuple(user for user in action.users if user in users and (action.ref, user) not in done)
            if going:
                yield replace(action, ref=serving.get(action.ref, action.ref), users=going)
