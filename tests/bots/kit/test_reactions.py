"""What a reaction says."""

from dataclasses import replace
from typing import Any

import pytest

from bots.kit.reactions import Verdict, verdict_in
from tests.bots.kit.conversation import happened, said, tap


@pytest.mark.parametrize("emoji", ["✅", "✅\ufe0f", "👍", "👍🏽", "👍🏿\ufe0f", "✔️"])
def test_yes_in_whatever_variant_a_keyboard_sends(emoji: str) -> None:
    assert verdict_in(tap(emoji, "$plan")) == Verdict("$plan", yes=True)


@pytest.mark.parametrize("emoji", ["❌", "❌\ufe0f", "👎", "👎🏻", "✖️"])
def test_no_in_whatever_variant_a_keyboard_sends(emoji: str) -> None:
    assert verdict_in(tap(emoji, "$plan")) == Verdict("$plan", yes=False)


@pytest.mark.parametrize("emoji", ["🎉", "", "✅✅", "yes", "\ufe0f", "❤️"])
def test_other_emoji_say_neither(emoji: str) -> None:
    assert verdict_in(tap(emoji, "$plan")) is None


@pytest.mark.parametrize(
    "relation",
    [
        None,
        "odd",
        {},
        {"rel_type": "m.thread", "event_id": "$plan", "key": "✅"},
        {"rel_type": "m.annotation", "event_id": ["$plan"], "key": "✅"},
        {"rel_type": "m.annotation", "event_id": "$plan", "key": {"✅": 1}},
        {"rel_type": "m.annotation", "event_id": "$plan"},
    ],
)
def test_odd_reactions_say_nothing(relation: Any) -> None:
    assert verdict_in(happened("m.reaction", {"m.relates_to": relation})) is None


def test_a_reaction_taken_back_and_other_events_say_nothing() -> None:
    assert verdict_in(replace(tap("✅", "$plan"), unsigned={"redacted_because": {}})) is None
    assert verdict_in(replace(tap("✅", "$plan"), state_key="")) is None
    assert verdict_in(said("✅", **tap("✅", "$plan").content)) is None
