"""Days of the past as people say them, and where a text begins with one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.adapters.formats import WorldFormats
from bridge.domain.errors import InputError
from bridge.rules.past_days import Doubt, SaidDay, leading_day

TODAY = date(2026, 11, 22)
FORMATS = WorldFormats()


def said(text: str) -> tuple[SaidDay, int]:
    return leading_day(text.split(), today=TODAY, month_of=FORMATS.month)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-03-02", date(2026, 3, 2)),
        ("2026-3-2", date(2026, 3, 2)),
        ("02.03.2026", date(2026, 3, 2)),
        ("13/3/26", date(2026, 3, 13)),
        ("02/25/2024", date(2024, 2, 25)),
        ("3 March 2024", date(2024, 3, 3)),
        ("March 3rd, 2024", date(2024, 3, 3)),
        ("the 3rd of March 2024", date(2024, 3, 3)),
        ("3 mars 2024", date(2024, 3, 3)),
        ("le 1er février 2024", date(2024, 2, 1)),
        ("14 juil. 2025", date(2025, 7, 14)),
        ("3 mars", date(2026, 3, 3)),
        ("25 December", date(2025, 12, 25)),
        ("today", TODAY),
        ("Aujourd’hui", TODAY),
        ("yesterday", date(2026, 11, 21)),
        ("hier", date(2026, 11, 21)),
        ("avant-hier", date(2026, 11, 20)),
        ("the day before yesterday", date(2026, 11, 20)),
        ("3 days ago", date(2026, 11, 19)),
        ("il y a 2 semaines", date(2026, 11, 8)),
    ],
)
def test_a_day_is_read_as_people_say_it(typed: str, meant: date) -> None:
    assert said(typed) == (SaidDay(meant), len(typed.split()))
    assert said(f"{typed} Came to Brest") == (SaidDay(meant), len(typed.split()))


@pytest.mark.parametrize(
    ("typed", "meant", "doubt"),
    [
        ("01/02/2024", date(2024, 2, 1), Doubt.ORDER),
        ("02/02/2024", date(2024, 2, 2), None),
        ("March 2024", date(2024, 3, 1), Doubt.MONTH),
        ("mars 2024", date(2024, 3, 1), Doubt.MONTH),
    ],
)
def test_what_may_mean_another_day_is_told(typed: str, meant: date, doubt: Doubt | None) -> None:
    assert said(typed)[0] == SaidDay(meant, doubt)


@pytest.mark.parametrize(
    "typed", ["", "soon", "march", "2026-02-30", "31/2/2026", "31 February 2024", "2026-11-23", "1899-12-31"]
)
def test_what_is_no_day_of_the_past_is_refused(typed: str) -> None:
    with pytest.raises(InputError):
        said(typed)


def test_a_day_that_is_none_is_quoted_as_it_was_typed() -> None:
    for typed, quoted in (("31/2/2026 Hello", "31/2/2026"), ("3 Marsh 2024 x", "3 Marsh 2024"), ("Called Bob", "Call")):
        with pytest.raises(InputError, match=f"no day: {quoted}"):
            said(typed)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_day_of_the_past_or_refused(typed: str) -> None:
    try:
        found, count = said(typed)
    except InputError:
        return
    assert found.day <= TODAY
    assert 0 < count <= len(typed.split())
