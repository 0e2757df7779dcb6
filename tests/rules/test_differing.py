from dataclasses import replace

from bridge.domain.directory import Directory, Group, Person
from bridge.domain.messages import Text
from bridge.rules.differing import called_alike, differences, same_people

ANN, BOB = (Person(id=name, user=f"@{name}:corp.example") for name in ("ann", "bob"))
SALES = Group(id="sales", name=Text.same("Sales"), members=("ann", "bob"))
OPS = Group(id="ops", name=Text.same("Ops"))
BEFORE = Directory({"ann": ANN, "bob": BOB}, {"sales": SALES, "ops": OPS})


def test_the_same_reading_differs_in_nothing() -> None:
    assert differences(BEFORE, BEFORE).none
    turned = replace(SALES, members=("bob", "ann"))
    assert differences(BEFORE, replace(BEFORE, groups={"ops": OPS, "sales": turned})).none


def test_who_comes_goes_and_is_switched_off_is_told_by_id() -> None:
    eve = Person(id="eve", user="@eve:corp.example")
    found = differences(BEFORE, replace(BEFORE, people={"ann": replace(ANN, active=False), "eve": eve}))
    assert (found.people_come, found.people_gone, found.left) == (("eve",), ("bob",), ("ann",))


def test_groups_and_their_members_are_compared_by_id() -> None:
    renamed = replace(SALES, name=Text.same("Ventes"), members=("ann", "group:new"))
    found = differences(BEFORE, replace(BEFORE, groups={"sales": renamed, "new": Group(id="new", name=Text.same("N"))}))
    assert (found.groups_come, found.groups_gone) == (("new",), ("ops",))
    (one,) = found.groups
    assert (one.group, one.come, one.gone) == (renamed, ("group:new",), ("bob",))


def test_another_source_in_place_of_one_is_known_by_names_and_accounts() -> None:
    named = replace(ANN, name="Ann")
    before = replace(BEFORE, people={"ann": named, "bob": BOB})
    sales, board = replace(SALES, id="cn=sales", name=Text.same("SALES")), Group(id="board", name=Text.same("Board"))
    people = {"b": replace(BOB, id="b"), "a": replace(named, id="a", user="")}
    after = Directory(people, {"cn=sales": sales, "ops": OPS, "board": board})
    assert called_alike(before, after) == 1
    assert same_people(before, after, by_name=False) == 1
    assert same_people(before, after, by_name=True) == 2
    assert called_alike(after, after) == same_people(after, after, by_name=True) == 0
