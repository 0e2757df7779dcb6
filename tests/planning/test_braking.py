"""When a plan waits."""

from bridge.domain.rooms import group_room
from bridge.domain.viewers import OPEN
from bridge.planning.choosing import of_rooms
from bridge.planning.plan import Brake
from bridge.planning.planner import plan
from tests.planning.simulating import Simulation
from tests.world import SERVER, desired, directory, group, user

CREW = [f"p{number:02d}" for number in range(20)]


def test_one_leaver_of_many_groups_counts_once() -> None:
    groups = [group(f"g{number}").members("ann", "bob", "cat") for number in range(30)]
    simulation = Simulation().settle(desired(directory(*groups)))
    plan = simulation.plan(desired(directory(*groups, gone=["bob"])), Brake(max_removals=20))
    assert plan.held is None
    assert sum(1 for _ in plan.actions) == 31


def test_a_large_share_is_held_and_tells_the_limits() -> None:
    simulation = Simulation().settle(desired(directory(group("crew").members(*CREW))))
    held = simulation.plan(desired(directory(group("crew").members(*CREW[12:]), people=CREW)), Brake()).held
    assert held is not None
    assert (held.removals, held.members) == (12, 40)
    assert str(held.reason) == "12 of 40 memberships would go: more than 25 %."


def test_what_a_confirmed_command_takes_away_is_never_held() -> None:
    simulation = Simulation().settle(desired(directory(group("crew").members(*CREW))))
    wanted = desired(directory(group("crew").members(*CREW[19:]), people=CREW))
    asked = {(group_room("crew"), user(name)) for name in CREW[:19]}
    free = plan(wanted, simulation.actual, simulation.bindings, server_name=SERVER, asked_for=asked)
    assert free.held is None
    assert simulation.plan(wanted, Brake()).held is not None


def test_a_hidden_group_that_is_held_holds_nobody_else() -> None:
    before = directory(group("board").hidden().members("ann", "bob", "cat"), people=["ann", "bob", "cat"])
    after = directory(group("board").hidden(), group("news").public(), people=["ann", "bob", "cat"])
    plan = Simulation().settle(desired(before)).plan(desired(after), Brake())
    assert plan.held is not None
    assert plan.seen_by({OPEN}).held is None
    assert not plan.seen_by({OPEN}).empty


def test_a_plan_of_one_room_has_a_fingerprint_of_its_own() -> None:
    whole = Simulation().plan(desired(directory(group("a").members("ann"), group("b").hidden().members("ann"))))
    some = of_rooms(whole, {group_room("a")})
    assert some.rooms() == {group_room("a")}
    assert some.fingerprint != whole.fingerprint
    assert some == of_rooms(whole, {group_room("a")})
