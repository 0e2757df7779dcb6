"""Desired and actual side by side, and what to do about the difference. Pure; called by reconciling and by tests.

Everything is planned per compartment: hidden groups by themselves, so that none changes what others see.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bridge.domain.desired import Desired, DesiredRoom
from bridge.domain.findings import Finding
from bridge.domain.messages import say
from bridge.domain.rooms import ActualRoom, Binding, RoomKind, RoomRef
from bridge.domain.viewers import OPEN, Compartment
from bridge.planning.actions import Action, CreateRoom, TellName
from bridge.planning.asking import Usual
from bridge.planning.braking import Asked, Drifted, Seat, hold, toll_of
from bridge.planning.drifting import drift, main_alias
from bridge.planning.ending import departures, let_go
from bridge.planning.finding import general_findings, room_findings, scattered_findings
from bridge.planning.fingerprint import fingerprint_of
from bridge.planning.leaving import departing, leavers
from bridge.planning.leftover import with_leftover_spaces
from bridge.planning.linking import addresses, links, stray_links
from bridge.planning.opening import openings
from bridge.planning.ordering import order
from bridge.planning.patience import ENDLESS, Patience
from bridge.planning.peopling import comings_and_goings, newcomers
from bridge.planning.plan import Brake, Plan, PlanPart
from bridge.planning.replacing import replacements, set_aside, with_former_rooms
from bridge.planning.world import Unfit, World, compartment_of, survey
from bridge.rules.comparing import is_federated
from bridge.rules.partners import partner_of

NEW: Final = say("There is no room for it yet.")
USUAL: Final = Brake()
TOLD: Final = say("Members of a hidden group read its real name inside its room.")


@dataclass(slots=True)
class Draft:
    """The plan of one compartment while it is made."""

    actions: list[Action] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rooms: dict[RoomRef, ActualRoom] = field(default_factory=dict)


def plan(
    desired: Desired,
    actual: Mapping[RoomRef, ActualRoom],
    bindings: Mapping[RoomRef, Binding],
    *,
    server_name: str,
    brake: Brake = USUAL,
    asked_for: Collection[Seat] = frozenset(),
    patience: Patience = ENDLESS,
    drifted: Drifted = frozenset(),
    unasked: Desired | None = None,
) -> Plan:
    """What would make ``actual`` what is ``desired``.

    ``actual`` holds the rooms as last seen; a bound room that is missing there is a finding and is left alone, so read
    it first. ``asked_for`` are seats that were agreed to be lost, ``patience`` says who waited too long, ``drifted``
    which settings were changed by somebody else. ``unasked`` is what would be desired without the decisions that the
    rooms have not followed yet, if there are any. Equal input gives an equal plan, whatever its order.
    """
    world, drafts = _drafted(desired, actual, bindings, server_name, patience)
    asked = Asked(
        seats=asked_for,
        drifted=drifted,
        aside=frozenset(ref for ref in bindings if ref.kind is RoomKind.FORMER),
        off=leavers(desired, world.actual),
    )
    usual = None
    if unasked is not None:
        other, others = _drafted(unasked, actual, bindings, server_name, patience)
        actions = [action for draft in others.values() for action in draft.actions]
        rooms = {ref: room for draft in others.values() for ref, room in draft.rooms.items()}
        usual = Usual.of(actions, toll_of(other, actions, rooms, asked))
    judging = _Judging(world=world, brake=brake, asked=asked, usual=usual)
    parts = (
        judging.part(compartment, draft)
        for compartment, draft in sorted(drafts.items())
        if compartment == OPEN or draft.actions or draft.findings
    )
    return Plan.of(parts)


def _drafted(
    desired: Desired,
    actual: Mapping[RoomRef, ActualRoom],
    bindings: Mapping[RoomRef, Binding],
    server_name: str,
    patience: Patience,
) -> tuple[World, dict[Compartment, Draft]]:
    changes = tuple(replacements(desired, actual, bindings))
    actual, bindings = set_aside(changes, actual, bindings)
    desired = with_leftover_spaces(with_former_rooms(desired, bindings), bindings)
    world = survey(desired, actual, bindings, server_name=server_name, patience=patience)
    drafts: dict[Compartment, Draft] = {OPEN: Draft(findings=list(general_findings(world)))}
    for change in changes:
        drafts.setdefault(compartment_of(desired.rooms[change.ref]), Draft()).actions.append(change)
    for room in desired.rooms.values():
        _plan_room(world, room, drafts.setdefault(compartment_of(room), Draft()))
    for link in stray_links(world):
        drafts[compartment_of(desired.rooms[link.ref])].actions.append(link)
    for compartment, finding in scattered_findings(world):
        drafts.setdefault(compartment, Draft()).findings.append(finding)
    return world, drafts


def _plan_room(world: World, room: DesiredRoom, draft: Draft) -> None:
    actual = world.actual.get(room.ref)
    if actual is None:
        if room.let_go and world.unfit.get(room.ref) is Unfit.BOT_OUT:
            draft.actions.append(let_go(world, room))
        elif room.ref not in world.room_ids and not room.ended:
            draft.actions.extend(_create(world, room))
        return
    draft.rooms[room.ref] = actual
    changes = tuple(drift(world, room, actual))
    draft.actions.extend(changes)
    draft.actions.extend(addresses(room, actual, world.patience.stuck.get(room.ref, ())))
    if room.let_go:
        draft.actions.extend(departures(world, room, actual))
        return
    federated = is_federated(actual, room.settings)
    draft.actions.extend(comings_and_goings(world, room, actual, federated=federated))
    draft.actions.extend(links(world, room, actual))
    if room.settings.told_name and room.settings.told_name != actual.told:
        draft.actions.append(TellName(ref=room.ref, name=room.settings.told_name, reason=TOLD))
    draft.findings.extend(room_findings(world, room, actual))
    draft.findings.extend(openings(world, room, actual, changes))


def _create(world: World, room: DesiredRoom) -> Iterator[Action]:
    """A room that begins as it should be, so that what follows only fills it and lists it."""
    yield CreateRoom(ref=room.ref, settings=room.settings, reason=NEW)
    if room.settings.told_name:
        yield TellName(ref=room.ref, name=room.settings.told_name, reason=TOLD)
    yield from newcomers(world, room)
    yield from links(world, room, None)
    yield from addresses(room, None)
    yield from main_alias(room)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    """What makes a part of the plan of a draft: whether it is held, and what of it somebody asked for."""

    world: World
    brake: Brake
    asked: Asked
    usual: Usual | None

    def part(self, compartment: Compartment, draft: Draft) -> PlanPart:
        """The part of one compartment."""
        actions = tuple(sorted(draft.actions, key=order))
        toll, usual = toll_of(self.world, actions, draft.rooms, self.asked), self.usual
        counted = toll.within(usual.toll) if usual else toll
        held = hold(self.world, counted, draft.rooms, self.brake, known=self._is_known)
        asked = tuple(usual.asked(actions, toll)) if usual else ()
        going = departing(actions, self.asked.off, beside=asked) if held else ()
        return PlanPart(
            compartment=compartment,
            actions=actions,
            findings=tuple(
                sorted(draft.findings, key=lambda finding: (finding.kind, finding.group or "", finding.subject))
            ),
            held=replace(held, free=tuple(sorted((*asked, *going), key=order))) if held else None,
            decided=bool(asked),
            fingerprint=fingerprint_of(actions),
        )

    def _is_known(self, user: str) -> bool:
        known = self.world.desired
        return user in known.employees or partner_of(user, known.partner_of) is not None
