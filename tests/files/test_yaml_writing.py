from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.files.trees import plain
from bridge.files.yaml_text import yaml_tree
from bridge.files.yaml_writing import yaml_text

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(lambda text: "\0" not in text)
values = words | st.lists(words, min_size=1, max_size=3) | st.dictionaries(words, words, min_size=1, max_size=3)
documents = st.dictionaries(words, values, min_size=1, max_size=4)


@given(documents)
def test_what_is_written_is_read_the_same(document: dict[str, Any]) -> None:
    assert plain(yaml_tree(yaml_text(document), "file")) == document


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("public", "public"),
        ("Équipe de vente", "Équipe de vente"),
        ("Ventes: EMEA", '"Ventes: EMEA"'),
        ("no", '"no"'),
        ("0123", '"0123"'),
        (True, "true"),
        (["ann", "@bob:acme.example"], '[ann, "@bob:acme.example"]'),
        ("", '""'),
    ],
)
def test_values_are_quoted_only_where_they_could_be_misread(value: Any, written: str) -> None:
    assert yaml_text({"key": value}) == f"key: {written}\n"
