"""Broken YAML of every kind: one sentence of ours with line and column, in both languages, and none of the parser's."""

from typing import Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bridge.adapters.language import Catalogues
from bridge.domain.problems import InvalidInput
from bridge.files.yaml_faults import fault_of
from bridge.files.yaml_text import yaml_tree

FAULTS: Final = {
    "a: 1\nb: c: d\n": ("2:5", "second colon"),
    "a: 1\n  b: 2\n": ("2:4", "indented too much"),
    "a:b\nc: d\n": ("2:2", "colon with a space behind it"),
    "a: - b\n": ("1:4", "A dash begins a list"),
    "a: ? b\n": ("1:4", "A question mark"),
    "a: 1\nfoo\nb: 2\n": ("2:1", "is missing after this key"),
    "a: 1\nfoo\n": ("2:1", "is missing after this key"),
    "a:\n    b: 1\n  c: 2\n": ("3:3", "where the other keys of its table begin"),
    "a: b\n- c\n": ("2:1", "A list begins here where a key is expected"),
    'a: "x" y\n': ("1:8", "belongs to nothing"),
    "a: 'it's'\n": ("1:8", "belongs to nothing"),
    "- a\nb: 1\n": ("2:1", "A dash is expected"),
    " a: 1\nb: 2\n": ("2:1", "begin in the first column"),
    "{a: 1} b\n": ("1:8", "belongs to nothing"),
    "a: [1, 2\nb: 3\n": ("2:2", "A comma or ] is expected before this, in what begins on line 1."),
    "a: {b: 1, c\nd: 2\n": ("2:2", "A comma or } is expected before this, in what begins on line 1."),
    "a: [1,\n": ("1", "The file ends before something that was begun is closed"),
    "a: [1\n": ("1:4", "What begins here is not closed before the file ends"),
    "a: 1\nb: 'x\nc: 2\n": ("2:4", "What begins here is not closed before the file ends"),
    "a: 'x\nb: y\n---\n": ("1:4", "The quotation marks that begin here"),
    "a: [,]\n": ("1:5", "A value is expected before ,"),
    "a: }\n": ("1:4", "A value is expected before }"),
    "[a:,b]\n": ("1:2", "Between brackets"),
    "a: @x\n": ("1:4", "Text that begins with @"),
    "a: `x`\n": ("1:4", "Text that begins with `"),
    "a: %x\n": ("1:4", "Text that begins with %"),
    "a: *bold*\n": ("1:4", "Text that begins with *"),
    "a: & b\n": ("1:4", "Text that begins with &"),
    "a: !x!y z\n": ("1:4", "Text that begins with !"),
    "a: !<x y\n": ("1:4", "Text that begins with !"),
    "a: !<\n": ("1:4", "Text that begins with !"),
    "a: !x{ y\n": ("1:4", "Text that begins with !"),
    "a: !%zz y\n": ("1:4", "Text that begins with !"),
    "a: !%ff y\n": ("1:4", "Text that begins with !"),
    "a: !%c3%41 y\n": ("1:4", "Text that begins with !"),
    "- \tb: 1\n": ("1:3", "There is a tab here"),
    "a:\n\tb: 1\n": ("2:1", "indented with a tab"),
    "a:\n  b: 1\n\tc: 1\n": ("3:1", "indented with a tab"),
    "a: |\n\tx\n": ("2:1", "indented with a tab"),
    'a: "\\d"\n': ("1:5", "\\d means nothing"),
    'a: "\\xzz"\n': ("1:5", "\\x means nothing"),
    'a: "\\ud800"\n': ("1:5", "\\u means nothing"),
    "a: |0\n  x\n": ("1:5", "Behind | or >"),
    "a: > x\n": ("1:6", "Behind | or >"),
    "%YAML 1.1\na: 1\n": ("2:1", "Lines that begin with a per cent sign"),
    "%YAML 2.0\n---\na\n": ("1:1", "Lines that begin with a per cent sign"),
    "%YAML x\n": ("1:1", "Lines that begin with a per cent sign"),
    "%YAML 1\n": ("1:1", "Lines that begin with a per cent sign"),
    "%YAML 11111111111.1\n---\n": ("1:1", "Lines that begin with a per cent sign"),
    "%YAML 1.1\n%YAML 1.1\n---\na": ("2:1", "Lines that begin with a per cent sign"),
    "%YAML 1.1 x\n---\na\n": ("1:1", "Lines that begin with a per cent sign"),
    "%\n": ("1:1", "Lines that begin with a per cent sign"),
    "%FOO! x\n": ("1:1", "Lines that begin with a per cent sign"),
    "%FOO bar\n---\na: 1\n": ("1:1", "Lines that begin with a per cent sign"),
    "%TAG x y\n---\n": ("1:1", "Lines that begin with a per cent sign"),
    "%TAG !x x\n--- a\n": ("1:1", "Lines that begin with a per cent sign"),
    "%TAG !x!y\n---\na": ("1:1", "Lines that begin with a per cent sign"),
    "%TAG !x! y\n%TAG !x! y\n---\na": ("2:1", "Lines that begin with a per cent sign"),
    "a: 1\nb: \x07\n": ("2:4", "invisible character here (U+0007)"),
    "a: \ufffe\n": ("1:4", "invisible character here (U+FFFE)"),
}
OF_OTHERS: Final = {
    "a: *x\n": "The alias *x repeats something that is not defined above.",
    "a: &x 1\nb: &x 2\n": "given a second time",
    "a: !x y\n": "Text that begins with !",
    "? [a]\n: b\n": "A key must be a word",
    "a: 1\n---\nb: 2\n": "only one is allowed",
    "a: 2026-02-31\n": "This is not valid YAML: look for",
    "<<: a\n": "This is not valid YAML: look for",
}
"""What our own files are not interpreted for, and a homeserver's are."""


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    return Catalogues.load()


@pytest.mark.parametrize("text", FAULTS)
def test_every_kind_of_fault_has_a_sentence_with_its_line_and_column(text: str, catalogues: Catalogues) -> None:
    with pytest.raises(InvalidInput) as caught:
        yaml_tree(text, "file")
    (problem,) = caught.value.problems
    place, words = FAULTS[text]
    assert str(problem.spot) == f"file:{place}"
    assert words in str(problem.message)
    assert catalogues.translate(problem.message, "fr") != catalogues.translate(problem.message, "en")


@pytest.mark.parametrize("text", OF_OTHERS)
def test_what_only_an_interpreter_finds_has_a_sentence_too(text: str) -> None:
    with pytest.raises((yaml.YAMLError, ValueError)) as caught:
        yaml.load(text, Loader=yaml.CSafeLoader)
    assert OF_OTHERS[text] in str(fault_of(caught.value, text).message)


@given(st.text(alphabet="ab:-?,[]{}#&*!|>'\"%@`\\\t\n 01é\x07.", max_size=30))
def test_whatever_is_written_is_read_or_told_with_a_place_in_the_file(text: str) -> None:
    """Empty files are told without a line."""
    try:
        yaml_tree(text, "file")
    except InvalidInput as invalid:
        for problem in invalid.problems:
            assert 0 <= problem.spot.line <= text.count("\n") + 1
            assert "not valid YAML" not in str(problem.message)
