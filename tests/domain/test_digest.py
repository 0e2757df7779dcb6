"""Weeks and what a digest is made of."""

from datetime import UTC, date, datetime

import pytest

from bridge.domain.digest import Digest, Section, Week
from bridge.domain.messages import Text


def test_a_calendar_week_is_found_by_its_name() -> None:
    week = Week.parse("2026-W47")
    assert (week.start, week.end) == (datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
    assert str(week) == "2026-W47"


@pytest.mark.parametrize("text", ["2026-47", "2026-W60", "", "W47", "2026-W47 "])
def test_what_names_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"time data|unconverted|Invalid week"):
        Week.parse(text)


def test_seven_days_that_end_within_a_week_have_its_name() -> None:
    assert str(Week.before(datetime(2026, 11, 26, 16, tzinfo=UTC))) == "2026-W48"
    assert Week.around(datetime(2026, 11, 26, 16, tzinfo=UTC)).start == datetime(2026, 11, 20, tzinfo=UTC)
    assert str(Week(date(2027, 1, 4))) == "2026-W53"


def test_how_a_group_is_does_not_make_a_digest() -> None:
    quiet = Section(group="sales", name=Text.same("Sales"))
    assert Digest(reader="@ann:corp.example", week=Week.parse("2026-W47"), sections=(quiet,)).empty
