"""How thorough a run is: what ``make check`` spares, and what ``make proof`` asks for beyond ``make test``."""

import os
from typing import Final

QUICK: Final = bool(os.environ.get("PARVIS_QUICK"))
PROOF: Final = bool(os.environ.get("PARVIS_PROOF"))
VERSIONS: Final = ["12", "11"] if PROOF else ["12"]
"""Of the rooms that journeys are made in."""
CASES: Final = 5
"""Of a test that is made for many, where it has to be quick."""


def examples(usual: int) -> int:
    """Of a property that has a number of its own: ``usual`` ones, an eighth of them where it has to be quick."""
    return -(-usual // 8) if QUICK else usual
