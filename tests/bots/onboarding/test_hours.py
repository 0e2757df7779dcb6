"""Working hours in the bot's configuration."""

from dataclasses import replace
from datetime import UTC, date, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bots.onboarding.hours import hours_of, zone_of
from bridge.domain.cards import Card, Field
from bridge.domain.errors import InputError
from bridge.rules.facts import gather
from bridge.rules.working import WorkingTime
from tests.fakes.clock import START
from tests.world import SERVER, TODAY, directory, user


def test_what_is_not_said_is_as_usual() -> None:
    assert hours_of(None) == hours_of({}) == WorkingTime()
    assert hours_of({"from": "8:30"}) == WorkingTime(opens=time(8, 30))


def test_days_and_days_off_are_named() -> None:
    found = hours_of({"from": "10", "to": "18:00", "days": ["sun", "mon"], "off": [date(2026, 12, 25), "2027-01-01"]})
    off = frozenset({date(2026, 12, 25), date(2027, 1, 1)})
    assert found == WorkingTime(opens=time(10), closes=time(18), days=frozenset({6, 0}), off=off)


@pytest.mark.parametrize(
    "wrong",
    [{"from": "nine"}, {"from": "18:00"}, {"to": "25:00"}, {"days": ["someday"]}, {"days": []}, {"days": "mon"},
     {"off": ["Christmas"]}, {"until": "17:00"}, [], "9-17"],
)  # fmt: skip
def test_hours_that_do_not_fit_are_refused_with_a_sentence(wrong: Any) -> None:
    with pytest.raises(InputError, match="hours of the onboarding bot"):
        hours_of(wrong)


def test_people_work_in_the_zone_that_the_directory_names_else_in_that_of_the_house() -> None:
    source = directory(people=["ann", "bob", "joe"])
    zones = {"ann": "Asia/Tokyo", "bob": "", "joe": "Mars/Olympus"}
    people = {name: replace(person, timezone=zones[name]) for name, person in source.people.items()}
    facts = gather(replace(source, people=people), today=TODAY, server_name=SERVER)
    assert zone_of(facts, user("ann"), UTC) == ZoneInfo("Asia/Tokyo")
    assert [zone_of(facts, one, UTC) for one in (user("bob"), user("joe"), "@eve:acme.example")] == [UTC] * 3


def test_of_whom_the_directory_knows_no_zone_their_card_may_tell_it() -> None:
    facts = gather(directory(people=["ann"]), today=TODAY, server_name=SERVER)
    card = Card(user="@eve:acme.example", values={Field.TIMEZONE: ("Asia/Tokyo",)}, at=START)
    assert zone_of(facts, "@eve:acme.example", UTC, card) == ZoneInfo("Asia/Tokyo")
    assert zone_of(facts, user("ann"), UTC, replace(card, values={})) == UTC
