"""What ``make proof`` asks for beyond ``make test``. Used by end-to-end tests."""

import os
from typing import Final

PROOF: Final = bool(os.environ.get("PARVIS_PROOF"))
VERSIONS: Final = ["12", "11"] if PROOF else ["12"]
"""Of the rooms that journeys are made in."""
