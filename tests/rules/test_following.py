"""Reminders: after so many working days, never more than configured, never at night, never two at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rules.following import DEFAULT, Due, Nudge, Schedule, Silence, is_due, next_due
from bridge.rules.working import WorkingTime

PARIS = ZoneInfo("Europe/Paris")
HOURS = WorkingTime()
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def due(silence: Silence) -> Due | None:
    return next_due(silence, DEFAULT, HOURS, PARIS)


def test_reminders_come_after_two_and_seven_working_days_and_the_hint_after_both() -> None:
    first = due(Silence(since=MONDAY))
    assert first == Due(Nudge.REMINDER, MONDAY + timedelta(days=2))
    second = due(Silence(since=MONDAY, told=1, told_at=first.at))
    assert second == Due(Nudge.REMINDER, MONDAY + timedelta(days=9))
    hint = due(Silence(since=MONDAY, told=2, told_at=second.at))
    assert hint == Due(Nudge.HINT, MONDAY + timedelta(days=11))
    assert due(Silence(since=MONDAY, told=3, told_at=hint.at)) is None


def test_who_goes_on_after_a_reminder_and_stops_again_is_not_reminded_of_the_same_twice() -> None:
    went_on = Silence(since=MONDAY + timedelta(days=3), told=1, told_at=MONDAY + timedelta(days=2))
    assert due(went_on) == Due(Nudge.REMINDER, MONDAY + timedelta(days=14))


def test_who_asked_for_later_is_left_alone_until_then() -> None:
    asked = Silence(since=MONDAY, not_before=MONDAY + timedelta(days=20))
    assert due(asked) == Due(Nudge.REMINDER, MONDAY + timedelta(days=21) - timedelta(hours=1))


def test_nobody_is_reminded_at_night_when_the_bridge_comes_back() -> None:
    found = due(Silence(since=MONDAY))
    night, morning = MONDAY + timedelta(days=4, hours=13), MONDAY + timedelta(days=7)
    assert not is_due(found, night, HOURS, PARIS)
    assert is_due(found, morning, HOURS, PARIS)
    assert not is_due(None, morning, HOURS, PARIS)


@pytest.mark.parametrize("wrong", [{"reminders": (2, 2)}, {"reminders": (0,)}, {"hint": 7}])
def test_a_schedule_out_of_order_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="later"):
        Schedule(**wrong)  # type: ignore[arg-type]


def test_a_schedule_may_be_without_hint_or_without_anything() -> None:
    quiet = Schedule(reminders=(), hint=None)
    assert next_due(Silence(since=MONDAY), quiet, HOURS, PARIS) is None


looks = st.lists(st.integers(1, 400), min_size=1, max_size=200)


@given(hours_between=looks, answers=st.sets(st.integers(0, 199)))
def test_however_often_one_looks_there_are_never_more_nudges_than_configured(
    hours_between: list[int], answers: set[int]
) -> None:
    silence, now = Silence(since=MONDAY), MONDAY
    told: list[tuple[Nudge, datetime]] = []
    for turn, pause in enumerate(hours_between):
        now += timedelta(hours=pause)
        if turn in answers:
            silence = replace(silence, since=now)
        found = due(silence)
        if found is not None and is_due(found, now, HOURS, PARIS):
            assert not told or HOURS.later(told[-1][1], 2, PARIS) <= now
            told.append((found.nudge, now))
            silence = replace(silence, told=silence.told + 1, told_at=now)
    assert [nudge for nudge, _ in told] == [Nudge.REMINDER, Nudge.REMINDER, Nudge.HINT][: len(told)]
