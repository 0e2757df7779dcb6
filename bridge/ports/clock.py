"""Time and chance, passed in so that tests decide them."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, and waiting."""

    def now(self) -> datetime:
        """The present, in UTC, with its zone."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for measuring."""

    async def sleep(self, seconds: float) -> None:
        """Let others work for ``seconds``."""


class Chance(Protocol):
    """Where identifiers come from that nobody may guess or count."""

    def token(self) -> str:
        """A new random word of 22 URL-safe characters (128 bits)."""
