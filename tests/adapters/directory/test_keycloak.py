import json
from pathlib import Path
from typing import Any

import pytest

from bridge.adapters.directory.source import directory_source
from bridge.domain.directory import Visibility
from bridge.domain.messages import Text
from bridge.ports.directory import Reading
from tests.adapters.directory.reading import complaints, read

REALM = Path(__file__).parent / "realm"
EXPECTED: dict[str, Any] = json.loads((REALM / "expected.json").read_text(encoding="utf-8"))
CLAIRE, INES = (f"a1b2c3d4-0000-4000-8000-00000000000{number}" for number in (1, 2))


def reading() -> Reading:
    return directory_source("keycloak", REALM / "realm.json", server_name="corp.example").file.read_now()


def test_a_realm_says_what_an_independent_reading_of_it_says() -> None:
    directory = reading().directory
    people = {
        person.id: {"user": person.user, "name": person.name, "active": person.active}
        for person in directory.people.values()
    }
    groups = {group.id: {"parent": group.parent, "members": list(group.members)} for group in directory.groups.values()}
    assert {"people": people, "groups": groups} == EXPECTED


def test_attributes_say_more() -> None:
    directory = reading().directory
    claire, sales = directory.people[CLAIRE], next(iter(directory.groups.values()))
    assert (claire.language, claire.department, claire.manager) == ("fr", "Ventes", INES)
    assert (sales.visibility, sales.owners, sales.purpose) == (
        Visibility.PUBLIC,
        (CLAIRE,),
        Text.same("Ceux qui vendent"),
    )
    assert sales.declared == frozenset({"name", "members", "parent", "visibility", "owners", "purpose"})


def test_who_may_see_a_group_may_be_said_in_french(tmp_path: Path) -> None:
    realm = '{"users": [{"username": "a"}], "groups": [{"name": "b", "attributes": {"visibility": ["Cachée"]}}]}'
    (group,) = read(tmp_path, realm, "keycloak").directory.groups.values()
    assert group.visibility is Visibility.HIDDEN


def test_a_group_that_is_gone_is_told_with_the_line_of_who_is_in_it() -> None:
    told = [str(warning).removeprefix(f"{REALM}/realm.json:") for warning in reading().warnings]
    assert "20: users[0]: 1 group of this person is not in this file and is left out: /Gone." in told


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[]", "One realm is expected here: export it alone, with its users."),
        ('{"groups": []}', "There are no users in this realm: export it with them, in the same file."),
        ('{"users": [{"enabled": true}]}', "1: users[0]: username is missing or empty."),
        (
            '{"users": [{"username": "a"}],\n"groups": [{"name": "b", "attributes": {"visibility": ["secret"]}}]}',
            "2: groups[0].attributes.visibility: secret is not known here; it may be one of: public, invite-only, hid",
        ),
        (
            '{"users": [{"username": "a"}, {"username": "a"}]}',
            "1: users[1].id: The id a is already that of users[0] (line 1).",
        ),
    ],
)
def test_what_is_wrong_is_one_clear_sentence(tmp_path: Path, text: str, complaint: str) -> None:
    assert complaints(tmp_path, text, "keycloak")[0].startswith(complaint)


def test_without_ids_and_paths_names_lead(tmp_path: Path) -> None:
    text = '{"users": [{"username": "a", "groups": ["/x/y"]}], "groups": [{"name": "x", "subGroups": [{"name": "y"}]}]}'
    groups = read(tmp_path, text, "keycloak").directory.groups
    assert {group.id: (group.parent, group.members) for group in groups.values()} == {
        "x": ("", ()),
        "x-y": ("x", ("a",)),
    }


def test_a_stroke_in_a_name_is_no_step_of_a_path(tmp_path: Path) -> None:
    """Newer versions write it ``~/``."""
    inner = [{"id": "g2", "name": "C/D", "path": "/A~/B/C~/D"}, {"id": "g3", "name": "E"}]
    realm = {
        "users": [{"id": "u", "username": "ann", "groups": ["/A~/B", "/A~/B/C~/D", "/A~/B/E"]}],
        "groups": [{"id": "g1", "name": "A/B", "subGroups": inner}],
    }
    groups = read(tmp_path, json.dumps(realm), "keycloak").directory.groups
    assert {one.id: (one.parent, one.members) for one in groups.values()} == {
        "g1": ("", ("u",)), "g2": ("g1", ("u",)), "g3": ("g1", ("u",)),
    }  # fmt: skip
    assert [one.origin.path for one in groups.values()] == [("A/B",), ("A/B", "C/D"), ("A/B", "E")]


def test_nobody_is_put_into_one_of_two_groups_of_one_path_on_a_guess(tmp_path: Path) -> None:
    """Older versions write the stroke of a name as it is."""
    groups: list[dict[str, Any]] = [
        {"id": "g1", "name": "A/B", "path": "/A/B"},
        {"id": "g2", "name": "A", "path": "/A", "subGroups": [{"id": "g3", "name": "B", "path": "/A/B"}]},
    ]
    user = {"id": "u", "username": "ann", "groups": ["/A/B"]}
    told = complaints(tmp_path, json.dumps({"users": [user], "groups": groups}), "keycloak")
    assert [one.partition(": ")[2] for one in told] == [
        "groups[0]: Several groups have the path /A/B: rename one, or let Keycloak be asked directly.",
        "groups[1].subGroups[0]: Several groups have the path /A/B: rename one, or let Keycloak be asked directly.",
    ]
    in_neither = {"users": [user | {"groups": ["/A"]}], "groups": groups}
    assert len(read(tmp_path, json.dumps(in_neither), "keycloak").directory.groups) == 3


def test_a_path_is_the_same_whether_its_accents_are_written_apart(tmp_path: Path) -> None:
    user = {"id": "u", "username": "ann", "groups": ["/\u00c9quipe"]}
    realm = {"users": [user], "groups": [{"id": "g", "name": "E\u0301quipe", "path": "/E\u0301quipe"}]}
    assert read(tmp_path, json.dumps(realm), "keycloak").directory.groups["g"].members == ("u",)
