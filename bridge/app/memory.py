"""The garbage collector, told what it deals with: values that live long, without cycles. Called once when running."""

import gc
from typing import Final

YOUNG: Final = 50_000
"""Allocations between two looks at the youngest values. A transaction of 100 events makes some thousand, all of them
gone a moment later; Python's own 700 would look at each of them several times, for a tenth of the time of ingestion."""


def settle_memory() -> None:
    """Leave alone what is there by now, and look at the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
