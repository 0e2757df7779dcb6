import pytest

from bridge.files.trees import Tree, line_of
from bridge.files.yaml_text import yaml_tree
from tests.files.texts import complaints, values

TRUNCATED = "What begins here is not closed before the file ends; is it truncated?"


def tree(text: str) -> Tree:
    return yaml_tree(text, "file")


def test_every_value_stays_the_text_that_was_written() -> None:
    text = "a: 0123\nb: no\nc: 1:30\nd: 2026-11-22\ne: 1e5\nf: '*y'\n"
    assert values(yaml_tree, text) == {"a": "0123", "b": "no", "c": "1:30", "d": "2026-11-22", "e": "1e5", "f": "*y"}


def test_nothing_written_is_nothing() -> None:
    assert values(yaml_tree, "a:\nb: ''\nc: [x, ]\n") == {"c": ["x"]}


def test_lines_are_remembered_for_keys_and_items() -> None:
    document = tree("people:\n  - id: ann\n    name: Ann\n  - id: bob\ngroups: []\n")
    assert line_of(document, ("people", 1, "id")) == 4
    assert line_of(document, ("people", 0, "name")) == 3
    assert line_of(document, ("groups",)) == 5


def test_the_line_of_what_is_missing_is_that_of_what_surrounds_it() -> None:
    assert line_of(tree("people:\n  - id: ann\n"), ("people", 0, "user")) == 2


def test_every_key_written_twice_is_named_with_both_lines() -> None:
    found = complaints(yaml_tree, "a: 1\na: 2\ngroups:\n  - id: x\n    id: y\n")
    assert found == [
        "file:2: a: a is written twice, first on line 1.",
        "file:5: groups[0].id: id is written twice, first on line 4.",
    ]


def test_an_anchor_may_be_used_again() -> None:
    assert values(yaml_tree, "a: &x [1, 2]\nb: *x\n") == {"a": ["1", "2"], "b": ["1", "2"]}


def test_a_billion_laughs_are_refused() -> None:
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (found,) = complaints(yaml_tree, "\n".join(lines))
    assert found.endswith("Aliases repeat so much here that the file would grow beyond all bounds.")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: &x [*x]\n", "file:1: The alias *x stands inside what it repeats."),
        ("a: 1\nb: *x\n", "file:2: The alias *x repeats something that is not defined above."),
        ("a:\n\tb: 1\n", "file:2:1: This line is indented with a tab; YAML wants spaces."),
        ("a: [1, 2\n", f"file:1:4: {TRUNCATED}"),
        ('a:\n  - "text', f"file:2:5: {TRUNCATED}"),
        ("a: 1\n---\nb: 2\n", "file:2: A second document begins here; only one is allowed in a file."),
        ("# only a comment\n", "file: This file is empty."),
        ("? [a, b]\n: c\n", "file:1: A key must be a word, not a list or a table."),
        ("a: " + "[" * 60 + "]" * 60, "file:1: This is nested too deeply."),
    ],
)
def test_what_cannot_be_read_is_one_clear_sentence(text: str, complaint: str) -> None:
    assert complaints(yaml_tree, text) == [complaint]
