"""Groups that lie below others: their spaces, who is in them, and how rooms move between them."""

from dataclasses import replace

import pytest

from bridge.domain.desired import Desired, JoinRule
from bridge.domain.directory import Directory, GroupState
from bridge.domain.rooms import COMPANY, Membership, RoomKind, RoomRef, group_room, partner_space, subspace
from bridge.domain.viewers import OPEN
from bridge.planning.actions import LetGo, LinkChild, Phase, SetState
from bridge.planning.plan import Brake
from bridge.rules.state import CHILD
from tests.planning.simulating import Simulation
from tests.world import SERVER, AGroup, desired, directory, group, partner, user, users


def below(child: str, parent: str) -> AGroup:
    return group(child).having(parent=parent)


SALES = group("sales").members("ann")
EMEA, FRANCE = below("emea", "sales").members("bob"), below("france", "emea").members("cat", "kim:acme.example")
TREE = directory(SALES, EMEA, FRANCE.admits("acme"), group("news").members("ann"), partners=[partner("acme")])


def places(world: Desired) -> dict[RoomRef, tuple[RoomRef, ...]]:
    return {ref: room.settings.parents for ref, room in world.rooms.items() if room.settings.parents}


def listed(simulation: Simulation, space: RoomRef) -> set[RoomRef]:
    """The rooms that a space shows."""
    refs = {room.room_id: ref for ref, room in simulation.actual.items()}
    state = simulation.actual[space].state
    return {refs[child] for (kind, child), content in state.items() if kind == CHILD and content.get("via")}


def test_a_group_that_others_lie_below_has_a_space_that_lists_its_room_and_theirs() -> None:
    simulation = Simulation().settle(desired(TREE))
    assert listed(simulation, COMPANY) == {subspace("sales"), group_room("news")}
    assert listed(simulation, subspace("sales")) == {group_room("sales"), subspace("emea")}
    assert listed(simulation, subspace("emea")) == {group_room("emea"), group_room("france")}
    assert listed(simulation, partner_space("acme")) == {group_room("france")}


def test_a_subspace_is_for_employees_alone_who_may_all_come_in() -> None:
    settings = desired(TREE).rooms[subspace("emea")].settings
    assert (settings.space, settings.federate, settings.encrypted) == (True, False, False)
    assert (settings.join_rule, settings.allow) == (JoinRule.RESTRICTED, (COMPANY,))
    assert settings.name == "Emea"


def test_employees_of_a_group_and_of_all_below_it_are_in_its_space_and_partners_are_not() -> None:
    world = desired(TREE)
    assert world.rooms[subspace("sales")].members == users("ann", "bob", "cat")
    assert world.rooms[subspace("emea")].members == users("bob", "cat")


def test_who_came_into_a_subspace_by_themselves_may_stay_and_a_leaver_may_not() -> None:
    simulation = Simulation().settle(desired(TREE))
    simulation.put(subspace("emea"), user("ann"), Membership.JOIN)
    assert simulation.plan(desired(TREE)).empty
    gone = replace(TREE, people={**TREE.people, "cat": replace(TREE.people["cat"], active=False)})
    plan = simulation.plan(desired(gone), Brake())
    removed = [action.ref for action in plan.actions if user("cat") in getattr(action, "users", ())]
    assert removed == [COMPANY, subspace("emea"), subspace("sales"), group_room("france")]
    assert plan.held is None


def test_a_hidden_parent_is_passed_over_as_if_it_were_not_there() -> None:
    hidden = below("board", "sales").hidden().members("zoe")
    world = desired(directory(SALES, hidden, below("emea", "board").members("bob")))
    without = desired(directory(SALES, below("emea", "sales").members("bob"), people=["zoe"]))
    assert places(world) == places(without)
    assert {ref for ref in world.rooms if ref.kind is RoomKind.SUBSPACE} == {subspace("sales")}
    assert world.rooms[subspace("sales")] == without.rooms[subspace("sales")]


def test_a_hidden_child_makes_no_space_and_is_in_none() -> None:
    world = desired(directory(SALES, below("board", "sales").hidden().members("zoe")))
    assert subspace("sales") not in world.rooms
    assert places(world) == {group_room("sales"): (COMPANY,)}


@pytest.mark.parametrize("state", [GroupState.ARCHIVED, GroupState.RETIRED])
def test_what_hangs_on_a_group_that_has_ended_hangs_on_the_next_one_above(state: GroupState) -> None:
    world = desired(directory(SALES, EMEA.having(state=state), below("france", "emea")))
    assert world.rooms[group_room("france")].settings.parents == (subspace("sales"),)
    assert subspace("emea") not in world.rooms


def test_groups_above_themselves_hang_on_the_company_space() -> None:
    world = desired(directory(below("a", "b"), below("b", "c").hidden(), below("c", "a"), below("d", "a")))
    assert places(world) == {
        group_room("a"): (subspace("a"),),
        group_room("c"): (COMPANY,),
        group_room("d"): (subspace("a"),),
        subspace("a"): (COMPANY,),
    }


def test_a_room_that_moves_is_listed_anew_before_it_leaves_its_old_place() -> None:
    simulation = Simulation().settle(desired(TREE))
    moved = replace(TREE, groups={**TREE.groups, "france": replace(TREE.groups["france"], parent="sales")})
    plan = simulation.plan(desired(moved))
    changes = [(a.ref, a.parent, a.present) for a in plan.actions if isinstance(a, LinkChild)]
    assert changes == [
        (subspace("emea"), subspace("sales"), False),
        (group_room("emea"), subspace("sales"), True),
        (group_room("france"), subspace("sales"), True),
    ]
    assert [action.ref for action in plan.actions if isinstance(action, LetGo)] == [subspace("emea")]
    for action in plan.actions:
        simulation.do(desired(moved), action)
        shown = set().union(*(listed(simulation, ref) for ref in simulation.actual if ref.kind is not RoomKind.GROUP))
        assert {group_room("emea"), group_room("france")} <= shown
    assert subspace("emea") not in simulation.bindings
    assert simulation.plan(desired(moved)).empty


def test_only_the_link_is_written_when_a_room_moves_between_spaces_that_stay() -> None:
    tree = directory(SALES, EMEA, FRANCE, below("spain", "emea"), below("apac", "sales"))
    simulation = Simulation().settle(desired(tree))
    moved = replace(tree, groups={**tree.groups, "spain": replace(tree.groups["spain"], parent="sales")})
    plan = simulation.plan(desired(moved))
    assert [(type(a), a.ref, a.phase) for a in plan.actions] == [
        (LinkChild, group_room("spain"), Phase.LOOSEN),
        (LinkChild, group_room("spain"), Phase.END),
    ]


def test_a_group_that_gets_its_first_child_gets_a_space_and_its_room_moves_there() -> None:
    simulation = Simulation().settle(desired(directory(SALES, people=["bob"])))
    wanted = desired(directory(SALES, EMEA))
    plan = simulation.plan(wanted)
    unlinked = [a for a in plan.actions if isinstance(a, LinkChild) and not a.present]
    assert [(a.ref, a.parent, a.phase) for a in unlinked] == [(group_room("sales"), COMPANY, Phase.END)]
    assert simulation.settle(wanted).plan(wanted).empty


def test_the_space_of_a_group_that_becomes_hidden_ends_in_its_own_compartment() -> None:
    simulation = Simulation().settle(desired(TREE))
    hidden = replace(TREE, groups={**TREE.groups, "emea": EMEA.hidden().value})
    plan = simulation.plan(desired(hidden))
    shown = plan.seen_by({OPEN})
    assert {action.ref for action in shown.actions} == {group_room("france")}
    assert "emea" not in str([action.parent for action in shown.actions if isinstance(action, LinkChild)])
    simulation.settle(desired(hidden))
    assert subspace("emea") not in simulation.bindings
    assert simulation.plan(desired(hidden)).empty


def test_a_child_out_of_its_place_or_wrongly_suggested_is_mended_with_one_write() -> None:
    world = desired(directory(group("news").public(), group("deal")))
    simulation = Simulation().settle(world)
    news = simulation.actual[group_room("news")].room_id
    wanted = simulation.actual[COMPANY].content(CHILD, news)
    assert wanted == {"via": ["corp.example"], "order": "1 news", "suggested": True}
    for wrong in ({"via": ["corp.example"]}, {**wanted, "order": "!"}, {**wanted, "via": ["evil.example"]}):
        simulation.write(COMPANY, (CHILD, news), wrong)
        [action] = simulation.plan(world).actions
        assert (action.ref, action.phase) == (group_room("news"), Phase.SET)
        simulation.settle(world)
        assert simulation.actual[COMPANY].content(CHILD, news) == wanted


def test_another_group_never_moves_its_siblings() -> None:
    simulation = Simulation().settle(desired(directory(SALES, group("news"))))
    wider: Directory = directory(SALES, group("news"), group("deal"), group("a"))
    touched = {a.ref for a in simulation.plan(desired(wider)).actions}
    assert touched == {group_room("deal"), group_room("a")}


def test_rooms_from_before_get_spaces_places_and_levels_without_waiting_for_anybody() -> None:
    flat = directory(group("sales").public().owners("eve").members("ann"), EMEA.having(parent=""))
    tree = directory(group("sales").public().owners("eve").members("ann"), EMEA)
    simulation = Simulation(version="11").settle(desired(flat))
    for ref in (group_room("sales"), group_room("emea")):
        levels = simulation.actual[ref].content("m.room.power_levels")
        old = {**levels, "state_default": 50, "invite": 50, "users": {**levels["users"], user("eve"): 50}}
        simulation.write(ref, ("m.room.power_levels", ""), old)
        simulation.write(COMPANY, (CHILD, simulation.actual[ref].room_id), {"via": [SERVER]})
    plan = simulation.plan(desired(tree), Brake())
    assert plan.held is None
    written = [action.ref for action in plan.actions if isinstance(action, SetState)]
    assert sorted(written) == [group_room("emea"), group_room("sales")]
    assert simulation.settle(desired(tree)).plan(desired(tree)).empty
