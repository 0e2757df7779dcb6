"""Finding people and groups: who finds whom, in which order, and that a large company holds nobody up."""

import asyncio
from dataclasses import replace

from bridge.domain.directory import Directory, Person
from bridge.domain.messages import Text
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.services.finding import AT_ONCE, PAGE, Finding, Found
from tests.services.household import Household, household
from tests.world import directory, group, partner, user

BOB, ZED, EVE = "@bob:acme.example", "@zed:globex.example", "@eve:evil.example"


def company() -> Directory:
    source = directory(
        group("sales").public().owners("luc").members("claire", "luc", "ann").called("Ventes", "Vendre partout"),
        group("deal").owners("luc").members("claire", BOB[1:], ZED[1:]).admits("acme", "globex").called("Deal room"),
        group("fair").owners("omar").members("ann", ZED[1:]).admits("globex").called("Fair"),
        group("lobby").public().owners("dora").members("omar").admits("acme").called("Lobby"),
        group("board").hidden().owners("claire").members("claire", "ines").called("Comex"),
        partners=[partner("acme", sponsor="omar"), partner("globex", sponsor="ann")],
        gone=("hugo",),
    )
    told = {"claire": ("Claire Martin", "Directrice", "Ventes"), "luc": ("Luc Martinet", "", "Achats")}
    people = {
        name: replace(one, name=told[name][0], title=told[name][1], department=told[name][2]) if name in told else one
        for name, one in source.people.items()
    }
    return replace(source, people=people)


async def opened(source: Directory | None = None) -> tuple[Household, Finding]:
    house = household(source or company(), admins=frozenset({user("ines")}))
    house.world = await house.reconciler.look(keep=True)
    return house, Finding(house.society, house.groups)


async def search(viewer: Viewer, text: str) -> Found:
    return await (await opened())[1].find(viewer, text)


def users(found: Found) -> list[str]:
    return [person.user for person in found.people]


async def test_employees_find_one_another_by_name_id_title_and_department() -> None:
    for text in ("claire martin", "MARTIN claire", "claire", user("claire"), "directrice", "ventes"):
        assert user("claire") in users(await search(alone(user("ann")), text)), text
    [claire] = (await search(alone(user("ann")), "directrice")).people
    assert (claire.name, claire.title, claire.department) == ("Claire Martin", "Directrice", "Ventes")
    assert [str(name.en) for name in claire.shared] == ["Ventes"]


async def test_who_is_called_so_comes_first() -> None:
    assert users(await search(alone(user("ann")), "martin")) == [user("claire"), user("luc")]
    found = await search(alone(user("ann")), "ventes")
    assert ([one.id for one in found.groups], users(found)) == (["sales"], [user("claire")])


async def test_a_misspelt_name_finds_what_is_near_and_says_so() -> None:
    found = await search(alone(user("ann")), "clare matrin")
    assert users(found) == [user("claire")]
    assert found.instead == "claire martin"
    assert await search(alone(user("ann")), "zzzzzzz") == Found()
    assert await search(alone(user("ann")), "") == Found()


async def test_who_has_left_is_not_found() -> None:
    assert await search(alone(user("ann")), "hugo") == Found()
    assert await search(COMMAND_LINE, "hugo") == Found()


async def test_partner_members_find_only_whom_they_meet_and_no_titles() -> None:
    """Those in their room, owners of groups that they may know, their own sponsor: nobody else, by no word."""
    viewer = alone(BOB)
    found = {one: users(await search(viewer, one)) for one in ("claire", "luc", "zed", "dora", "omar", "ann", "ines")}
    assert found == {
        "claire": [user("claire")], "luc": [user("luc")], "zed": [ZED], "dora": [user("dora")], "omar": [user("omar")],
        "ann": [], "ines": [],
    }  # fmt: skip
    [claire] = (await search(viewer, "claire")).people
    assert (claire.name, claire.title, claire.department) == ("Claire Martin", "", "")
    assert (await search(viewer, "directrice")).people == ()


async def test_partner_members_find_only_groups_that_admit_them() -> None:
    found = {one: [view.id for view in (await search(alone(BOB), one)).groups] for one in ("deal", "fair", "ventes")}
    assert found == {"deal": ["deal"], "fair": [], "ventes": []}


async def test_employees_find_partner_members_with_whom_they_share_a_room() -> None:
    assert users(await search(alone(user("claire")), "bob")) == [BOB]
    assert users(await search(alone(user("ann")), "bob")) == []
    assert users(await search(alone(user("ann")), "zed")) == [ZED]


async def test_strangers_find_nothing() -> None:
    for text in ("claire", "ventes", "deal", "e"):
        assert await search(alone(EVE), text) == Found()


async def test_what_is_found_is_fit_for_everybody_who_reads_along() -> None:
    beside = Viewer(asker=user("claire"), readers=frozenset({user("claire"), BOB}))
    stranger = Viewer(asker=user("claire"), readers=frozenset({user("claire"), EVE}))
    later = replace(beside, everyone=True, partners=frozenset({"acme"}))
    assert users(await search(beside, "ines")) == []
    assert users(await search(beside, "luc")) == [user("luc")]
    assert users(await search(stranger, "luc")) == []
    assert users(await search(later, "zed")) == []
    colleague = Viewer(asker=user("claire"), readers=frozenset({user("claire"), user("ann")}))
    [luc] = (await search(colleague, "luc")).people
    assert [name.en for name in luc.shared] == ["Ventes"]


async def test_hidden_groups_are_found_and_named_as_shared_for_their_members_alone() -> None:
    assert [one.id for one in (await search(alone(user("claire")), "comex")).groups] == ["board"]
    [ines] = (await search(alone(user("claire")), "ines")).people
    assert [name.en for name in ines.shared] == ["Comex"]
    for who in ("ann", "luc", "omar"):
        assert await search(alone(user(who)), "comex") == Found()
        assert await search(alone(user(who)), "comx") == Found()


async def test_pages_follow_one_another_and_count_all() -> None:
    source = directory(group("sales").public().members(*(f"paul{number:02}" for number in range(25))))
    finding = (await opened(source))[1]
    pages = [await finding.find(alone(user("paul00")), "paul", page=page) for page in (1, 2, 3, 4)]
    assert [len(page.people) for page in pages] == [PAGE, PAGE, 5, 0]
    assert {page.people_in_all for page in pages} == {25}
    assert len({one for page in pages for one in users(page)}) == 25


async def test_one_near_group_is_named_among_those_that_the_viewer_may_know() -> None:
    _, finding = await opened()
    assert await finding.nearest(alone(user("ann")), "group", "vente") == ("sales", Text.same("Ventes"))
    assert await finding.nearest(alone(user("claire")), "group", "comx") == ("board", Text.same("Comex"))
    assert await finding.nearest(alone(user("ann")), "group", "comx") is None
    assert await finding.nearest(alone(user("ann")), "group", "ventes") is None


async def test_one_near_person_is_named_among_those_whom_the_viewer_may_find() -> None:
    _, finding = await opened()

    async def near(who: str, text: str) -> str | None:
        found = await finding.nearest(alone(user(who)), "person", text)
        return found[0] if found else None

    assert await near("ann", user("clare")) == user("claire")
    assert await near("ann", "clair martin") == user("claire")
    assert await near("ann", user("claire")) is None
    assert await near("ann", "@clare:elsewhere.example") is None
    assert await near("bob:acme.example", user("inea")) is None
    assert await near("bob:acme.example", user("clare")) == user("claire")


async def test_employees_are_found_by_what_they_are_called_exactly_where_insiders_alone_read_along() -> None:
    _, finding = await opened()
    for text in ("Claire Martin", "claire  MARTIN", "Cláire Martin", "Claire", "claire"):
        assert await finding.named(alone(user("ann")), text) == (user("claire"),)
    for text in ("Martin", user("claire"), "hugo", ""):
        assert await finding.named(alone(user("ann")), text) == (), text
    assert await finding.named(alone("@hugh:corp.example"), "Claire Martin") == ()
    assert await finding.named(alone(user("bob:acme.example")), "Claire Martin") == ()


async def test_others_have_their_turn_while_a_large_company_is_searched() -> None:
    source = directory(group("sales").public().members("ann"))
    crowd = {str(n): Person(id=str(n), user=user(f"n{n}"), name=f"Number {n}") for n in range(10 * AT_ONCE)}
    _, finding = await opened(replace(source, people={**source.people, **crowd}))
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    going = asyncio.create_task(others())
    await finding.find(alone(user("ann")), "nobody")
    going.cancel()
    assert turns > 30
