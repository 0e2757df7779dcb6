"""Schedules of cron, in each zone's own time, by cronsim. Made by ``bridge.app`` for bots."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from bridge.domain.errors import InputError
from bridge.domain.messages import say

BACK: Final = timedelta(days=9)
"""How far back a firing is looked for: a week, and what a change of clocks may add."""


class CronSchedule:
    """The port ``schedule``."""

    def last(self, when: str, zone: str, now: datetime) -> datetime | None:
        # forwards, as it will have fired: backwards, an hour that is left out could fall on another moment
        found = None
        for moment in CronSim(when, (now - BACK).astimezone(_zone(zone))):
            at = moment.astimezone(UTC)
            if at > now:
                break
            found = at
        return found

    def check(self, when: str) -> None:
        sentence = say("{when} is no schedule: write it as cron does, for instance 0 8 * * MON.", when=when)
        try:
            next(CronSim(when, datetime(2026, 1, 1, tzinfo=UTC)))
        except (CronSimError, StopIteration) as error:
            raise InputError(sentence, detail=repr(error)) from error


_zone = cache(ZoneInfo)
"""Everybody's turn is looked at each minute, and there are few zones."""
