import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.files.json_text import json_tree
from bridge.files.trees import line_of
from tests.files.texts import complaints, values

TRUNCATED = "The file ends before something that was begun is closed; is it truncated?"

documents = st.recursive(
    st.text(min_size=1),  # an empty text is left out
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(documents, st.sampled_from([None, 1]), st.booleans())
def test_whatever_json_writes_is_read_back(document: object, indent: int | None, ascii_only: bool) -> None:
    assert values(json_tree, json.dumps(document, indent=indent, ensure_ascii=ascii_only)) == document


def test_numbers_and_booleans_stay_the_text_that_was_written() -> None:
    assert values(json_tree, '{"a": 007e1}'.replace("00", "")) == {"a": "7e1"}
    assert values(json_tree, '{"a": true, "b": -1.50, "c": null}') == {"a": "true", "b": "-1.50"}


def test_lines_are_remembered() -> None:
    document = json_tree('{\n "people": [\n  {"id": "ann"},\n  {\n   "id": "bob"}]\n}', "file")
    assert line_of(document, ("people", 0)) == 3
    assert line_of(document, ("people", 1, "id")) == 5


def test_every_key_written_twice_is_named_with_both_lines() -> None:
    assert complaints(json_tree, '{"a": 1,\n"a": 2}') == ["file:2: a: a is written twice, first on line 1."]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"a": [1, 2', f"file:1: {TRUNCATED}"),
        ('{"a": "b', f"file:1: {TRUNCATED}"),
        ('{"a":', f"file:1: {TRUNCATED}"),
        ('{"a": 1}\n{"b": 1}', "file:2:1: Something follows the end of the JSON document."),
        ('{"a": 1,}', "file:1:9: This is not valid JSON: a key in quotation marks is expected here."),
        ('{"a"\n 1}', "file:2:2: This is not valid JSON: a colon is expected here."),
        ('{"a": 1 "b": 2}', "file:1:9: This is not valid JSON: a comma or } is expected here."),
        ('{"a": nope}', "file:1:7: This is not valid JSON: a value is expected here."),
        ('{"a": "\\x"}', "file:1:7: This is not valid JSON: an escape in these quotation marks means nothing."),
        ('{"a": "\\ud800"}', "file:1:7: This is not valid JSON: an escape in these quotation marks means nothing."),
        ('{"a": "b\n"}', "file:1:7: This is not valid JSON: these quotation marks are not closed properly."),
        ("[" * 99, "file:1:52: This is nested too deeply."),
    ],
)
def test_what_cannot_be_read_is_one_clear_sentence(text: str, complaint: str) -> None:
    assert complaints(json_tree, text) == [complaint]
