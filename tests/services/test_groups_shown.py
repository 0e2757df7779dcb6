"""What is told of who leads a group and what it is part of."""

from bridge.domain.viewers import Viewer, alone
from bridge.services.groups import GroupView
from tests.services.household import Household, household
from tests.world import directory, group, partner, user

SALES = group("sales").owners("eve")
EMEA = group("emea").having(parent="board", moderators=("max",)).owners("ann").members("bob", "kim:acme.example")
BOARD = group("board").hidden().having(parent="sales").members("zoe", "bob").owners("ann")
WORLD = directory(SALES, EMEA.admits("acme"), BOARD, partners=[partner("acme")], gone=["ann"])


async def shown(house: Household, viewer: Viewer, group_id: str) -> GroupView | None:
    await house.settle()
    return await house.groups.find(viewer, group_id)


async def test_a_group_without_its_owners_shows_who_owns_it_now() -> None:
    view = await shown(household(WORLD), alone(user("eve")), "emea")
    assert view
    assert (view.owners, view.bereft, view.moderators) == ((user("eve"),), True, (user("max"),))


async def test_a_hidden_group_shows_its_heir_inside() -> None:
    house = household(WORLD)
    view = await shown(house, alone(user("bob")), "board")
    assert view
    assert (view.owners, view.bereft) == ((user("zoe"),), True)
    assert await shown(house, alone(user("eve")), "board") is None


async def test_a_group_below_a_hidden_one_seems_to_be_part_of_the_next_above() -> None:
    house = household(WORLD)
    for insider in ("eve", "bob"):
        view = await shown(house, alone(user(insider)), "emea")
        assert view
        assert view.above == WORLD.groups["sales"].name


async def test_who_may_not_know_the_group_above_is_not_told_of_it() -> None:
    view = await shown(household(WORLD), alone("@kim:acme.example"), "emea")
    assert view
    assert view.above is None


async def test_everything_is_in_order_where_somebody_owns_the_group() -> None:
    view = await shown(household(WORLD), alone(user("bob")), "sales")
    assert view
    assert (view.owners, view.bereft, view.above) == ((user("eve"),), False, None)


async def test_who_is_asked_in_and_has_not_come_yet_is_told_so_and_who_does_not_belong_is_not() -> None:
    house = household(WORLD, joins_directly=False)
    asked, other = await shown(house, alone(user("eve")), "sales"), await shown(house, alone(user("bob")), "sales")
    assert asked
    assert other
    assert (asked.member, asked.expected) == (False, True)
    assert (other.member, other.expected) == (False, False)
