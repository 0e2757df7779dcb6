"""Whoever is switched off in the directory goes, whatever else of a plan waits."""

from dataclasses import replace

from hypothesis import given

from bridge.domain.desired import Desired
from bridge.domain.rooms import COMPANY, Membership, group_room
from bridge.domain.viewers import OPEN
from bridge.planning.actions import RemoveMembers
from bridge.planning.choosing import CLOSING, released
from bridge.planning.plan import Brake, Plan
from bridge.planning.planner import plan
from tests.planning.simulating import Simulation
from tests.planning.test_properties import quick
from tests.planning.worlds import Situation, situations
from tests.world import SERVER, desired, directory, group, user, users

STRICT = Brake(max_removals=0, max_removal_share=0.0, max_archivings=0, max_loosenings=0, max_room_share=0.0)
CREW = [f"p{number:02d}" for number in range(20)]


def removed(plan: Plan) -> dict[str, set[str]]:
    """By room, who is taken out."""
    found: dict[str, set[str]] = {}
    for action in plan.actions:
        assert isinstance(action, RemoveMembers)
        found.setdefault(action.ref.id or str(action.ref.kind), set()).update(action.users)
    return found


def held_as(plan: Plan) -> list[object]:
    """Why each part waits, without what does not."""
    return [replace(part.held, free=()) if part.held else None for part in plan.parts if part.actions]


def most_are_off(simulation: Simulation, wanted: Desired, off: set[str]) -> bool:
    """Whether at least five people, and more than half of those in the company space, are switched off."""
    members = simulation.actual[COMPANY].members.items()
    there = {one for one, state in members if state in {Membership.JOIN, Membership.INVITE}} - {wanted.bot}
    return len(there & off) >= 5 and 2 * len(there & off) > len(there)


@quick
@given(situations())
def test_whoever_is_switched_off_is_out_of_every_room_and_nothing_else_that_waits_is_done(situation: Situation) -> None:
    simulation, _, today = situation
    wanted = desired(today)
    off = {person.user for person in today.people.values() if not person.active}
    whole = simulation.plan(wanted, STRICT)
    free = released(whole)
    waiting = {part.compartment for part in whole.parts if part.held and not part.held.waiting}
    if most_are_off(simulation, wanted, off):
        assert waiting.isdisjoint(part.compartment for part in free.parts)
        return
    for part in free.parts:
        if part.compartment in waiting:
            assert all(isinstance(one, RemoveMembers) and set(one.users) <= off for one in part.actions)
    simulation.apply(wanted, free.actions)
    for room in simulation.actual.values():
        assert {one for one, state in room.members.items() if state is not Membership.BAN}.isdisjoint(off)


@quick
@given(situations())
def test_what_waits_waits_for_the_same_reason_once_they_are_out(situation: Situation) -> None:
    simulation, _, today = situation
    wanted = desired(today)
    whole = simulation.plan(wanted, STRICT)
    for part in whole.parts:
        if part.held and part.held.free and not part.held.waiting:
            simulation.apply(wanted, part.held.free)
            (left,) = simulation.plan(wanted, STRICT).seen_by({part.compartment}).parts
            assert left.held == replace(part.held, free=())


def test_of_a_room_that_would_lose_everybody_only_whoever_is_switched_off_goes() -> None:
    second, cafe = group("second").members("ann", "bob", "nadia"), group("cafe").members("nadia", "luc", "eve")
    simulation = Simulation().settle(desired(directory(second, cafe)))
    people = ["ann", "bob", "luc", "eve"]
    wanted = desired(directory(group("second"), group("cafe").members("luc", "eve"), people=people, gone=["nadia"]))
    whole = simulation.plan(wanted, Brake())
    assert whole.held is not None
    assert str(whole.held.reason) == "1 room would lose all its members."
    assert whole.held.removals == 2
    free = released(whole)
    nadia = {user("nadia")}
    assert removed(free) == {"second": nadia, "cafe": nadia, "company": nadia}
    simulation.apply(wanted, free.actions)
    rest = simulation.plan(wanted, Brake())
    assert removed(rest) == {"second": {user("ann"), user("bob")}}
    assert rest.held is not None
    assert released(rest).empty


def test_the_last_one_of_a_room_beside_somebody_who_is_switched_off_is_a_single_leaver() -> None:
    simulation = Simulation().settle(desired(directory(group("second").members("lea", "nadia"))))
    whole = simulation.plan(desired(directory(group("second"), people=["lea"], gone=["nadia"])), Brake())
    assert whole.held is None


def test_who_is_switched_off_does_not_hold_anybody_else() -> None:
    simulation = Simulation().settle(desired(directory(group("crew").members(*CREW))))
    wanted = directory(group("crew").members(*CREW[9:]), group("new").members(*CREW[9:]), gone=CREW[:9])
    assert simulation.plan(desired(wanted), STRICT).held is None


def test_who_merely_vanished_waits() -> None:
    simulation = Simulation().settle(desired(directory(group("crew").members(*CREW))))
    whole = simulation.plan(desired(directory(group("crew").members(*CREW[12:]))), Brake())
    assert whole.held is not None
    assert released(whole).empty


def test_where_most_of_the_company_is_switched_off_at_once_nobody_goes_without_a_word() -> None:
    simulation = Simulation().settle(desired(directory(group("crew").members(*CREW))))
    wanted = desired(directory(group("crew").members(*CREW[11:]), gone=CREW[:11]))
    whole = simulation.plan(wanted, Brake())
    assert whole.held is not None
    assert released(whole).empty
    half = desired(directory(group("crew").members(*CREW[10:]), gone=CREW[:10]))
    assert simulation.plan(half, Brake()).held is None


def test_a_small_company_may_lose_most_of_its_people() -> None:
    simulation = Simulation().settle(desired(directory(group("crew").members(*CREW[:5]))))
    wanted = desired(directory(group("crew").members("p00"), gone=CREW[1:5]))
    assert simulation.plan(wanted, STRICT).held is None


def test_invitations_of_who_is_switched_off_go_too() -> None:
    simulation = Simulation().settle(desired(directory(group("crew").members("ann", "bob", "eve"))))
    simulation.put(group_room("crew"), user("nadia"), Membership.INVITE)
    wanted = desired(directory(group("crew"), people=["ann", "bob", "eve"], gone=["nadia"]))
    free = released(simulation.plan(wanted, Brake()))
    assert removed(free) == {"crew": {user("nadia")}}


def test_while_rooms_wait_to_be_opened_whoever_is_switched_off_goes_once() -> None:
    simulation = Simulation().settle(desired(directory(group("sales").members("ann", "nadia"))))
    wanted = desired(directory(group("sales").public().members("ann"), gone=["nadia"]))
    whole = simulation.plan(wanted, Brake())
    assert whole.held is not None
    assert whole.held.waiting == {group_room("sales")}
    free = [one for one in released(whole).actions if one.phase in CLOSING and isinstance(one, RemoveMembers)]
    assert [(one.ref, one.users) for one in free if one.ref == group_room("sales")] == [
        (group_room("sales"), (user("nadia"),))
    ]


def test_a_hidden_group_lets_go_whoever_is_switched_off_by_itself() -> None:
    board = group("board").hidden().owners("ann").members("ann", "bob", "nadia")
    people = ["ann", "bob", "luc"]
    simulation = Simulation().settle(desired(directory(board, people=[*people, "nadia"])))
    wanted = desired(directory(group("board").hidden(), people=people, gone=["nadia"]))
    whole = simulation.plan(wanted, Brake())
    assert whole.seen_by({OPEN}).held is None
    assert removed(released(whole).seen_by({"board"})) == {"board": {user("nadia")}}


def test_what_a_command_asked_for_and_who_is_switched_off_go_side_by_side() -> None:
    crew, sales = group("crew").members(*CREW), group("sales").members("ann", "bob", "nadia")
    simulation = Simulation().settle(desired(directory(crew, sales)))
    fewer = group("crew").members(*CREW[12:])
    everybody = [*CREW, "ann", "bob"]
    unasked = desired(directory(fewer, group("sales").members("ann", "bob"), people=everybody, gone=["nadia"]))
    wanted = desired(directory(fewer, group("sales").members("ann"), people=everybody, gone=["nadia"]))
    whole = plan(wanted, simulation.actual, simulation.bindings, server_name=SERVER, unasked=unasked)
    assert whole.held is not None
    assert removed(released(whole)) == {"sales": users("bob", "nadia"), "company": users("nadia")}
    pairs = [(one.ref, who) for one in released(whole).actions if isinstance(one, RemoveMembers) for who in one.users]
    assert len(pairs) == len(set(pairs))
