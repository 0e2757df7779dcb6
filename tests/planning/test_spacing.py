"""Invitations to hidden rooms are spread in time: who waits, until when, and what never does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings

from bridge.domain.desired import Desired
from bridge.domain.messages import say
from bridge.domain.rooms import group_room
from bridge.domain.viewers import OPEN
from bridge.planning.actions import Action, AddMembers, CreateRoom, RemoveMembers, TellName
from bridge.planning.braking import Seat
from bridge.planning.choosing import of_rooms, released
from bridge.planning.plan import Brake, Held, Plan
from bridge.planning.spacing import Spacing, drawn_from, seats_of, spaced
from tests.planning.simulating import Simulation
from tests.planning.worlds import Situation, situations
from tests.support.proving import examples
from tests.world import desired, directory, group, user

NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HALF: Final = timedelta(minutes=30)
COMEX, DEAL = group_room("comex"), group_room("deal")
SPACING: Final = Spacing(now=NOW, over=HALF)


def company(*members: str) -> Desired:
    return desired(
        directory(
            group("comex").hidden().owners("ann").members("ann", *members),
            group("deal").owners("ann").members("ann", "bob", "eve"),
        )
    )


def let_in(plan: Plan) -> set[Seat]:
    """Who is invited now, to rooms of groups."""
    adding = (one for one in plan.actions if isinstance(one, AddMembers) and one.ref in (COMEX, DEAL))
    return {(one.ref, who) for one in adding for who in one.users}


def waiting(plan: Plan) -> dict[str, datetime]:
    return {one.user: one.by for one in plan.later}


def test_of_a_new_hidden_group_the_owner_comes_at_once_and_everybody_else_at_a_moment_of_their_own() -> None:
    wanted = company("bob", "eve")
    found = spaced(Simulation().plan(wanted), wanted, SPACING)
    assert let_in(found) == {(COMEX, user("ann")), *((DEAL, user(who)) for who in ("ann", "bob", "eve"))}
    assert waiting(found) == {user("bob"): NOW + HALF, user("eve"): NOW + HALF}
    assert {type(one) for one in found.actions if one.ref == COMEX} == {CreateRoom, TellName, AddMembers}


def test_whoever_has_a_moment_waits_for_it_and_no_longer() -> None:
    wanted = company("bob", "eve")
    moments = {(COMEX, user("bob")): NOW, (COMEX, user("eve")): NOW + timedelta(seconds=1)}
    found = spaced(Simulation().plan(wanted), wanted, replace(SPACING, drawn=moments))
    assert let_in(found) >= {(COMEX, user("bob"))}
    assert waiting(found) == {user("eve"): NOW + timedelta(seconds=1)}


def test_a_room_that_exists_spreads_who_comes_later_and_removes_at_once() -> None:
    simulation = Simulation().settle(company("bob"))
    wanted = company("eve")
    found = spaced(simulation.plan(wanted), wanted, SPACING)
    assert [one.users for one in found.actions if isinstance(one, RemoveMembers)] == [(user("bob"),)]
    assert let_in(found) == set()
    assert list(waiting(found)) == [user("eve")]


def test_a_plan_of_later_invitations_alone_has_nothing_to_do_now() -> None:
    simulation = Simulation().settle(company())
    wanted = company("bob")
    found = spaced(simulation.plan(wanted), wanted, SPACING)
    assert found.empty
    assert found.fingerprint == Plan.of(()).fingerprint
    assert list(waiting(found)) == [user("bob")]
    assert list(of_rooms(found, {DEAL}).later) == []
    assert list(of_rooms(found, {COMEX}).later) == list(found.later)


def test_without_spreading_and_without_hidden_groups_plans_are_what_they_were() -> None:
    wanted = company("bob")
    whole = Simulation().plan(wanted)
    assert spaced(whole, wanted, None) is whole
    assert spaced(whole, wanted, replace(SPACING, over=timedelta())) is whole
    open_ones = desired(directory(group("deal").owners("ann").members("ann", "bob")))
    plain = Simulation().plan(open_ones)
    assert spaced(plain, open_ones, SPACING) == plain


def test_what_somebody_asked_for_while_the_rest_is_held_is_spread_as_well() -> None:
    wanted = company("bob")
    whole = Simulation().plan(wanted)
    parts = tuple(
        replace(part, held=Held(reason=say("Too many."), removals=9, members=9, brake=Brake(), free=part.actions))
        for part in whole.parts
    )
    freed = released(spaced(replace(whole, parts=parts), wanted, SPACING))
    assert (COMEX, user("ann")) in let_in(freed)
    assert (COMEX, user("bob")) not in let_in(freed)


@pytest.mark.parametrize("third", range(3))
def test_moments_are_drawn_from_the_whole_time_alike(third: int) -> None:
    moments = [drawn_from(f"word {number}", SPACING) for number in range(600)]
    assert all(NOW <= one < NOW + HALF for one in moments)
    inside = [one for one in moments if third <= (one - NOW) / HALF * 3 < third + 1]
    assert 160 < len(inside) < 240
    assert moments[0] == drawn_from("word 0", SPACING)


def others(plan: Plan) -> list[Action]:
    return [one for one in plan.actions if not isinstance(one, AddMembers)]


@settings(max_examples=examples(60), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(situations())
def test_in_any_world_spreading_takes_nothing_away_and_touches_nothing_open(situation: Situation) -> None:
    simulation, _, today = situation
    wanted = desired(today)
    whole = simulation.plan(wanted)
    found = spaced(whole, wanted, SPACING)
    assert seats_of(found) == seats_of(whole)
    assert others(found) == others(whole)
    assert [part for part in found.parts if part.compartment == OPEN] == [
        part for part in whole.parts if part.compartment == OPEN
    ]
