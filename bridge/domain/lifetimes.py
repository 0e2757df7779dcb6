"""How long something is kept, as people write it: ``90``, ``12w``, ``6m`` or ``1y``. For readers of files and rules."""

import re
from collections.abc import Mapping
from typing import Final

from bridge.domain.messages import Message, say

BY_THE_HOMESERVER: Final = ("", "0", "default")
"""What is written where the homeserver's own rule is to count."""
MAX_DAYS: Final = 36_500
DAYS: Final[Mapping[str, int]] = {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}
SPAN: Final = re.compile(r"(\d{1,5})\s?([dwmy]?)", re.ASCII)


def days_in(text: str) -> int | None:
    """The number of days, 0 for the homeserver's own rule; None for what is no lifetime."""
    if text in BY_THE_HOMESERVER:
        return 0
    found = SPAN.fullmatch(text)
    days = int(found[1]) * DAYS[found[2]] if found else 0
    return days if 0 < days <= MAX_DAYS else None


def no_lifetime(word: str) -> Message:
    """What to say of a text that is none."""
    return say("{word} is no number of days, such as 90, 12w, 6m or 1y.", word=word)
