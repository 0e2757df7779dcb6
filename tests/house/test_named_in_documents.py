"""What the documents name is there: tests, files of this project, and pages that they link to."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
QUOTED: Final = re.compile(r"`([^`\n]+)`")
FILE: Final = re.compile(r"(?:tests|docs|bridge|bots|deploy|bench)/[\w/.-]+")
LINK: Final = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
"""To a file; addresses of the web have a colon."""


def named_tests(text: str) -> Iterator[str]:
    """Names of tests, alone or behind the file that they stand in."""
    for quoted in QUOTED.findall(text):
        name = quoted.rpartition("::")[2]
        if re.fullmatch(r"test_\w+", name):
            yield name


def named_files(text: str, folder: Path) -> Iterator[Path]:
    """Files and folders of this project, and where links lead."""
    for quoted in QUOTED.findall(text):
        path = quoted.partition("::")[0]
        if FILE.fullmatch(path):
            yield ROOT / path
    yield from (folder / link.strip() for link in LINK.findall(text))


@cache
def all_tests() -> frozenset[str]:
    """The names of all tests."""
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in (ROOT / "tests").rglob("test_*.py"))
    nodes = (node for tree in trees for node in tree.body)
    return frozenset(node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_tests_and_files_that_a_page_names_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert sorted(set(named_tests(text)) - all_tests()) == []
    assert sorted(str(file) for file in named_files(text, page.parent) if not file.exists()) == []


def test_a_name_of_nothing_is_missed() -> None:
    text = "`tests/a.py::test_of_nobody`, `docs/nothing.md`, `test_what_is_not`, [a page](nowhere.md#there), `tests/`"
    assert set(named_tests(text)) == {"test_of_nobody", "test_what_is_not"}
    named = [file.name for file in named_files(text, ROOT) if not file.exists()]
    assert named == ["a.py", "nothing.md", "nowhere.md"]
