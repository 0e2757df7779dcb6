"""When a plan waits."""

from bridge.domain.desired import Setting
from bridge.domain.directory import GroupState
from bridge.domain.rooms import Membership, group_room
from bridge.domain.viewers import OPEN
from bridge.planning.actions import RemoveMembers, SetAside, SetState
from bridge.planning.choosing import CLOSING, of_rooms, released
from bridge.planning.plan import Brake
from bridge.planning.planner import plan
from tests.planning.simulating import Simulation
from tests.world import SERVER, desired, directory, group, partner, user

ACME = partner("acme")
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


def test_opening_a_room_waits_and_nothing_else_does() -> None:
    people = ["ann", "bob", "cat"]
    before = directory(group("sales").members("ann"), group("news").public().members("ann"), people=people)
    after = directory(
        group("sales").public().members("ann", "bob"), group("news").public().called("News!").members("ann", "cat"),
        people=people,
    )  # fmt: skip
    simulation = Simulation().settle(desired(before))
    held = simulation.plan(desired(after), Brake())
    assert held.held is not None
    assert held.held.waiting == {group_room("sales")}
    assert str(held.held.reason) == "1 room of 2 would become more open, which waits for somebody's word."
    assert [str(finding.text) for finding in held.findings] == [
        "All that was said in Sales so far becomes readable to 2 more employees, who may come in now."
    ]
    free = released(held)
    assert free.rooms() == {group_room("news")}
    simulation.apply(desired(after), free.actions)
    rest = simulation.plan(desired(after), Brake())
    assert rest.rooms() == {group_room("sales")}
    assert released(rest).empty


def test_a_group_that_employees_may_enter_already_opens_to_people_of_the_partner_alone() -> None:
    before = directory(group("sales").public().members("ann"), partners=[ACME], people=["bob", "cat"])
    after = directory(group("sales").public().admits("acme").members("ann"), partners=[ACME], people=["bob", "cat"])
    plan = Simulation().settle(desired(before)).plan(desired(after), Brake())
    assert Setting.JOIN_RULE in {one.setting for one in plan.actions if isinstance(one, SetState)}
    assert [str(finding.text) for finding in plan.findings] == [
        "All that was said in Sales so far becomes readable to people of Acme."
    ]


def test_what_closes_a_room_that_waits_to_be_opened_does_not_wait() -> None:
    simulation = Simulation().settle(desired(directory(group("deal").members("ann", "bob"), partners=[ACME])))
    wanted = desired(directory(group("deal").admits("acme").members("ann"), partners=[ACME], people=["bob"]))
    plan = simulation.plan(wanted, Brake())
    assert plan.held is not None
    assert [str(finding.text) for finding in plan.findings] == [
        "All that was said in Deal so far becomes readable to people of Acme."
    ]
    assert {type(action) for action in released(plan).actions} == {RemoveMembers, SetState}
    assert {action.phase for action in released(plan).actions if action.ref == group_room("deal")} <= CLOSING


def test_a_room_that_was_closed_by_somebody_else_is_opened_again_without_a_word() -> None:
    news = directory(group("news").public().members("ann"))
    simulation = Simulation().settle(desired(news))
    simulation.write(group_room("news"), ("m.room.join_rules", ""), {"join_rule": "invite"})
    assert simulation.plan(desired(news), Brake()).held is not None
    drifted = {(group_room("news"), Setting.JOIN_RULE)}
    actual, bindings = simulation.actual, simulation.bindings
    assert plan(desired(news), actual, bindings, server_name=SERVER, drifted=drifted).held is None


def test_what_a_command_opened_waits_no_second_time() -> None:
    simulation = Simulation().settle(desired(directory(group("sales").members("ann"))))
    unasked = desired(directory(group("sales").members("ann")))
    wanted = desired(directory(group("sales").public().members("ann")))
    assert simulation.plan(wanted, Brake()).held is not None
    assert simulation.plan(wanted, Brake(), unasked=unasked).held is None


def test_what_a_command_asked_for_goes_on_while_what_the_directory_says_waits() -> None:
    crew, sales = group("crew").members(*CREW), group("sales").members("ann", "bob")
    simulation = Simulation().settle(desired(directory(crew, sales)))
    fewer = group("crew").members(*CREW[12:])
    unasked = desired(directory(fewer, sales, people=[*CREW, "ann", "bob"]))
    wanted = desired(directory(fewer, group("sales").members("ann"), people=[*CREW, "ann", "bob"]))
    held = simulation.plan(wanted, Brake(), unasked=unasked)
    assert held.held is not None
    assert held.held.removals == 12
    free = released(held)
    assert free.rooms() == {group_room("sales")}
    assert [action.users for action in free.actions if isinstance(action, RemoveMembers)] == [(user("bob"),)]
    simulation.apply(wanted, free.actions)
    rest = simulation.plan(wanted, Brake(), unasked=unasked)
    assert rest.rooms() == {group_room("crew")}
    assert not rest.parts[0].decided
    assert released(rest).empty


def test_what_both_a_command_and_the_directory_open_waits() -> None:
    simulation = Simulation().settle(desired(directory(group("deal").members("ann"), partners=[ACME])))
    unasked = desired(directory(group("deal").admits("acme").members("ann"), partners=[ACME], people=["bob"]))
    wanted = desired(directory(group("deal").admits("acme").public().members("ann"), partners=[ACME], people=["bob"]))
    held = simulation.plan(wanted, Brake(), unasked=unasked)
    assert held.held is not None
    opened = {action.setting for action in released(held).actions if isinstance(action, SetState)}
    assert Setting.ACL not in opened
    assert Setting.JOIN_RULE in opened


def test_a_room_that_was_set_aside_goes_on_being_emptied() -> None:
    crew = group("crew").public().members(*CREW[:2])
    before = directory(crew, people=CREW)
    simulation = Simulation().settle(desired(before))
    for name in CREW[2:]:
        simulation.put(group_room("crew"), user(name), Membership.JOIN)
    wanted = desired(directory(group("crew").hidden().members(*CREW[:2]), people=CREW))
    whole = simulation.plan(wanted, Brake(max_removals=3))
    assert whole.held is not None
    simulation.apply(wanted, [action for action in whole.actions if isinstance(action, SetAside)])
    assert simulation.plan(wanted, Brake(max_removals=3)).held is None


def test_the_past_of_a_room_that_was_hidden_stays_closed() -> None:
    simulation = Simulation().settle(desired(directory(group("board").hidden().members("ann"))))
    opened = simulation.plan(desired(directory(group("board").public().members("ann"), people=["bob"])), Brake())
    assert opened.held is not None
    texts = [str(finding.text) for finding in opened.findings if finding.kind == "opens"]
    assert texts == ["What was said in Board so far stays closed to whoever comes in later."]


def test_many_groups_that_end_at_once_wait() -> None:
    over = [group(f"g{number}").members("ann").having(state=GroupState.ARCHIVED) for number in range(6)]
    active = [group(f"g{number}").members("ann") for number in range(6)]
    simulation = Simulation().settle(desired(directory(*active)))
    held = simulation.plan(desired(directory(*over)), Brake()).held
    assert held is not None
    assert str(held.reason) == "6 groups of 6 would end, and nobody asked for it."
    assert simulation.plan(desired(directory(*over[:2], *active[2:])), Brake()).held is None
    assert simulation.plan(desired(directory(*over)), Brake(), unasked=desired(directory(*active))).held is None


def test_whoever_moves_into_a_new_room_is_not_counted_as_removed() -> None:
    simulation = Simulation().settle(desired(directory(group("crew").members(*CREW))))
    assert simulation.plan(desired(directory(group("crew").hidden().members(*CREW))), Brake()).held is None
