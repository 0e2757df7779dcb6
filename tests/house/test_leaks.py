"""The table of leaks is whole, and every test that it names is there."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.support.leaks import AND, LEAKS, ROWS, Leak

ROOT = Path(__file__).parents[2]
MARK = "::"


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, kinds) and node.name.startswith("test_"))


def test_every_channel_has_its_row() -> None:
    assert [leak.row for leak in LEAKS] == list(ROWS)


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: f"{leak.row} {leak.channel}")
def test_a_row_names_tests_that_exist_or_says_why_there_is_none(leak: Leak) -> None:
    for cell in (leak.person, leak.server, leak.control):
        if MARK in cell:
            for path, _, name in (one.partition(MARK) for one in cell.split(AND)):
                assert name in names_in(path), cell
        else:
            assert cell.endswith("."), f"{cell!r} is neither a test nor a sentence"
            assert len(cell.split()) > 4, f"{cell!r} gives no reason"
    assert MARK in leak.control, "an absence without a positive control proves nothing"


def test_a_test_that_does_not_exist_is_missed() -> None:
    assert "test_that_nobody_wrote" not in names_in("tests/house/test_leaks.py")
    assert "test_every_channel_has_its_row" in names_in("tests/house/test_leaks.py")
