"""A hidden group gives its members to no other group: whoever sees the outer one would see who they are."""

from bridge.domain.viewers import COMMAND_LINE, OPEN
from bridge.rules.access import Access
from bridge.rules.facts import gather
from tests.world import SERVER, TODAY, desired, directory, group, partner, users

WORLD = directory(
    group("all").public().members("ann", "group:board", "group:team"),
    group("team").members("tim", "group:board"),
    group("circle").hidden().members("eve", "group:board"),
    group("board").hidden().members("bob", "kim:acme.example", "group:crew").owners("zoe").admits("acme"),
    group("crew").members("cat"),
    partners=[partner("acme")],
)
FACTS = gather(WORLD, today=TODAY, server_name=SERVER)


def test_nobody_belongs_to_another_group_through_a_hidden_one() -> None:
    assert FACTS.members["all"] == users("ann", "tim")
    assert FACTS.members["team"] == users("tim")
    assert FACTS.members["circle"] == users("eve")


def test_a_hidden_group_itself_may_be_made_of_others() -> None:
    assert FACTS.members["board"] == users("bob", "kim:acme.example", "cat")


def test_it_is_told_to_the_members_of_the_hidden_group_alone_and_does_not_name_the_other() -> None:
    [finding] = [one for one in desired(WORLD).findings if one.kind == "hidden-source"]
    assert finding.group == finding.subject == "board"
    assert not {"all", "team", "circle"} & set(str(finding.text).replace(".", "").split())
    gate = Access(FACTS)
    assert gate.compartments(COMMAND_LINE) >= {OPEN, "board"}


def test_of_two_hidden_groups_neither_is_told_of_the_other() -> None:
    world = directory(group("outer").hidden().members("ann", "group:inner"), group("inner").hidden().members("bob"))
    facts = gather(world, today=TODAY, server_name=SERVER)
    assert (facts.members["outer"], facts.findings) == (users("ann"), ())


def test_a_circle_through_a_hidden_group_is_cut_there() -> None:
    world = directory(
        group("out").members("ann", "group:in"), group("in").hidden().members("bob", "group:out"), people=["eve"]
    )
    facts = gather(world, today=TODAY, server_name=SERVER)
    assert facts.members == {"out": users("ann"), "in": users("ann", "bob")}
