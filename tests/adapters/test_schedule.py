"""Schedules in people's own time zones, on the days when clocks change."""

from datetime import UTC, datetime, timedelta

import pytest

from bridge.adapters.schedule import CronSchedule
from bridge.domain.errors import InputError

MONDAYS = "0 8 * * MON"
SCHEDULE = CronSchedule()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "fired"),
    [
        ("Europe/Paris", "2026-10-19 12:00", "2026-10-19 06:00"),
        ("Europe/Paris", "2026-10-26 06:59", "2026-10-19 06:00"),
        ("Europe/Paris", "2026-10-26 07:00", "2026-10-26 07:00"),
        ("Europe/Paris", "2026-03-30 06:00", "2026-03-30 06:00"),
        ("America/Santiago", "2026-09-07 11:00", "2026-09-07 11:00"),
        ("America/Santiago", "2026-09-07 10:59", "2026-08-31 12:00"),
        ("Asia/Kolkata", "2026-11-23 02:30", "2026-11-23 02:30"),
        ("Australia/Lord_Howe", "2026-10-04 21:00", "2026-10-04 21:00"),
        ("Australia/Lord_Howe", "2026-04-05 21:30", "2026-04-05 21:30"),
    ],
)
def test_eight_on_monday_is_eight_on_the_readers_clock(zone: str, now: str, fired: str) -> None:
    assert SCHEDULE.last(MONDAYS, zone, at(now)) == at(fired)


@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata"])
def test_each_week_of_a_year_has_one_firing_whatever_clocks_do(zone: str, hour: int) -> None:
    now, end, fired = at("2026-01-04 00:00"), at("2027-01-03 00:00"), set()
    while now < end:
        found = SCHEDULE.last(f"30 {hour} * * SUN", zone, now)
        assert found is not None
        assert found <= now
        fired.add(found)
        now += timedelta(days=1)
    gaps = [later - earlier for earlier, later in zip(sorted(fired), sorted(fired)[1:], strict=False)]
    assert all(timedelta(days=6, hours=22) <= gap <= timedelta(days=7, hours=2) for gap in gaps)
    assert len(fired) in (52, 53)


@pytest.mark.parametrize("when", ["", "weekly", "0 8 * *", "0 25 * * MON", "0 8 31 2 *"])
def test_what_is_no_schedule_is_refused_with_an_example(when: str) -> None:
    with pytest.raises(InputError, match="is no schedule"):
        SCHEDULE.check(when)
