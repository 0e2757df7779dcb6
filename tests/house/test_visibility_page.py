"""docs/visibility.md says what the rules do."""

from bridge.rules.state import EVENT_TYPES
from deploy.visibility import COLUMNS, PAGE, filled, room_of


def test_the_tables_of_the_page_are_those_of_the_rules() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page) == page, "run `python -m deploy.visibility`"


def test_every_visibility_stands_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert {"public", "invite-only", "hidden"} <= set(COLUMNS)
    assert all(f"| {name} |" in page for name in COLUMNS)
    assert all(f"`{kind}`" in page for kind in EVENT_TYPES.values())


def test_a_hidden_group_is_in_no_row_by_its_name_but_where_it_is_told_inside() -> None:
    settings = room_of(COLUMNS["hidden"]).desired.settings
    assert "Sales" not in (settings.name, settings.topic, settings.alias, *settings.parents)
    assert settings.told_name == "Sales"
