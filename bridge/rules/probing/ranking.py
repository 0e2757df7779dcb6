"""Whether two samples come from the same distribution: the test of Mann and Whitney, by ranks, with ties. Pure; for
``timing``.
"""

from collections.abc import Sequence
from itertools import groupby
from math import erfc, sqrt
from typing import Final

HALVINGS: Final = 20
"""To a millionth of the widest difference."""


def chance_of_such_ranks(one: Sequence[float], other: Sequence[float]) -> float:
    """How likely ranks are that lie as far apart as these, or farther, if nothing but chance tells the samples apart.

    By the normal approximation, which is good from twenty values each.
    """
    both = sorted([(value, True) for value in one] + [(value, False) for value in other])
    of_one, ties, before = 0.0, 0, 0
    for _, group in groupby(both, key=lambda each: each[0]):
        same = [is_one for _, is_one in group]
        of_one += sum(same) * (before + (len(same) + 1) / 2)
        ties += len(same) ** 3 - len(same)
        before += len(same)
    expected = len(one) * (before + 1) / 2
    variance = len(one) * len(other) / 12 * (before + 1 - ties / (before * (before - 1)))
    return erfc(abs(of_one - expected) / sqrt(2 * variance)) if variance else 1.0


def least_noticed(one: Sequence[float], other: Sequence[float], chance: float) -> float:
    """By how much either sample would have to lie higher for the test to tell them apart, at this ``chance`` of being
    wrong: what it would have missed is less. In the samples' own unit; both hold something."""
    return max(_shift(one, other, chance), _shift(other, one, chance))


def _shift(one: Sequence[float], other: Sequence[float], chance: float) -> float:
    """By how much ``other`` would have to lie higher."""
    low, high = 0.0, max(*one, *other) - min(*one, *other) + 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        apart = chance_of_such_ranks(one, [value + middle for value in other]) < chance
        above = sum(other) / len(other) + middle > sum(one) / len(one)
        low, high = (low, middle) if apart and above else (middle, high)
    return high
