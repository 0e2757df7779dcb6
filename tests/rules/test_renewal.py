"""When somebody is asked whether a partner's time goes on, and who."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.directory import Directory
from bridge.domain.partners import Farewell, Guest, Partner, PartnerState, Standing
from bridge.rules.facts import Facts, gather
from bridge.rules.renewal import (
    WARN,
    Term,
    a_year_after,
    is_late,
    is_orphan,
    is_over,
    rung_of,
    rung_since,
    step_of,
    terms_of,
    whom,
)
from tests.world import SERVER, TODAY, directory, group, partner, user

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = st.integers(min_value=0, max_value=400)


def guest(name: str, until: date | None = None, **more: object) -> Guest:
    known = Guest(user=user(f"{name}:acme.example"), partner="acme", until=until, since=LONG_AGO, at=LONG_AGO)
    return replace(known, **more)  # type: ignore[arg-type]


def facts(source: Directory) -> Facts:
    return gather(source, today=TODAY, server_name=SERVER)


def company(**said: str) -> Directory:
    """Sam answers for Acme, Mia leads Sam."""
    gone = said.pop("gone", "").split()
    acme = replace(partner("acme", until=TODAY), **{"sponsor": "sam", **said})  # type: ignore[arg-type]
    known = directory(group("team").members("sam", "mia"), partners=[acme], people=("ines", "dora"), gone=gone)
    people = {**known.people, "sam": replace(known.people["sam"], manager="mia")}
    return replace(known, people=people)


def asked(source: Directory, rung: int | None = 0) -> tuple[str, ...]:
    known = facts(source)
    users = whom(known, known.directory.partners["acme"], (user("ines"),), rung)
    return tuple(one[1:].partition(":")[0] for one in users)


def test_people_leave_with_the_agreement_or_before_it() -> None:
    acme = partner("acme", until=date(2027, 6, 30))
    people = [guest("al"), guest("bo", date(2027, 3, 1)), guest("cy", date(2027, 6, 30)), guest("di", date(2027, 3, 1))]
    alone, together = terms_of(acme, people)
    assert (alone.until, alone.people) == (date(2027, 3, 1), ("@bo:acme.example", "@di:acme.example"))
    assert (together.agreement, together.people) == (True, ("@al:acme.example", "@cy:acme.example"))


def test_nobody_is_asked_about_who_is_out_or_not_in_yet() -> None:
    acme, day = partner("acme"), date(2027, 3, 1)
    out = [
        guest("al", day, standing=Standing.ASKED),
        guest("bo", day, standing=Standing.OUT, farewell=Farewell.REMOVED),
        guest("cy"),
    ]
    assert list(terms_of(acme, out)) == []
    for state in (PartnerState.PROPOSED, PartnerState.SUSPENDED, PartnerState.ENDED):
        assert list(terms_of(replace(acme, state=state, until=day), [guest("di", day)])) == []


def test_whose_time_is_over_is_told_of_although_they_are_out() -> None:
    gone = guest("al", date(2026, 11, 20), standing=Standing.OUT, farewell=Farewell.EXPIRED)
    [term] = terms_of(partner("acme"), [gone])
    assert is_over(term, TODAY)
    assert not is_late(gone, TODAY)
    assert is_late(guest("bo", date(2026, 11, 21)), TODAY)
    assert not is_late(guest("bo", TODAY), TODAY)


@given(until=st.dates(date(2026, 1, 1), date(2030, 1, 1)), ahead=DAYS)
def test_it_is_asked_on_each_of_the_days_and_until_the_last_one(until: date, ahead: int) -> None:
    step = step_of(Term(partner="acme", until=until, agreement=True), until - timedelta(days=ahead))
    assert step == min((one for one in WARN if one >= ahead), default=None)


@given(until=st.dates(date(2026, 1, 1), date(2030, 1, 1)), looks=st.sets(st.integers(-60, 60)))
def test_whenever_the_bridge_was_off_each_step_comes_once_and_in_order(until: date, looks: set[int]) -> None:
    """``looks`` are the days on which the bridge was on, counted from the last day."""
    term = Term(partner="acme", until=until, agreement=False)
    told = list[int]()
    for day in sorted(looks):
        step = step_of(term, until + timedelta(days=day))
        if step is not None and step not in told:
            told.append(step)
    assert told == sorted(told, reverse=True)
    assert bool(told) == any(-max(WARN) <= day <= 0 for day in looks)


@given(length=DAYS, ahead=DAYS)
def test_who_was_just_invited_is_not_asked_about_for_days_that_lay_before(length: int, ahead: int) -> None:
    until = date(2027, 6, 30)
    begun = until - timedelta(days=length)
    today = max(begun, until - timedelta(days=ahead))
    step = step_of(Term(partner="acme", until=until, agreement=False, begun=begun), today)
    assert step is None or until - timedelta(days=step) > begun


def test_first_one_is_asked_then_one_more_and_at_last_everybody() -> None:
    assert [rung_of(step) for step in (30, 7, 1)] == [0, 1, None]
    assert rung_of(14, (14,)) == 0
    weeks = [rung_since(TODAY, TODAY + timedelta(days=7 * week)) for week in range(4)]
    assert weeks == [0, 1, None, None]


def test_the_sponsor_is_asked_then_the_deputy_then_the_manager_then_administrators() -> None:
    source = company(deputy="dora")
    assert asked(source) == ("sam",)
    assert asked(source, 1) == ("sam", "dora")
    assert asked(source, 2) == ("sam", "dora", "mia")
    assert asked(source, None) == ("sam", "dora", "mia", "ines")
    assert asked(company(), 1) == ("sam", "mia")


def test_who_does_not_work_here_is_passed_over() -> None:
    assert asked(company(deputy="dora", gone="sam")) == ("dora",)
    assert asked(company(gone="sam")) == ("mia",)
    assert asked(company(gone="sam mia")) == ("ines",)
    assert asked(company(sponsor="")) == ("ines",)


@pytest.mark.parametrize(("said", "orphan"), [({}, False), ({"gone": "sam"}, True), ({"sponsor": ""}, False)])
def test_a_partner_whose_sponsor_has_left_needs_another_one(said: dict[str, str], orphan: bool) -> None:
    known = facts(company(**said))
    acme: Partner = known.directory.partners["acme"]
    assert is_orphan(known, acme) is orphan
    assert not is_orphan(known, replace(acme, state=PartnerState.ENDED))


def test_the_manager_answers_for_a_partner_for_which_nobody_else_does() -> None:
    known = facts(company(gone="sam"))
    assert known.answerable(known.directory.partners["acme"]) == (user("mia"),)


def test_a_year_is_a_year_also_after_a_leap_day() -> None:
    assert a_year_after(date(2028, 2, 29)) == date(2029, 3, 1)
    assert a_year_after(date(2026, 12, 22)) == date(2027, 12, 22)
    assert datetime.combine(a_year_after(TODAY), time()) > datetime.combine(TODAY, time())
