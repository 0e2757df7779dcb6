"""docs/security.md names every channel and the tests that cover it."""

import re
from pathlib import Path

from tests.support.leaks import LEAKS
from tests.support.leaks_page import PAGE, filled

ROOT = Path(__file__).parents[2]


def test_the_table_of_the_page_is_the_list_of_leaks() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page) == page, "run `make pages`"
    assert all(f"| {leak.row} | {leak.channel} |" in page for leak in LEAKS)


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:docs|tests)/[\w/.]+)`", PAGE.read_text(encoding="utf-8"))
    assert named
    assert [one for one in named if not (ROOT / one).exists()] == []
