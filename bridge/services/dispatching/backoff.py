"""How long to wait before an event is tried again; used by dispatch."""

from typing import Final

RETRY_AFTER: Final = (1.0, 5.0, 30.0, 120.0, 600.0)
"""Seconds after the first, second, … failure; one failure more and the event is set aside."""

SPREAD: Final = 0.2
"""By which share of itself a wait is lengthened at most, so that failures of one moment do not all return together."""


def retry_after(failures: int, jitter: float, steps: tuple[float, ...] = RETRY_AFTER) -> float | None:
    """Seconds to wait after this many ``failures`` (1 or more), or None when enough was tried.

    ``jitter`` is a random number from 0 to 1.
    """
    if failures > len(steps):
        return None
    return steps[failures - 1] * (1 + SPREAD * jitter)
