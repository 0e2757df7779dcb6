"""Working time: weekends, days off, other zones, and the days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rules.working import WorkingTime

PARIS = ZoneInfo("Europe/Paris")
KOLKATA = ZoneInfo("Asia/Kolkata")
OFFICE = WorkingTime()
EARLIEST, LATEST = datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2100-01-01")
ZONES = [PARIS, KOLKATA, ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Australia/Lord_Howe")]


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        ("2026-11-23 10:30", 2, "2026-11-25 10:30"),
        ("2026-11-19 10:30", 2, "2026-11-23 10:30"),
        ("2026-11-20 18:00", 2, "2026-11-25 09:00"),
        ("2026-11-21 03:00", 0, "2026-11-23 09:00"),
        ("2026-11-23 07:00", 7, "2026-12-02 09:00"),
        ("2026-11-23 17:00", 1, "2026-11-25 09:00"),
    ],
)
def test_working_days_are_counted_over_weekends_and_from_the_next_opening(asked: str, days: int, due: str) -> None:
    assert OFFICE.later(paris(asked), days, PARIS) == paris(due)


def test_the_time_on_the_wall_stays_when_clocks_change() -> None:
    before = paris("2027-03-26 10:00")  # clocks go forward in the night to the 28th, a Sunday
    due = OFFICE.later(before, 1, PARIS)
    assert due == paris("2027-03-29 10:00")
    assert due - before.astimezone(UTC) == timedelta(days=3, hours=-1)


def test_an_hour_that_clocks_leave_out_is_as_much_later_and_one_that_comes_twice_is_the_first() -> None:
    nights = WorkingTime(opens=time(1), closes=time(5), days=frozenset(range(7)))
    assert nights.later(paris("2027-03-27 02:30"), 1, PARIS) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert nights.later(paris("2026-10-24 02:30"), 1, PARIS) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_working_day_is_one_where_the_person_is() -> None:
    sunday_evening_in_paris = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert not OFFICE.is_open(sunday_evening_in_paris, PARIS)
    assert OFFICE.is_open(datetime(2026, 11, 23, 4, 0, tzinfo=UTC), KOLKATA)
    assert OFFICE.next_open(sunday_evening_in_paris, KOLKATA) == datetime(2026, 11, 23, 3, 30, tzinfo=UTC)


def test_days_off_and_other_weeks_count() -> None:
    gulf = WorkingTime(days=frozenset({6, 0, 1, 2, 3}), off=frozenset({date(2026, 11, 23)}))
    assert gulf.later(paris("2026-11-22 10:00"), 1, PARIS) == paris("2026-11-24 10:00")
    assert gulf.later(paris("2026-11-26 10:00"), 1, PARIS) == paris("2026-11-29 10:00")


@pytest.mark.parametrize("wrong", [{"days": frozenset()}, {"days": frozenset({7})}, {"opens": time(17)}])
def test_hours_in_which_nobody_could_work_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="working"):
        WorkingTime(**wrong)  # type: ignore[arg-type]


@given(
    moment=st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)),
    zone=st.sampled_from(ZONES),
    days=st.integers(0, 30),
)
def test_what_is_due_always_falls_into_working_time_and_never_before(
    moment: datetime, zone: ZoneInfo, days: int
) -> None:
    due = OFFICE.later(moment, days, zone)
    assert OFFICE.is_open(due, zone)
    assert due >= moment + timedelta(days=days) - timedelta(hours=1)
    assert due <= OFFICE.later(moment, days + 1, zone)
