"""Invitations to hidden rooms, spread in time: who is invited at the same moment is seen to belong together.

Homeservers of invited people see when each invitation comes. So whoever belongs to a hidden room is held back until a
moment of their own; owners are not, for without them there is no group, and nobody is ever removed later. Pure; called
by ``thinking``, and by ``spreading``, which keeps the moments.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from bridge.domain.desired import Desired
from bridge.domain.rooms import RoomRef
from bridge.domain.viewers import OPEN
from bridge.planning.actions import Action, AddMembers
from bridge.planning.braking import Seat
from bridge.planning.fingerprint import fingerprint_of
from bridge.planning.plan import Later, Plan, PlanPart

DIGITS = 64
"""Of a draw, in bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """``drawn`` are the moments that are kept; whoever has none yet is invited within ``over`` from ``now`` on."""

    now: datetime
    over: timedelta
    drawn: Mapping[Seat, datetime] = field(default_factory=dict)


def spaced(plan: Plan, desired: Desired, spacing: Spacing | None) -> Plan:
    """The plan without those whose moment has not come, who are ``later`` in its parts; ``None`` holds back nobody."""
    if spacing is None or spacing.over <= timedelta():
        return plan
    return Plan.of(_spaced(part, desired, spacing) for part in plan.parts)


def drawn_from(word: str, spacing: Spacing) -> datetime:
    """The moment that a random word stands for: within ``over`` from ``now`` on, each as likely as any other."""
    number = int.from_bytes(sha256(word.encode()).digest()[: DIGITS // 8])
    return spacing.now + spacing.over * (number / (1 << DIGITS))


def seats_of(plan: Plan) -> frozenset[Seat]:
    """Who is to be invited to hidden rooms, now or later."""
    now = (
        (action.ref, user)
        for part in plan.parts
        if part.compartment != OPEN
        for action in part.actions
        if isinstance(action, AddMembers)
        for user in action.users
    )
    return frozenset((*now, *((one.ref, one.user) for one in plan.later)))


def _spaced(part: PlanPart, desired: Desired, spacing: Spacing) -> PlanPart:
    if part.compartment == OPEN:
        return part
    later = tuple(_held_back(part.actions, desired, spacing))
    if not later:
        return part
    seats = {(one.ref, one.user) for one in later}
    actions = tuple(_without(part.actions, seats))
    held = replace(part.held, free=tuple(_without(part.held.free, seats))) if part.held else None
    return replace(part, actions=actions, held=held, later=later, fingerprint=fingerprint_of(actions))


def _held_back(actions: Iterable[Action], desired: Desired, spacing: Spacing) -> Iterator[Later]:
    for action in actions:
        room = desired.rooms.get(action.ref)
        if not isinstance(action, AddMembers) or room is None or not room.hidden:
            continue
        for user in action.users:
            moment = spacing.drawn.get((action.ref, user))
            if user in room.settings.owners or (moment is not None and moment <= spacing.now):
                continue
            yield Later(ref=action.ref, user=user, by=moment or spacing.now + spacing.over, drawn=moment is not None)


def _without(actions: Iterable[Action], seats: Iterable[tuple[RoomRef, str]]) -> Iterator[Action]:
    for action in actions:
        if not isinstance(action, AddMembers):
            yield action
        elif users := tuple(user for user in action.users if (action.ref, user) not in seats):
            yield replace(action, users=users)
