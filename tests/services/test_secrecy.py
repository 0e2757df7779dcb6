"""The world with and without a hidden group: nothing that a non-member is shown differs by a byte."""

from bridge.domain.directory import Directory
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from tests.services.household import Household, household
from tests.services.shown import report, runs, shown_to
from tests.world import AGroup, directory, group, partner, user

CANARY = "Opération Quartz"
HIDDEN = group("quartz").hidden().called(CANARY).owners("claire").members("claire", "ines").admits("acme")
ASKED = ("quartz", CANARY, "quart", "sales")
PEOPLE = ("ann", "claire", "ines", "luc", "omar")


def company(*more: AGroup) -> Directory:
    return directory(
        group("sales").public().owners("claire").members("claire", "luc"),
        group("deal").owners("claire").members("claire", "bob:acme.example").admits("acme"),
        *more,
        partners=[partner("acme", named=["bob:acme.example"], servers=["acme.example"], sponsor="claire")],
        people=PEOPLE,
    )


OUTSIDERS = {
    "an employee in a conversation of two": alone(user("luc")),
    "an admin who is no member": alone(user("omar")),
    "a partner member": alone("@bob:acme.example"),
    "a stranger": alone("@eve:evil.example"),
    "members in a room with others": Viewer(asker=user("claire"), readers=frozenset({user("claire"), user("luc")})),
    "members in a room that later members can read back": Viewer(
        asker=user("claire"), readers=frozenset({user("claire"), user("ines")}), everyone=True
    ),
}
MEMBER = alone(user("claire"))


async def worlds() -> tuple[Household, Household]:
    admins = frozenset({user("omar")})
    found = []
    for source in (company(), company(HIDDEN)):
        house = household(source, admins=admins)
        house.world = await house.reconciler.look(keep=True)
        found.append(house)
    return found[0], found[1]


async def test_a_hidden_group_changes_nothing_that_others_are_shown() -> None:
    without, with_it = await worlds()
    for who, viewer in OUTSIDERS.items():
        assert await shown_to(with_it, viewer, ASKED) == await shown_to(without, viewer, ASKED), who


async def test_its_members_and_the_command_line_do_see_it() -> None:
    """The positive control: the same comparison finds the group when it may be seen, in every row."""
    without, with_it = await worlds()
    for viewer in (MEMBER, COMMAND_LINE):
        seen, bare = await shown_to(with_it, viewer, ["quartz"]), await shown_to(without, viewer, ["quartz"])
        assert {row for row in seen if seen[row] != bare[row]} == seen.keys()
        assert "quartz" in seen["plan"]
        assert CANARY in seen["group quartz"]


async def test_what_was_applied_to_a_hidden_group_is_listed_and_counted_for_its_members_alone() -> None:
    houses = await worlds()
    for house in houses:
        await house.settle()
        house.world = await house.reconciler.look()
    without, with_it = houses
    for who, viewer in OUTSIDERS.items():
        assert await runs(with_it, viewer) == await runs(without, viewer), who
    for viewer in (MEMBER, COMMAND_LINE):
        assert await runs(with_it, viewer) != await runs(without, viewer)


async def test_a_group_that_does_not_exist_and_one_that_is_hidden_are_the_same_to_others() -> None:
    _, with_it = await worlds()
    for viewer in OUTSIDERS.values():
        assert await with_it.groups.find(viewer, "quartz") is None
        assert await with_it.groups.find(viewer, "nothing") is None
        assert await with_it.plans.show(viewer, group="quartz") is None


async def test_what_concerns_everybody_is_shown_to_nobody_with_a_partner_reading_along() -> None:
    """The open plan and the findings name other partners, and groups that this one may not know."""
    source = company(group("fair").owners("claire").members("zed:globex.example").called("Fair"))
    house = household(source, admins=frozenset({user("omar")}))
    house.world = await house.reconciler.look(keep=True)
    with_partner = Viewer(asker=user("omar"), readers=frozenset({user("omar"), "@bob:acme.example"}))
    for viewer, shown in ((alone(user("omar")), True), (with_partner, False)):
        plan = await house.plans.show(viewer)
        assert plan
        assert plan.plan.empty is not shown
        assert bool((await report(house).standing(viewer)).findings) is shown


async def test_a_group_that_vanished_is_told_to_administrators_unless_it_was_hidden() -> None:
    house = household(company(HIDDEN), admins=frozenset({user("omar")}))
    await house.settle()
    house.source.directory = directory(group("deal").owners("claire"), people=PEOPLE)
    await house.settle()
    told = {}
    for who in ("omar", "claire"):
        findings = (await report(house).standing(alone(user(who)))).findings
        told[who] = sorted({one.group for one in findings if one.group and "vanished" in str(one.text)})
    assert told == {"omar": ["sales"], "claire": ["quartz", "sales"]}
