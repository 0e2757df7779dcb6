"""What thumbs are worth: on an item, on a whole digest, long ago."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bridge.domain.sending import Opinion
from bridge.rules.sending.favours import ITEM, MEMORY, MOST, WHOLE, favours

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
NO = Opinion(reader="@claire:corp.example", week="2026-W47", number=1, liked=False, kind="thread", group="it", at=NOW)


def test_a_thumb_down_counts_against_the_kind_and_the_group_of_its_item() -> None:
    assert favours([NO], NOW) == {"group:it": -ITEM, "thread": -ITEM}


def test_a_thumb_up_makes_up_for_one_down() -> None:
    yes = replace(NO, week="2026-W46", liked=True)
    assert favours([NO, yes], NOW) == {}


def test_a_thumb_on_the_whole_counts_for_each_item_and_less() -> None:
    whole = [replace(NO, whole=True), replace(NO, whole=True, number=2, kind="question", group="sales")]
    assert favours(whole, NOW) == {"group:it": -WHOLE, "group:sales": -WHOLE, "question": -WHOLE, "thread": -WHOLE}


def test_whoever_says_which_item_does_not_mean_the_others() -> None:
    whole = [replace(NO, whole=True, number=number, group=f"g{number}") for number in (2, 3)]
    assert favours([NO, *whole], NOW) == favours([NO], NOW)


def test_what_is_long_ago_counts_for_nothing() -> None:
    assert favours([replace(NO, at=NOW - MEMORY)], NOW) == favours([NO], NOW)
    assert favours([replace(NO, at=NOW - MEMORY - timedelta(seconds=1))], NOW) == {}


def test_no_number_of_thumbs_silences_anything_for_ever() -> None:
    many = [replace(NO, week=f"2026-W{week}") for week in range(10, 40)]
    assert favours(many, NOW)["thread"] == pytest.approx(-MOST)
