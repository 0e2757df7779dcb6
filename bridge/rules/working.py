"""When somebody works: the hours and days in which they may be reminded of something, in their own time zone.

Pure; used by ``following`` and by whatever speaks unasked. Moments go in and come out in any zone, aware.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

WEEK: Final = 7
ONE_DAY: Final = timedelta(days=1)
NEVER_ENDING: Final = 1000
"""Days in a row without work, after which nobody is meant to work at all."""


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """From ``opens`` until ``closes`` by the clock on the wall, on ``days`` of the week (Monday is 0) that are not
    ``off``."""

    opens: time = time(9)
    closes: time = time(17)
    days: frozenset[int] = frozenset(range(5))
    off: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(WEEK)):
            raise ValueError("working days are numbers from 0 to 6, and there is at least one")
        if self.opens >= self.closes:
            raise ValueError("working hours end later than they begin, on the same day")

    def works_on(self, day: date) -> bool:
        """Whether this is a working day."""
        return day.weekday() in self.days and day not in self.off

    def is_open(self, moment: datetime, zone: tzinfo) -> bool:
        """Whether somebody in this zone is at work."""
        there = moment.astimezone(zone)
        return self.works_on(there.date()) and self.opens <= there.time() < self.closes

    def next_open(self, moment: datetime, zone: tzinfo) -> datetime:
        """The moment itself while somebody there is at work, else when their next working day begins."""
        if self.is_open(moment, zone):
            return moment
        there = moment.astimezone(zone)
        day = there.date() if there.time() < self.opens else there.date() + ONE_DAY
        return _on(self._working(day), self.opens, zone)

    def later(self, moment: datetime, days: int, zone: tzinfo) -> datetime:
        """The same time by their clock, ``days`` working days later. What happens out of hours counts as happening when
        work begins next."""
        there = self.next_open(moment, zone).astimezone(zone)
        day = there.date()
        for _ in range(days):
            day = self._working(day + ONE_DAY)
        return self.next_open(_on(day, there.time(), zone), zone)

    def _working(self, day: date) -> date:
        """This day, or the first working one after it."""
        for _ in range(NEVER_ENDING):
            if self.works_on(day):
                return day
            day += ONE_DAY
        raise ValueError("no working day is left")


def _on(day: date, wall: time, zone: tzinfo) -> datetime:
    """A time by the clock on the wall. One that is left out when clocks go forward is as much later; of one that comes
    twice when they go back, the first. By way of UTC, for sums within a zone count by the wall."""
    return datetime.combine(day, wall.replace(fold=0), tzinfo=zone).astimezone(UTC)
