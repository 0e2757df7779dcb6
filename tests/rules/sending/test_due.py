"""When a digest is due: on which schedule, at which place in the window, and when it is too late."""

from datetime import UTC, datetime, timedelta

import pytest

from bridge.domain.sending import Choices
from bridge.rules.sending.due import Timing, Turn, place_in, schedule_of, turn_of

FIRED = datetime(2026, 11, 23, 7, tzinfo=UTC)
LONG_AGO = FIRED - timedelta(days=30)
TIMING = Timing(when="0 8 * * MON", window=timedelta(), limit=timedelta(days=2))
CLAIRE = "@claire:corp.example"


@pytest.mark.parametrize(
    ("choices", "schedule"),
    [
        (None, "30 8 1-7 * MON"),
        (Choices(reader=CLAIRE), "30 8 1-7 * MON"),
        (Choices(reader=CLAIRE, hour=17), "30 17 1-7 * MON"),
        (Choices(reader=CLAIRE, weekday=0), "30 8 * * 1"),
        (Choices(reader=CLAIRE, weekday=6, hour=0), "30 0 * * 0"),
    ],
    ids=["of-the-company", "nothing-chosen", "an-hour", "a-day", "both"],
)
def test_the_schedule_is_the_companys_with_what_the_reader_chose(choices: Choices | None, schedule: str) -> None:
    assert schedule_of("30 8 1-7 * MON", choices) == schedule


def test_readers_are_spread_over_the_window_each_always_at_the_same_place() -> None:
    window = timedelta(minutes=30)
    places = [place_in(window, f"@person{number}:corp.example") for number in range(600)]
    assert all(timedelta() <= place < window for place in places)
    thirds = [sum(place // timedelta(minutes=10) == third for place in places) for third in range(3)]
    assert min(thirds) > 150
    assert place_in(window, CLAIRE) == place_in(window, CLAIRE)
    assert place_in(timedelta(), CLAIRE) == timedelta()


@pytest.mark.parametrize(
    ("now", "since", "turn"),
    [
        (FIRED - timedelta(seconds=1), LONG_AGO, Turn.WAIT),
        (FIRED, LONG_AGO, Turn.SEND),
        (FIRED + timedelta(days=2), LONG_AGO, Turn.SEND),
        (FIRED + timedelta(days=2, seconds=1), LONG_AGO, Turn.SKIP),
        (FIRED + timedelta(hours=1), FIRED + timedelta(minutes=1), Turn.WAIT),
        (FIRED + timedelta(hours=1), FIRED, Turn.SEND),
    ],
    ids=["before", "on-time", "late", "too-late", "due-before-it-was-wanted", "wanted-in-time"],
)
def test_what_is_due_is_sent_late_once_or_skipped(now: datetime, since: datetime, turn: Turn) -> None:
    assert turn_of(TIMING, FIRED, CLAIRE, since=since, now=now) is turn


def test_lateness_counts_from_the_readers_own_place() -> None:
    timing = Timing(when=TIMING.when, window=timedelta(hours=2), limit=timedelta(hours=1))
    place = place_in(timing.window, CLAIRE)
    assert turn_of(timing, FIRED, CLAIRE, since=LONG_AGO, now=FIRED + place - timedelta(seconds=1)) is Turn.WAIT
    assert turn_of(timing, FIRED, CLAIRE, since=LONG_AGO, now=FIRED + place + timing.limit) is Turn.SEND
