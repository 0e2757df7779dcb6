"""Who waits at the door of a room, who waited too long, and who is asked again."""

from dataclasses import replace

import pytest

from bridge.domain.desired import Desired, JoinRule
from bridge.domain.directory import MembershipMode
from bridge.domain.rooms import COMPANY, Absence, Membership, group_room, partner_space
from bridge.planning.actions import AddMembers, RemoveMembers
from bridge.planning.patience import Patience
from bridge.planning.peopling import ADDED, NOT_ADDED, forgotten
from bridge.planning.planner import plan
from tests.planning.simulating import Simulation
from tests.world import SERVER, AGroup, desired, directory, group, partner, user, users

DEAL = group_room("deal")
INVITE, KNOCK = Membership.INVITE, Membership.KNOCK
BOB = user("bob:acme.example")


def world(deal: AGroup) -> Desired:
    """A group that can be knocked at, admits Acme, and has employees beside it."""
    acme = partner("acme", servers=["acme.example"], sponsor="ann")
    wanted = desired(directory(deal.owners("ann").admits("acme"), partners=[acme], people=["luc", "eve"]))
    room = wanted.rooms[DEAL]
    settings = replace(room.settings, join_rule=JoinRule.KNOCK)
    return replace(wanted, rooms={**wanted.rooms, DEAL: replace(room, settings=settings)})


def crowd(simulation: Simulation, wanted: Desired, patience: Patience) -> list[tuple[str, str, tuple[str, ...]]]:
    """What a plan does about people: kind, reason, whom."""
    found = plan(wanted, simulation.actual, simulation.bindings, server_name=SERVER, patience=patience)
    people = [one for one in found.actions if isinstance(one, AddMembers | RemoveMembers)]
    return [(type(one).__name__, str(one.reason), one.users) for one in people]


def knocked(wanted: Desired, *who: str) -> Simulation:
    simulation = Simulation().settle(wanted)
    for one in who:
        simulation.put(DEAL, one, KNOCK)
    return simulation


def test_an_account_of_which_nobody_has_said_whose_it_is_stays_in_its_rooms() -> None:
    simulation = Simulation().settle(world(group("deal").members("luc")))
    gone = world(group("deal"))
    assert (DEAL, user("luc")) in [(DEAL, one) for _, _, users in crowd(simulation, gone, Patience()) for one in users]
    assert crowd(simulation, gone, Patience(contested=users("luc"))) == []


def test_a_knock_of_the_audience_is_neither_turned_down_nor_answered_while_it_waits() -> None:
    wanted = world(group("deal"))
    assert crowd(knocked(wanted, user("luc"), BOB), wanted, Patience()) == []


def test_a_knock_of_a_stranger_or_at_a_room_that_takes_none_is_turned_down() -> None:
    wanted = world(group("deal"))
    simulation = knocked(wanted, user("eve:evil.example"))
    assert [users for _, _, users in crowd(simulation, wanted, Patience())] == [(user("eve:evil.example"),)]
    closed = replace(wanted.rooms[DEAL].settings, join_rule=JoinRule.INVITE)
    shut = replace(wanted, rooms={**wanted.rooms, DEAL: replace(wanted.rooms[DEAL], settings=closed)})
    assert [users for _, _, users in crowd(knocked(wanted, user("luc")), shut, Patience())] == [(user("luc"),)]


def test_a_knock_that_was_refused_or_never_answered_is_turned_down_and_says_why() -> None:
    wanted = world(group("deal"))
    simulation = knocked(wanted, user("luc"), user("eve"), BOB)
    patience = Patience(refused={DEAL: users("luc")}, overdue={DEAL: users("eve")})
    assert crowd(simulation, wanted, patience) == [
        ("RemoveMembers", "Their request to join was not answered in time.", (user("eve"),)),
        ("RemoveMembers", "An owner of the group refused their request to join.", (user("luc"),)),
    ]


def test_who_knocks_and_belongs_to_the_group_is_let_in_even_after_a_refusal() -> None:
    wanted = world(group("deal").members("luc"))
    simulation = knocked(wanted, user("luc"))
    assert crowd(simulation, wanted, Patience(refused={DEAL: users("luc")})) == [
        ("AddMembers", "The directory lists them in the group.", (user("luc"),))
    ]


def test_an_invitation_that_waited_too_long_is_withdrawn_and_not_sent_again() -> None:
    wanted = world(group("deal").members("luc"))
    simulation = knocked(wanted)
    simulation.put(DEAL, user("luc"), INVITE)
    simulation.put(COMPANY, user("luc"), INVITE)
    late = Patience(overdue={DEAL: users("luc"), COMPANY: users("luc")})
    assert crowd(simulation, wanted, late) == [
        ("RemoveMembers", "They did not answer the invitation in time.", (user("luc"),))
    ]
    members = {one: state for one, state in simulation.actual[DEAL].members.items() if one != user("luc")}
    simulation.actual[DEAL] = replace(simulation.actual[DEAL], members=members, out={user("luc"): Absence.LAPSED})
    assert crowd(simulation, wanted, Patience()) == []


def test_an_invitation_to_a_partners_space_is_withdrawn_from_its_people_and_waits_for_employees() -> None:
    acme = partner("acme", servers=["acme.example"], sponsor="ann")
    wanted = desired(directory(group("deal").owners("ann").members(BOB).admits("acme"), partners=[acme]))
    space = partner_space("acme")
    simulation = Simulation().settle(wanted)
    for one in (BOB, user("ann")):
        simulation.put(space, one, INVITE)
    late = Patience(overdue={space: frozenset({BOB, user("ann")})})
    assert crowd(simulation, wanted, late) == [("RemoveMembers", "They did not answer the invitation in time.", (BOB,))]


def test_an_invitation_to_a_mandatory_group_waits_for_ever() -> None:
    wanted = world(group("deal").members("luc").mandatory())
    simulation = knocked(wanted)
    simulation.put(DEAL, user("luc"), INVITE)
    assert crowd(simulation, wanted, Patience(overdue={DEAL: users("luc")})) == []


def test_whoever_accepted_meanwhile_is_not_overdue() -> None:
    wanted = world(group("deal").members("luc"))
    assert crowd(knocked(wanted), wanted, Patience(overdue={DEAL: users("luc")})) == []


def test_why_somebody_is_out_counts_no_longer_once_they_do_not_belong() -> None:
    wanted = world(group("deal").members("luc"))
    room = replace(
        knocked(wanted).actual[DEAL], out={user("luc"): Absence.LEFT, user("eve"): Absence.LEFT, BOB: Absence.BLOCKED}
    )
    assert forgotten(wanted.rooms[DEAL], room) == {user("eve"), BOB}
    assert forgotten(replace(wanted.rooms[DEAL], ended=True), room) == frozenset()


@pytest.mark.parametrize("mode", [MembershipMode.OWNERS, MembershipMode.BOTH])
def test_reasons_say_who_decides(mode: MembershipMode) -> None:
    deal = AGroup(replace(group("deal").members("luc").value, membership=mode))
    wanted = world(deal)
    simulation = knocked(wanted)
    gone = {one: state for one, state in simulation.actual[DEAL].members.items() if one != user("luc")}
    simulation.actual[DEAL] = replace(simulation.actual[DEAL], members=gone)
    simulation.put(DEAL, user("eve"), Membership.JOIN)
    assert {(reason, users) for _, reason, users in crowd(simulation, wanted, Patience())} == {
        (str(ADDED[mode]), (user("luc"),)),
        (str(NOT_ADDED[mode]), (user("eve"),)),
    }
