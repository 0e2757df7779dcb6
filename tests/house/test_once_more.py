"""Which failures of a whole run CI asks about once more: a few journeys, and nothing else."""

import pytest

from tests.support.once_more import may_be_asked_again

JOURNEY, OTHER, THIRD = (f"tests/e2e/test_{name}.py::test_it" for name in ("drift", "partners", "digest"))
ENDED = {"exit": 1, "unlisted": []}


@pytest.mark.parametrize("failed", [[JOURNEY], [JOURNEY, OTHER], [JOURNEY, f"{JOURNEY}_again", OTHER]])
def test_journeys_in_few_files_are_asked_once_more(failed: list[str]) -> None:
    assert may_be_asked_again(failed, ENDED)


@pytest.mark.parametrize(
    ("failed", "run"),
    [
        pytest.param([], ENDED, id="nothing failed: lint or types did"),
        pytest.param([JOURNEY, OTHER, THIRD], ENDED, id="many failed"),
        pytest.param([JOURNEY, "tests/rules/test_access.py::test_it"], ENDED, id="another test failed, too"),
        pytest.param(["tests/rules/test_access.py::test_it"], ENDED, id="no journey"),
        pytest.param([JOURNEY], {"exit": 1, "unlisted": ["no browser"]}, id="a skip was not listed"),
        pytest.param([JOURNEY], {"exit": 3, "unlisted": []}, id="the run did not end by itself"),
        pytest.param([JOURNEY], {}, id="no run"),
    ],
)
def test_nothing_else_gets_a_second_chance(failed: list[str], run: dict[str, object]) -> None:
    assert not may_be_asked_again(failed, run)
