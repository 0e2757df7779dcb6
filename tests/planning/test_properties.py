"""What must hold of every plan, on random worlds."""

import json
import pickle
import random
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.domain.directory import Directory, Group
from bridge.domain.rooms import ActualRoom, Membership, RoomKind, RoomRef, group_room, subspace
from bridge.domain.viewers import OPEN, Viewer, alone
from bridge.planning.actions import LetGo, LinkChild, RemoveMembers, SetAside, SetState
from bridge.planning.plan import Plan
from bridge.planning.showing import as_json
from bridge.rules.access import Access
from bridge.rules.facts import gather, is_hidden
from tests.planning.openness import openness
from tests.planning.simulating import Simulation
from tests.planning.worlds import HIDDEN_GROUPS, PEOPLE, Situation, situations, without_group
from tests.support.proving import examples
from tests.world import BOT, SERVER, TODAY, desired, user

quick = settings(max_examples=examples(60), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def shown(plan: Plan, simulation: Simulation) -> str:
    rooms = {ref: binding.room_id for ref, binding in simulation.bindings.items() if binding.room_id}
    return json.dumps(as_json(plan, rooms, str), default=str)


@quick
@given(situations())
def test_applying_a_plan_leaves_nothing_to_do(situation: Situation) -> None:
    simulation, _, today = situation
    wanted = desired(today)
    assert list(simulation.settle(wanted).plan(wanted).actions) == []


@quick
@given(situations(), st.integers(0, 200))
def test_a_run_that_stops_anywhere_is_finished_by_the_next(situation: Situation, stop: int) -> None:
    simulation, _, today = situation
    wanted = desired(today)
    actions = list(simulation.plan(wanted).actions)
    simulation.apply(wanted, actions[: stop % (len(actions) + 1)])
    assert simulation.settle(wanted).plan(wanted).empty


@quick
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(situation: Situation, chance: random.Random) -> None:
    simulation, _, today = situation
    other = replace(
        simulation, actual=_shuffled(simulation.actual, chance), bindings=_shuffled(simulation.bindings, chance)
    )
    other.actual = {ref: replace(room, members=_shuffled(room.members, chance)) for ref, room in other.actual.items()}
    turned = Directory(
        people=_shuffled(today.people, chance),
        groups={
            # The order of a hidden group's members tells who has belonged to it longest.
            id_: replace(group, members=group.members[:: 1 if is_hidden(group) else -1], partners=group.partners[::-1])
            for id_, group in _shuffled(today.groups, chance).items()
        },
        partners=_shuffled(today.partners, chance),
    )
    plan, again = simulation.plan(desired(today)), other.plan(desired(turned))
    assert plan == again
    assert shown(plan, simulation) == shown(again, other)


@quick
@given(situations())
def test_after_every_action_a_room_is_no_more_open_than_it_was_or_should_be(situation: Situation) -> None:
    simulation, _, today = situation
    wanted = desired(today)
    actions = list(simulation.plan(wanted).actions)
    # By room and not by what it serves: a room that is replaced is never more open than it was, nor the new one than
    # it should be.
    end = simulation.copy().apply(wanted, actions)
    was = {
        room.room_id: openness(_lasting(simulation, end) | {ref: room}, ref) for ref, room in simulation.actual.items()
    }
    should = {room.room_id: openness(end.actual, ref) for ref, room in end.actual.items()}
    for action in actions:
        simulation.do(wanted, action)
        if (room := simulation.actual.get(action.ref)) is None:
            continue
        now, nothing = openness(_lasting(simulation, end) | {action.ref: room}, action.ref), frozenset[Any]()
        before, after = was.get(room.room_id, nothing), should.get(room.room_id, nothing)
        assert now <= after or now <= before, (action, now - after, now - before)


@quick
@given(situations())
def test_our_own_server_is_always_allowed_and_the_bot_keeps_its_power(situation: Situation) -> None:
    simulation, _, today = situation
    wanted = desired(today)
    for action in simulation.plan(wanted).actions:
        simulation.do(wanted, action)
        if isinstance(action, SetState):
            room = simulation.actual[action.ref]
            acl = room.state.get(("m.room.server_acl", ""))
            assert action.setting != "acl" or (acl and SERVER in acl["allow"])
            levels = room.content("m.room.power_levels")["users"]
            assert action.setting != "powers" or (BOT in levels) == (room.version == "11")
            assert action.setting != "powers" or all(level < 100 for known, level in levels.items() if known != BOT)


@quick
@given(situations(), st.sampled_from(HIDDEN_GROUPS))
def test_a_hidden_group_changes_no_byte_of_what_others_see(situation: Situation, hidden: str) -> None:
    simulation, _, today = situation
    without = _without_room(simulation, group_room(hidden))
    smaller = without_group(today, hidden)
    others = frozenset(HIDDEN_GROUPS) - {hidden}
    plan, bare = simulation.plan(desired(today)), without.plan(desired(smaller))
    for cleared in (frozenset({OPEN}), others, others | {OPEN}):
        assert plan.seen_by(cleared).fingerprint == bare.seen_by(cleared).fingerprint
        assert shown(plan.seen_by(cleared), simulation) == shown(bare.seen_by(cleared), without)
        assert plan.seen_by(cleared).held == bare.seen_by(cleared).held


@quick
@given(situations(), st.sampled_from(HIDDEN_GROUPS))
def test_the_gate_answers_as_if_a_hidden_group_were_not_there(situation: Situation, hidden: str) -> None:
    today = situation[2]
    smaller = without_group(today, hidden)
    admins = frozenset({user("p00"), user("p01")})
    gate = Access(gather(today, today=TODAY, server_name=SERVER), admins=admins)
    bare = Access(gather(smaller, today=TODAY, server_name=SERVER), admins=admins)
    seated = gate.facts.people_of(hidden)
    for name in (*map(user, PEOPLE), "@x0:acme.example", "@stray:evil.example"):
        for viewer in (
            alone(name),
            Viewer(asker=name, everyone=True),
            Viewer(asker=name, readers=frozenset({user("p05")})),
        ):
            if viewer.everyone or not (viewer.readers | {viewer.asker}) <= seated:
                assert told(gate, viewer) == told(bare, viewer)
                assert gate.find(viewer, hidden) is None
                assert not any(may(viewer, hidden) for may in (gate.may_read, gate.may_join, gate.may_govern))
                assert gate.compartments(viewer) == bare.compartments(viewer)
                assert gate.closest(viewer, hidden) == bare.closest(viewer, hidden)
            else:
                assert gate.find(viewer, hidden) is gate.facts.directory.groups[hidden]


def told(gate: Access, viewer: Viewer) -> list[Group]:
    """All that is told of groups; what groups are nested in one is told to nobody."""
    return [replace(group, members=()) for group in gate.visible_groups(viewer)]


@quick
@given(situations())
def test_nobody_loses_a_seat_that_the_plan_does_not_name(situation: Situation) -> None:
    simulation, _, today = situation
    wanted = desired(today)
    plan = simulation.plan(wanted)
    named = {(action.ref, who) for action in plan.actions if isinstance(action, RemoveMembers) for who in action.users}
    aside = {action.ref: action.former for action in plan.actions if isinstance(action, SetAside)}
    over = {action.ref for action in plan.actions if isinstance(action, LetGo)}
    end = simulation.copy().settle(wanted)
    for ref, room in simulation.actual.items():
        now = end.actual.get(aside.get(ref, ref))
        for who, state in room.members.items():
            if state is Membership.JOIN and (now is None or who not in now.members):
                assert (aside.get(ref, ref), who) in named or (who == BOT and now is None)
                assert ref in aside or ref in over or who not in wanted.rooms[ref].members
                if ref in aside and who in wanted.rooms[ref].members and not wanted.rooms[ref].ended:
                    assert who in end.actual[ref].members
                assert who != BOT or aside.get(ref, ref) in over


@quick
@given(situations(), st.integers(0, 30))
def test_rooms_that_are_not_ours_are_never_touched(situation: Situation, which: int) -> None:
    simulation, _, today = situation
    ref = sorted(simulation.actual)[which % len(simulation.actual)]
    simulation.actual[ref] = replace(simulation.actual[ref], marker="somebody else's")
    foreign = RoomRef(ref.kind, "foreign")
    simulation.actual[foreign] = ActualRoom(ref=foreign, room_id="!foreign", marker="", version="12")
    for action in simulation.plan(desired(today)).actions:
        touched = {action.ref, action.parent} if isinstance(action, LinkChild) and action.present else {action.ref}
        assert foreign not in touched
        assert action.ref != ref or isinstance(action, LinkChild)


@quick
@given(situations())
def test_a_plan_survives_the_way_to_another_process(situation: Situation) -> None:
    simulation, _, today = situation
    plan = simulation.plan(desired(today))
    assert pickle.loads(pickle.dumps(plan)) == plan


def _shuffled(mapping: Any, chance: random.Random) -> dict[Any, Any]:
    items = list(mapping.items())
    chance.shuffle(items)
    return dict(items)


def _lasting(now: Simulation, end: Simulation) -> dict[RoomRef, ActualRoom]:
    """Without the groups' spaces that end: what these list, they list for nobody in a moment."""
    return {ref: room for ref, room in now.actual.items() if ref.kind is not RoomKind.SUBSPACE or ref in end.actual}


def _without_room(simulation: Simulation, ref: RoomRef) -> Simulation:
    """The same rooms, had this one never been, nor its group's space: no space lists them either."""
    rest = simulation.copy()
    for gone in (ref, subspace(ref.id)):
        if gone in rest.actual:
            child = ("m.space.child", rest.actual.pop(gone).room_id)
            del rest.bindings[gone]
            for known, room in rest.actual.items():
                state = {key: content for key, content in room.state.items() if key != child}
                rest.actual[known] = replace(room, state=state)
    return rest
