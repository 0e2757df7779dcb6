"""What the times of answers prove, and with which power."""

import random
from typing import Final

import pytest

from bridge.domain.secrecy import Asker, Outcome
from bridge.rules.probing.ranking import chance_of_such_ranks, least_noticed
from bridge.rules.probing.timing import CHANCE, ENOUGH, TIMED, judge_times, suffices


def times(seed: int, *, count: int = 2 * ENOUGH, middle: float = 0.05, spread: float = 0.005) -> list[float]:
    chance = random.Random(seed)
    return [chance.gauss(middle, spread) for _ in range(count)]


def outcome(about: list[float], nothing: list[float]) -> Outcome:
    return judge_times(TIMED[0], Asker.STRANGER, about, nothing).outcome


ALIKE: Final = [(times(seed), times(seed + 100)) for seed in range(20)]


@pytest.mark.parametrize("pair", ALIKE)
def test_times_that_are_alike_hold_and_it_is_said_what_would_have_shown(pair: tuple[list[float], list[float]]) -> None:
    row = judge_times(TIMED[0], Asker.STRANGER, *pair)
    assert row.outcome is Outcome.AS_LONG
    assert row.seen.endswith(" ms")
    assert 0 < float(row.seen.rpartition("± ")[2].split()[0]) < 10


@pytest.mark.parametrize("pair", ALIKE)
def test_what_would_have_shown_does_show_and_what_is_less_does_not(pair: tuple[list[float], list[float]]) -> None:
    one, other = pair
    least = least_noticed(one, other, CHANCE)
    assert chance_of_such_ranks(one, [value + least for value in other]) < CHANCE
    assert chance_of_such_ranks([value + least for value in one], other) < CHANCE
    shifted = [chance_of_such_ranks(one, [value + sign * least * 0.9 for value in other]) for sign in (1, -1)]
    assert max(shifted) >= CHANCE


@pytest.mark.parametrize("shift", [0.01, -0.01])
def test_times_that_lie_apart_are_a_leak_whichever_are_longer(shift: float) -> None:
    assert outcome(times(1, middle=0.05 + shift), times(2)) is Outcome.LONGER


def test_few_or_uneven_times_prove_nothing_and_none_ask_nobody() -> None:
    assert outcome(times(1, count=ENOUGH - 1), times(2)) is Outcome.COARSE
    assert outcome(times(1, spread=0.5), times(2, spread=0.5)) is Outcome.COARSE
    assert outcome([], []) is Outcome.UNANSWERED
    assert not suffices(times(1, spread=0.5), times(2, spread=0.5))


def test_two_samples_that_are_the_same_number_are_alike_with_all_power() -> None:
    assert outcome([0.05] * ENOUGH, [0.05] * ENOUGH) is Outcome.AS_LONG
