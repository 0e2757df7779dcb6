"""Who leaves the company is out of every room and space, in one run that can be read back."""

from dataclasses import replace

from tests.services.household import Household, household
from tests.world import directory, group, partner, user

LEO = user("leo")
WORLD = directory(
    group("sales").public().owners("eve").members("leo"),
    group("emea").having(parent="sales").owners("leo").members("eve"),
    group("france").public().having(parent="emea").owners("eve").members("leo", "kim:acme.example").admits("acme"),
    group("board").hidden().owners("eve").members("leo"),
    partners=[partner("acme", sponsor="leo")],
)
GONE = replace(WORLD, people={**WORLD.people, "leo": replace(WORLD.people["leo"], active=False)})


def seats(house: Household) -> set[str]:
    """The rooms that Leo is in or may come into."""
    inside = house.homeserver.synapse.inside
    rooms = {str(one.ref): one.room_id for one in house.store.data.bindings.values() if one.room_id}
    return {name for name, room_id in rooms.items() if inside(room_id).get(LEO) in {"join", "invite"}}


async def test_nothing_is_left_to_who_leaves_the_company() -> None:
    house = household(WORLD, joins_directly=True)
    await house.settle()
    assert seats(house) == {
        "company", "partner/acme", "subspace/sales", "subspace/emea",
        "group/sales", "group/emea", "group/france", "group/board",
    }  # fmt: skip
    house.source.directory = GONE
    await house.settle()
    assert seats(house) == set()
    assert (await house.reconciler.look()).plan.empty


async def test_it_is_one_run_of_which_every_seat_is_an_entry_spaces_first() -> None:
    house = household(WORLD, joins_directly=True)
    await house.settle()
    house.source.directory = GONE
    await house.settle()
    async with house.store.view() as view:
        entries = await view.audit.recent(compartments=frozenset({"", "board"}), limit=1000)
    removed = [one for one in reversed(entries) if one.kind == "remove"]
    assert len({one.run for one in removed}) == 1
    rooms = [one.detail["check"]["room"] for one in removed]
    assert len(rooms) == 8
    assert rooms[:2] == ["company", "partner/acme"]
    assert {one.compartment for one in removed if one.detail["check"]["room"] == "group/board"} == {"board"}
