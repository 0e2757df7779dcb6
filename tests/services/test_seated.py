"""``!group show`` names those in the room to whom they may be shown, owners first, a page at a time."""

from dataclasses import replace

import pytest

from bridge.domain.messages import Text
from bridge.domain.rooms import group_room
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.services.seated import PAGE, Seated
from bridge.services.world import Roster
from tests.bots.admin.asking import Asking, body
from tests.services.household import Household, household
from tests.world import directory, group, partner, user

KIM, ZED = "kim:acme.example", "zed:globex.example"
ACME = partner("acme", named=[KIM], servers=["acme.example"])
GLOBEX = partner("globex", named=[ZED], servers=["globex.example"])
SALES = group("sales").public().owners("zoe").members("ann", "bob", KIM).admits("acme")
DEAL = group("deal").having(moderators=("luc",)).owners("zoe").members("ann", "luc", KIM).admits("acme")
WORLD = directory(SALES, DEAL, partners=[ACME, GLOBEX], people=["ines", "eve"])


async def company() -> Household:
    house = household(WORLD, joins_directly=True)
    world = await house.settle()
    inside = {"sales": ("zoe", "ann", "bob", KIM), "deal": ("zoe", "ann", "luc", KIM)}
    rosters = {group_room(one): Roster.of(map(user, names)) for one, names in inside.items()}
    house.world = replace(world, joined={**world.joined, **rosters})
    return house


async def seats(house: Household, viewer: Viewer, text: str, page: int = 1) -> Seated | None:
    view = await house.groups.find(viewer, text, page=page)
    return view.seated if view else None


async def test_owners_come_first_then_moderators_and_people_of_partners_have_their_organisation_beside_them() -> None:
    house = await company()
    for viewer in (alone(user("ann")), alone(user(KIM)), alone(user("ines")), COMMAND_LINE):
        found = await seats(house, viewer, "deal")
        assert found is not None
        assert [one.name for one in found.seats] == [user("zoe"), user("luc"), user("ann"), user(KIM)]
        assert [(one.owner, one.moderator) for one in found.seats[:3]] == [(True, False), (False, True), (False, False)]
        assert [one.organisation for one in found.seats] == [None, None, None, Text.same("Acme")]


@pytest.mark.parametrize(
    ("viewer", "text", "expected"),
    [
        (alone(user("eve")), "deal", None),
        (alone(user("eve")), "sales", [user("zoe"), user("ann"), user("bob")]),
        (Viewer(asker=user("ann"), readers=frozenset({user("ann"), user("eve")})), "deal", None),
        (Viewer(asker=user("ines"), readers=frozenset({user("ines"), user("eve")})), "deal", None),
        (Viewer(asker=user("ann"), readers=frozenset({user("ann"), user(KIM)})), "deal", 4),
        (Viewer(asker=user("bob"), readers=frozenset({user("bob"), user(KIM)})), "sales", 4),
        (Viewer(asker=user("ines"), readers=frozenset({user("ines"), user(KIM)})), "sales", None),
    ],
)
async def test_whoever_may_not_see_who_is_inside_is_shown_nobody_and_others_employees(
    viewer: Viewer, text: str, expected: list[str] | int | None
) -> None:
    found = await seats(await company(), viewer, text)
    if expected is None:
        assert found is None
        return
    assert found is not None
    told = found.in_all if isinstance(expected, int) else [one.name for one in found.seats]
    assert told == expected


async def test_of_two_thousand_the_first_page_is_short_and_tells_how_to_go_on() -> None:
    names = [f"p{number:04}" for number in range(2000)]
    asking = await Asking.of(directory(group("staff").public().owners("zoe").members(*names), people=["ines"]))
    world = asking.house.world
    assert world is not None
    full = {group_room("staff"): Roster.of(map(user, ["zoe", *names]))}
    asking.house.world = replace(world, joined={**world.joined, **full})
    found = await seats(asking.house, alone(user("ines")), "staff")
    assert found is not None
    assert (len(found.seats), found.in_all, found.more) == (PAGE, 2001, 2001 - PAGE)
    assert found.seats[0].owner
    first = body(await asking.ask("!group show staff", by="p0001"))
    assert f"{user('zoe')} – owner" in first
    assert "and 1,981 more: !group show staff --page 2" in first
    assert len(first.splitlines()) < 2 * PAGE
    second = body(await asking.ask("!groupe montrer staff --page 101", by="p0001"))
    assert user("p1999") in second
    assert "--page" not in second
    assert "no further members" in body(await asking.ask("!group show staff --page 102", by="p0001"))
