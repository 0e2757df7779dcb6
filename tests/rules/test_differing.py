from dataclasses import replace

from bridge.domain.directory import Directory, Group, Person
from bridge.domain.messages import Text
from bridge.rules.differing import differences

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
