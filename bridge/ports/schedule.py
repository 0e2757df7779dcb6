"""When a schedule fires in somebody's time zone."""

from datetime import datetime
from typing import Protocol


class Schedule(Protocol):
    """Schedules are written as cron writes them; zones by name, such as Europe/Paris."""

    def last(self, when: str, zone: str, now: datetime) -> datetime | None:
        """The latest moment (UTC) at or before ``now`` at which it fired; None if that is weeks ago. An hour that a
        change of clocks leaves out fires when the clock goes on, and one that comes twice fires once."""

    def check(self, when: str) -> None:
        """Raises ``InputError`` with a sentence for whoever wrote what is no schedule, or one that never fires."""
