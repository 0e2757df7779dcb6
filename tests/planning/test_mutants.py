"""Do the properties notice anything? Each listed mistake must break at least one of them."""

import os
import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.planning import test_promises, test_properties
from tests.planning.mutants import MUTANTS
from tests.planning.worlds import HIDDEN_GROUPS, Situation, situations

pytestmark = pytest.mark.slow

FEW: Final = 200 if os.environ.get("PARVIS_PROOF") else 40
MANY: Final = 10 * FEW
"""Worlds that each mistake may hide in: few, and many for one that none of the few shows. Which worlds are made
depends a little on what else is imported."""

Check = Callable[..., None]

FURTHER: Final[dict[str, Callable[[int], Any]]] = {
    "test_a_run_that_stops_anywhere_is_finished_by_the_next": lambda number: number * 7,
    "test_the_order_of_the_input_does_not_matter": random.Random,
    "test_a_hidden_group_changes_no_byte_of_what_others_see": lambda number: HIDDEN_GROUPS[number % 3],
    "test_the_gate_answers_as_if_a_hidden_group_were_not_there": lambda number: HIDDEN_GROUPS[number % 3],
    "test_rooms_that_are_not_ours_are_never_touched": lambda number: number,
}
"""What else these properties take, of each world another one."""


@cache
def worlds(count: int = FEW) -> tuple[Situation, ...]:
    """Random worlds, made while nothing is wrong."""
    found: list[Situation] = []

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(situations())
    def collect(situation: Situation) -> None:
        found.append(situation)

    collect()
    return tuple(found)


def properties() -> Iterator[Check]:
    """What must hold of every world, as plain functions."""
    for module in (test_properties, test_promises):
        for name, check in vars(module).items():
            if name.startswith("test_"):
                yield check.hypothesis.inner_test


def broken_by(number: int, situation: Situation) -> str | None:
    """The first property that this world breaks."""
    for check in properties():
        further = [FURTHER[check.__name__](number)] if check.__name__ in FURTHER else []
        try:
            check(situation._replace(simulation=situation.simulation.copy()), *further)
        except AssertionError:
            return check.__name__
    return None


def test_without_a_mistake_the_properties_hold() -> None:
    assert [broken_by(number, world) for number, world in enumerate(worlds()[:5])] == [None] * 5


def test_there_are_enough_mistakes() -> None:
    assert len(MUTANTS) >= 10


@pytest.mark.parametrize("mistake", MUTANTS)
def test_every_mistake_breaks_a_property(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = worlds()
    with monkeypatch.context() as wrong:
        MUTANTS[mistake](wrong)
        if any(broken_by(number, world) for number, world in enumerate(known)):
            return
    known = worlds(MANY)
    MUTANTS[mistake](monkeypatch)
    assert any(broken_by(number, world) for number, world in enumerate(known)), "no property notices"
