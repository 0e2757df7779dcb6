"""Groups of YAML, JSON and CSV have paths and attributes, over which rules of the policy file may be written."""

import json
from pathlib import Path
from typing import Any

import pytest

from bridge.adapters.directory.fast_json import quick_draft
from bridge.adapters.directory.origins import paths_of
from bridge.adapters.directory.source import directory_source
from bridge.domain.directory import Directory
from bridge.domain.mapping import Condition
from bridge.domain.problems import InvalidInput
from bridge.rules.mapping import fits, path_of
from tests.adapters.directory.reading import SERVER, complaints, read

PERSON = {"id": "1", "user": "@ann:corp.example"}
GROUPS: list[dict[str, Any]] = [
    {"id": "sales", "name": "Ventes", "purpose": {"en": "All that is sold", "fr": "Tout ce qui se vend"}},
    {"id": "emea", "name": "EMEA", "parent": "sales", "attributes": {"Unit": ["B", "A"], "cost": "410", "no": ""}},
    {"id": "apollo", "name": "Apollo", "path": "/Projects/2026/Apollo", "attributes": {"description": "chantier"}},
    {"id": "crew", "name": "Crew", "parent": "apollo"},
]


def told(directory: Directory) -> dict[str, tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]]:
    return {id_: (path_of(group.origin), group.origin.attributes) for id_, group in directory.groups.items()}


EXPECTED = {
    "sales": ("/sales", (("description", ("All that is sold", "Tout ce qui se vend")),)),
    "emea": ("/sales/emea", (("cost", ("410",)), ("unit", ("A", "B")))),
    "apollo": ("/Projects/2026/Apollo", (("description", ("chantier",)),)),
    "crew": ("/Projects/2026/Apollo/crew", ()),
}


def text() -> str:
    return json.dumps({"people": [PERSON], "groups": GROUPS})


def test_paths_and_attributes_are_what_is_written_and_else_follow_from_parents_and_purpose(tmp_path: Path) -> None:
    assert told(read(tmp_path, text(), kind="json").directory) == EXPECTED
    assert told(read(tmp_path, text(), kind="yaml").directory) == EXPECTED


def test_large_files_are_read_in_the_same_way(tmp_path: Path) -> None:
    draft = quick_draft(text().encode())
    assert draft
    assert draft.directory() == read(tmp_path, text(), kind="json").directory
    careful = read(tmp_path, text(), kind="json").directory.groups
    assert [group.declared for group in draft.groups] == [careful[group.id].declared for group in draft.groups]
    assert "path" not in draft.groups[2].declared | draft.groups[1].declared


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("attributes", "unit", "A table of keys and values is expected here"),
        ("attributes", {"unit": [""]}, "One word is expected here"),
        ("attributes", {"unit": {"a": "b"}}, "One value is expected here"),
        ("path", ["a"], "One value is expected here"),
    ],
)
def test_what_is_no_path_and_no_attribute_is_told(tmp_path: Path, key: str, value: Any, complaint: str) -> None:
    wrong = json.dumps({"people": [PERSON], "groups": [{**GROUPS[0], key: value}]})
    assert quick_draft(wrong.encode()) is None
    (told,) = complaints(tmp_path, wrong, kind="json")
    assert complaint in told


def test_tables_have_a_column_for_the_path_and_one_for_each_attribute(tmp_path: Path) -> None:
    people, members = tmp_path / "people.csv", tmp_path / "memberships.csv"
    people.write_text("id,username\n1,ann\n")
    members.write_text(
        "group,description,parent,path,Attribute: Unit,attribute:cost,member\n"
        "sales,All that is sold,,,,,1\n"
        "emea,,sales,,B; A,410,1\n"
        "emea,,,,,,ann\n"
        "apollo,,,/Projects/2026/Apollo,,,1\n"
    )
    directory = directory_source("csv", people, server_name=SERVER, memberships=members).file.read_now().directory
    assert told(directory) == {
        "sales": ("/sales", (("description", ("All that is sold",)),)),
        "emea": EXPECTED["emea"],
        "apollo": ("/Projects/2026/Apollo", ()),
    }
    assert directory.groups["emea"].declared == {"name", "members", "parent"}


def test_lines_that_say_otherwise_of_an_attribute_are_told(tmp_path: Path) -> None:
    people, members = tmp_path / "people.csv", tmp_path / "memberships.csv"
    people.write_text("id,username\n1,ann\n")
    members.write_text("group,attribute:cost,member\nsales,410,1\nsales,411,1\n")
    with pytest.raises(InvalidInput) as caught:
        directory_source("csv", people, server_name=SERVER, memberships=members).file.read_now()
    assert any("has the attribute:cost 410 on another line" in str(one) for one in caught.value.problems)


def test_rules_ask_about_them(tmp_path: Path) -> None:
    groups = read(tmp_path, text(), kind="yaml").directory.groups

    def fitting(when: Condition) -> list[str]:
        return [id_ for id_, group in groups.items() if fits(when, group)]

    assert fitting(Condition(path=(("sales", "**"),))) == ["sales", "emea"]
    assert fitting(Condition(path=(("Projects", "*", "*"),))) == ["apollo"]
    assert fitting(Condition(equals={"unit": ("a",)})) == ["emea"]
    assert fitting(Condition(contains={"description": ("vend", "CHANTIER")})) == ["sales", "apollo"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("a", "b", ""), ("b", "", "")], [("b", "a"), ("b",)]),
        ([("a", "elsewhere", "")], [("elsewhere", "a")]),
        ([("a", "b", ""), ("b", "a", "")], [("b", "a"), ("b",)]),
        ([("a", "a", "")], [("a",)]),
        ([("c", "b", ""), ("b", "a", "/x/y"), ("a", "", "")], [("x", "y", "c"), ("x", "y"), ("a",)]),
        ([("", "", "")], [("",)]),
    ],
)
def test_a_path_ends_where_nothing_more_is_known(
    rows: list[tuple[str, str, str]], expected: list[tuple[str, ...]]
) -> None:
    assert paths_of(rows) == expected
