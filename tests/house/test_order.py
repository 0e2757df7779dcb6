"""The order in which all tests run: files that are named for it are there."""

from pathlib import Path

import pytest

from tests.conftest import longest

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("name", longest())
def test_a_file_that_takes_long_is_still_there(name: str) -> None:
    assert (TESTS / name).is_file()
