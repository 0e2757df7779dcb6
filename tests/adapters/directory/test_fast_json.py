import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.directories import to_parvis
from bridge.adapters.directory.fast_json import quick_draft
from bridge.adapters.directory.shapes import draft_of
from bridge.files.json_text import json_tree

words = st.sampled_from(["", "ann", "bob", 'a":b', "group:x", "fr", "public", "hidden", "Public", "2027-06-30", "é :"])
values = (
    words
    | st.booleans()
    | st.integers()
    | st.none()
    | st.lists(words)
    | st.dictionaries(st.sampled_from(["fr", "en"]), words)
)
keys = st.sampled_from(
    ["name", "purpose", "visibility", "listed", "members", "owners", "moderators", "servers", "until", "odd", "welcome",
     "encrypted", "history", "membership", "template", "parent", "state"]
)  # fmt: skip
rows = st.fixed_dictionaries({"id": words, "name": words}) | st.dictionaries(keys, values)
people = st.lists(st.fixed_dictionaries({"id": words, "user": words}), min_size=1)
documents = st.fixed_dictionaries({"people": people, "groups": st.lists(rows), "partners": st.lists(rows)})


def written(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


@given(documents, st.sampled_from([(",", ":"), (", ", " : ")]), st.sampled_from([None, 1]))
def test_what_is_taken_quickly_is_read_the_same_carefully(document: Any, separators: Any, indent: int | None) -> None:
    content = json.dumps(document, separators=separators, indent=indent, ensure_ascii=False).encode()
    quick = quick_draft(content)
    if quick is not None:
        careful, faults = draft_of(json_tree(content.decode(), "file"))
        assert faults == []
        assert quick == careful


def test_rows_with_the_same_keys_share_what_they_declare() -> None:
    rows = [{"id": f"g{number}", "name": "G", "members": ["ann"], "parent": ""} for number in range(3)]
    draft = quick_draft(written({"people": [{"id": "ann", "user": "@ann:corp.example"}], "groups": rows}))
    assert draft is not None
    assert {id(one.declared) for one in draft.groups} == {id(draft.groups[0].declared)}
    assert draft.groups[0].declared == {"name", "members"}


def test_an_ordinary_directory_is_taken_quickly() -> None:
    document = {
        "people": [{"id": "ann", "user": "@ann:corp.example", "name": 'Ann "la Grande" : Martin', "active": True}],
        "groups": [{"id": "a", "name": {"fr": "x"}, "visibility": "hidden", "members": ["ann"], "listed": False}],
        "partners": [{"id": "acme", "name": "Acme", "servers": ["Acme.Example"], "until": "2027-06-30"}],
    }
    assert quick_draft(written(document)) is not None


@pytest.mark.parametrize(
    "content",
    [
        b'{"people": [{"id": "a", "id": "b", "user": "@a:x"}]}',
        b'{"people": [{"id": "a", "user": "@a:x"}], "groups": [{"id": "g", "name": {"fr": "x", "fr": "y"}}]}',
        b'{"people" : [{"id" : "a", "user" : "@a:x", "user" : "@b:x"}]}',
        b'{"people": [{"id": "a", "user": "@a:x"}], "people": [{"id": "b", "user": "@b:x"}]}',
    ],
)
def test_a_key_written_twice_is_left_to_the_careful_way(content: bytes) -> None:
    assert quick_draft(content) is None


@pytest.mark.parametrize("key", ["name", "purpose", "welcome"])
@pytest.mark.parametrize("odd", [None, False, 1, ["text"]])
def test_a_name_or_purpose_that_is_no_text_is_left_to_the_careful_way(key: str, odd: object) -> None:
    people = [{"id": "ann", "user": "@ann:corp.example"}]
    assert quick_draft(written({"people": people, "groups": [{"id": "a", "name": "A", key: odd}]})) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 99_999, b'{"people": 1}', b'{"people": [1]}'])
def test_whatever_is_odd_is_left_to_the_careful_way(content: bytes) -> None:
    assert quick_draft(content) is None


def test_the_synthetic_directory_of_the_benches_is_taken_quickly() -> None:
    synthetic = {
        "domain": "corp.test",
        "users": [
            {"id": "u1", "name": "Léa", "title": "x", "active": True, "email": "u1@corp.test"},
            {"id": "u2", "name": "Bo", "title": "x", "active": True, "server": "partner0.test"},
        ],
        "groups": [
            {"id": "d", "name": "D", "kind": "department", "members": ["u1"], "groups": ["e"]},
            {"id": "e", "name": "E", "kind": "department", "parent": "d", "members": [], "groups": []},
            {"id": "x", "name": "X", "kind": "exec", "hidden": True, "members": ["u1"], "groups": []},
            {
                "id": "p",
                "name": "P",
                "kind": "partner",
                "server": "partner0.test",
                "members": ["u1", "u2"],
                "groups": [],
            },
        ],
    }
    draft = quick_draft(written(to_parvis(synthetic)))
    assert draft is not None
    assert draft.groups[3].members == ("u1", "@u2:partner0.test")
    assert draft.groups[3].partners == ("partner0",)
