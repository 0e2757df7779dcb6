"""Groups that ended are not offered as if they lived, and tell what became of them."""

import pytest

from bridge.domain.directory import GroupState
from bridge.domain.messages import Text, in_english
from bridge.domain.viewers import Viewer, alone
from bridge.services.ended import Ended
from bridge.services.finding import Finding
from bridge.services.founding import propose_new
from tests.fakes.clock import START
from tests.services.household import Household, household
from tests.world import directory, group, partner, user

ANN, BOB, INES = alone(user("ann")), alone(user("bob")), alone(user("ines"))
ZED = alone("@zed:acme.example")
ACME = partner("acme", named=["zed:acme.example"])

TODAY = str(START.date())


def told(ended: Ended) -> tuple[str, str, str]:
    return in_english(ended.on) if ended.on else "", ended.by, ended.undo


@pytest.fixture
async def house() -> Household:
    sales = group("sales").public().owners("ann").members("ann", "bob", "zed:acme.example").admits("acme")
    other = group("salesforce").owners("ann").members("bob")
    house = household(directory(sales, other, partners=[ACME], people=["ines"]), joins_directly=True)
    await house.settle()
    await house.settle()
    return house


async def become(house: Household, state: GroupState, origin: str) -> None:
    proposal = await house.policies.propose_state(ANN, "sales", state)
    assert proposal is not None
    await house.policies.take(proposal, actor=user("ann"), origin=origin)
    for _ in range(3):
        await house.settle()


async def listed(house: Household, viewer: Viewer) -> list[str]:
    return [view.id for view in await house.groups.visible(viewer)]


async def test_a_retired_group_is_in_no_list_and_no_suggestion(house: Household) -> None:
    assert await listed(house, BOB) == ["sales", "salesforce"]
    await become(house, GroupState.RETIRED, "$1")
    finding = Finding(house.society, house.groups)
    for viewer in (ANN, BOB, INES):
        assert await listed(house, viewer) == ["salesforce"]
        assert await finding.nearest(viewer, "group", "sale") != ("sales", Text.same("Sales"))
        assert [view.id for view in (await finding.find(viewer, "sales")).groups] == ["salesforce"]


async def test_it_tells_when_by_whom_and_how_to_open_it_again(house: Household) -> None:
    await become(house, GroupState.RETIRED, "$1")
    for viewer, expected in (
        (ANN, (TODAY, user("ann"), "sales")),
        (BOB, (TODAY, user("ann"), "")),
        (ZED, ("", "", "")),
    ):
        view = await house.groups.find(viewer, "sales")
        assert view is not None
        assert view.ended is not None
        assert (view.ended.state, told(view.ended), view.link) == (GroupState.RETIRED, expected, None)


async def test_it_can_be_opened_again_in_a_new_room(house: Household) -> None:
    room = house.room("sales")
    await become(house, GroupState.RETIRED, "$1")
    await become(house, GroupState.ACTIVE, "$2")
    assert house.room("sales") != room
    assert user("bob") in house.members("sales")
    view = await house.groups.find(BOB, "sales")
    assert view is not None
    assert view.ended is None


async def test_an_archived_group_is_listed_as_such(house: Household) -> None:
    await become(house, GroupState.ARCHIVED, "$1")
    assert await listed(house, BOB) == ["sales", "salesforce"]
    view = await house.groups.find(BOB, "sales")
    assert view is not None
    assert view.ended is not None
    assert (view.state, told(view.ended)) == (GroupState.ARCHIVED, (TODAY, user("ann"), ""))


async def test_the_name_of_a_retired_group_is_free_and_then_means_the_new_one(house: Household) -> None:
    await become(house, GroupState.RETIRED, "$1")
    proposal = await propose_new(house.policies, BOB, values={"name": "Sales"}, origin="$2")
    await house.policies.take(proposal, actor=user("bob"), origin="$2")
    await house.settle()
    view = await house.groups.find(BOB, "Sales")
    assert view is not None
    assert (view.id, view.ended) == (proposal.after.id, None)
