"""Finding a group by what people call it, through the gate."""

from bridge.domain.messages import Text
from bridge.domain.viewers import COMMAND_LINE, alone
from bridge.rules.access import Access
from bridge.rules.facts import gather
from tests.world import SERVER, TODAY, directory, group, user


def gate() -> Access:
    source = directory(
        group("sales-emea").public().called("Ventes Été").members("luc"),
        group("quartz").hidden().called("Ventes été").members("claire"),
    )
    return Access(gather(source, today=TODAY, server_name=SERVER))


def test_a_group_is_found_by_id_and_by_name_whatever_its_capitals_and_accents() -> None:
    viewer = alone(user("luc"))
    for text in ("sales-emea", " SALES-EMEA ", "ventes ete", "Ventes  Été", "#sales-emea", " #ventes été"):
        found = gate().find(viewer, text)
        assert found is not None, text
        assert found.name == Text.same("Ventes Été")


def test_a_hidden_group_of_the_same_name_is_found_by_its_members_alone() -> None:
    assert gate().find(alone(user("luc")), "quartz") is None
    found = gate().find(alone(user("claire")), "quartz")
    assert found is not None
    assert found.id == "quartz"
    assert gate().find(COMMAND_LINE, "quartz") is not None


def test_nothing_is_found_by_nothing() -> None:
    assert gate().find(COMMAND_LINE, "") is None
    assert gate().find(COMMAND_LINE, "   ") is None
    nameless = gather(directory(group("x").called("")), today=TODAY, server_name=SERVER)
    assert Access(nameless).find(COMMAND_LINE, "#") is None
