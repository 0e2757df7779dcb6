"""Groups below groups on a real homeserver: what a client finds in the spaces, who is in them, and how rooms move."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from deploy.demo.people import Person, following
from tests.e2e.journeys import seen
from tests.support.company import Company, State, children, members
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

DIRECTORY = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire}
  - {id: "2", user: "@ines~:corp.test", name: Inès}
  - {id: "3", user: "@luc~:corp.test", name: Luc}
  - {id: "4", user: "@ann~:corp.test", name: Ann}
groups:
  - {id: sales, name: Sales, visibility: public, owners: ["1"], members: ["1"]}
  - {id: emea, name: EMEA, visibility: invite-only, parent: sales, owners: ["1"], members: ["1"]}
  - {id: france, name: France, visibility: public, parent: emea, owners: ["3"], members: ["3"]}
  - {id: merger, name: Secret merger, visibility: hidden, parent: sales, owners: ["2"], members: ["2"]}
  - {id: lab, name: Lab, visibility: public, parent: merger, owners: ["2"], members: ["2"]}
"""
SALES, EMEA = "space/subspace/sales", "space/subspace/emea"


@dataclass(frozen=True)
class Tree:
    """The company once its groups have rooms."""

    company: Company
    rooms: dict[str, str]

    def person(self, name: str) -> Person:
        return self.company.people[name]

    async def state(self, marker: str) -> State:
        return await self.company.state(self.rooms[marker])

    async def change(self, old: str, new: str) -> None:
        """The directory says something else, and the rooms follow in one run."""
        text = self.company.directory.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        self.company.directory.write_text(text.replace(old, new), encoding="utf-8")
        applied = await self.company.parvis("apply")
        assert applied.code == 0, applied.said
        assert (await self.company.parvis("plan")).code == 0

    async def found_by(self, name: str) -> dict[str, str]:
        """The rooms that the homeserver shows somebody from the company space down: marker and name."""
        markers = {room_id: marker for marker, room_id in self.rooms.items()}
        rows = await self.person(name).look_into(self.rooms["space/company"])
        return {markers[row["room_id"]]: row.get("name", "") for row in rows}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tree(park: Park) -> AsyncIterator[Tree]:
    company = park.company(DIRECTORY)
    await company.hire("claire", "ines", "luc", "ann")
    await company.hire_service()
    applied = await company.parvis("apply")
    assert applied.code == 0, applied.said
    async with following(*company.people.values()):
        yield Tree(company, await company.rooms())


async def test_spaces_stand_in_each_other_as_the_groups_do(tree: Tree) -> None:
    assert children(await tree.state("space/company")) == {tree.rooms[SALES]}
    assert children(await tree.state(SALES)) == {tree.rooms[one] for one in ("sales", EMEA, "lab")}
    assert children(await tree.state(EMEA)) == {tree.rooms["emea"], tree.rooms["france"]}


async def test_a_member_finds_the_rooms_below_and_is_in_every_space_on_the_way(tree: Tree) -> None:
    luc = tree.person("luc")
    for marker, name in ((SALES, "Sales"), (EMEA, "EMEA"), ("france", "France")):
        room = await seen(luc, name, lambda marker=marker: luc.joined.get(tree.rooms[marker]))  # type: ignore[misc]
        assert room.state["m.room.name", ""]["name"] == name
    assert await tree.found_by("luc") == {
        "space/company": "corp.test", SALES: "Sales", "sales": "Sales", EMEA: "EMEA", "france": "France", "lab": "Lab",
    }  # fmt: skip


async def test_an_employee_who_belongs_to_nothing_finds_what_is_public_and_comes_in(tree: Tree) -> None:
    ann = tree.person("ann")
    found = await tree.found_by("ann")
    assert found.keys() == {"space/company", SALES, "sales", EMEA, "france", "lab"}
    for marker, status in ((EMEA, 200), ("france", 200), ("emea", 403)):
        assert (await ann.join(tree.rooms[marker])).status == status, marker
    assert (await tree.company.parvis("plan")).code == 0


async def test_a_hidden_group_is_in_no_space_and_leaves_no_gap(tree: Tree) -> None:
    [hidden] = tree.rooms.keys() - {"space/company", "room/admins", SALES, "sales", EMEA, "emea", "france", "lab"}
    for marker in ("space/company", SALES, EMEA):
        assert tree.rooms[hidden] not in str(await tree.state(marker))
    for name in tree.company.people:
        assert "Secret" not in str(await tree.found_by(name))
    ines = tree.person("ines")
    await seen(ines, "the invitation to the hidden room", lambda: tree.rooms[hidden] in ines.invited)


async def test_rooms_stand_after_spaces_and_by_name_and_public_ones_are_recommended(tree: Tree) -> None:
    content = {key[1]: value for key, value in (await tree.state(SALES)).items() if key[0] == "m.space.child"}
    assert {room: (one["order"], one.get("suggested", False)) for room, one in content.items()} == {
        tree.rooms[EMEA]: ("0 emea", False), tree.rooms["sales"]: ("1 sales", True), tree.rooms["lab"]: ("1 lab", True),
    }  # fmt: skip


async def test_a_group_that_moves_is_found_in_its_new_place_and_its_empty_space_ends(tree: Tree) -> None:
    await tree.change("public, parent: emea", "public, parent: sales")
    assert children(await tree.state(SALES)) == {tree.rooms[one] for one in ("sales", "emea", "france", "lab")}
    assert EMEA not in await tree.company.rooms()
    ann, luc = tree.person("ann"), tree.person("luc")
    for person in (ann, luc):
        await seen(person, "the end of the space", lambda person=person: tree.rooms[EMEA] not in person.joined)  # type: ignore[misc]
        assert tree.rooms["france"] in person.joined
    assert (await tree.found_by("ann")).keys() == {"space/company", SALES, "sales", "france", "lab"}


async def test_who_leaves_the_company_is_out_of_every_room_and_space_in_one_run(tree: Tree) -> None:
    luc = tree.company.user("luc")
    for marker in ("space/company", SALES, "france"):
        assert luc in members(await tree.state(marker), "join"), marker
    await tree.change("name: Luc}", "name: Luc, active: false}")
    for marker in tree.rooms.keys() - {EMEA}:
        assert luc not in members(await tree.state(marker), "join", "invite"), marker
    levels = (await tree.state("france"))["m.room.power_levels", ""]["users"]
    assert luc not in levels
    # France has lost its only owner: those of the group above it have it now.
    assert levels[tree.company.user("claire")] == 60
