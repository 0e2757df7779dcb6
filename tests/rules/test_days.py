"""Days as people type them for a decision."""

from datetime import date

import pytest

from bridge.rules.fields import BadValue, read_day


@pytest.mark.parametrize("typed", ["2028-06-30", "30/06/2028", "30.6.2028", " 30/06/2028 "])
def test_a_day_is_read_as_machines_and_as_europeans_write_it(typed: str) -> None:
    assert read_day(typed) == date(2028, 6, 30)


@pytest.mark.parametrize("typed", ["31/02/2027", "2027-02-31", "06/30/2028"])
def test_a_day_that_the_calendar_lacks_is_named_as_such(typed: str) -> None:
    with pytest.raises(BadValue, match=f"The calendar has no day {typed}"):
        read_day(typed)


def test_no_day_at_all_is_answered_with_an_example() -> None:
    with pytest.raises(BadValue, match="soon is not a date such as 2027-06-30"):
        read_day("soon")
