"""Whether two samples come from the same distribution: the test of Mann and Whitney, by ranks, with ties."""

from collections.abc import Sequence
from itertools import groupby
from math import erfc, sqrt


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
