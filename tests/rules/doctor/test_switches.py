"""Settings that should be true or false and are something else are taken as Synapse takes them, and told."""

from typing import Any, Final

import pytest

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.rules.doctor.homeserver import examine
from bridge.rules.doctor.setting import NOT_TAKEN, TAKEN_FOR_FALSE, TAKEN_FOR_TRUE, Switch
from bridge.rules.doctor.settings import SETTINGS
from tests.rules.doctor.test_homeserver import OURS, documented

SWITCHES: Final = [one for one in SETTINGS if isinstance(one, Switch)]
BARE: Final = [one for one in SWITCHES if not one.words]
WORDED: Final = [one for one in SWITCHES if one.words]
TAKEN: Final = {"true": True, "false": True, "yes": True, "no": True, 1: True, 0: False, "": False, None: False}
"""What Synapse takes for true and for false where it asks only whether a value is empty."""


def found_of(switch: Switch, value: object) -> Diagnosis:
    """What the doctor says of the documented configuration with one value in it."""
    return found_at(switch.path, value)


def found_at(path: str, value: object, check: str = "") -> Diagnosis:
    """The same of a value at a path with dots, told as ``check``."""
    tree: dict[str, Any] = documented()
    *above, last = path.split(".")
    section = tree
    for word in above:
        section = section.setdefault(word, {})
    section[last] = value
    (found,) = [one for one in examine(tree, OURS, "homeserver.yaml") if one.check == (check or path)]
    return found


def name(switch: Switch) -> str:
    return switch.path


@pytest.mark.parametrize(
    ("switch", "value"),
    [pytest.param(one, value, id=f"{one.path}-{value!r}")
     for one in BARE for value in TAKEN if value is not None or not one.once],
)  # fmt: skip
def test_what_is_neither_true_nor_false_is_told_with_what_the_homeserver_takes_it_for(
    switch: Switch, value: object
) -> None:
    found = found_of(switch, value)
    sentence = TAKEN_FOR_TRUE if TAKEN[value] else TAKEN_FOR_FALSE
    assert found.found.text == sentence.text
    assert found.verdict is (Verdict.WARNING if TAKEN[value] is switch.wanted else switch.verdict)
    assert (found.why == switch.found) is (TAKEN[value] is not switch.wanted)


@pytest.mark.parametrize("switch", SWITCHES, ids=name)
def test_true_and_false_are_told_in_the_settings_own_words(switch: Switch) -> None:
    assert found_of(switch, switch.wanted).verdict is Verdict.GOOD
    wrong = found_of(switch, not switch.wanted)
    assert (wrong.verdict, wrong.found, wrong.why) == (switch.verdict, switch.found, switch.why)


@pytest.mark.parametrize(
    ("written", "presence"),
    [
        ({"use_presence": False}, Verdict.GOOD),
        ({"use_presence": False, "presence": None}, Verdict.GOOD),
        ({"use_presence": False, "presence": {"enabled": None}}, Verdict.GOOD),
        ({"use_presence": False, "presence": {"enabled": True}}, Verdict.WARNING),
        ({"use_presence": True, "presence": {"enabled": False}}, Verdict.GOOD),
        ({"presence": {"enabled": None}}, Verdict.WARNING),
        ({}, Verdict.WARNING),
    ],
)
def test_a_setting_under_its_earlier_name_counts_where_the_new_one_is_absent(
    written: dict[str, Any], presence: Verdict
) -> None:
    tree = documented()
    del tree["presence"]
    (found,) = [one for one in examine({**tree, **written}, OURS, "homeserver.yaml") if one.check == "presence.enabled"]
    assert found.verdict is presence


@pytest.mark.parametrize("switch", WORDED, ids=name)
def test_words_count_where_the_homeserver_understands_them(switch: Switch) -> None:
    assert {found_of(switch, value).verdict for value in ("false", "No", "0", 0)} == {Verdict.GOOD}
    assert {found_of(switch, value).found for value in ("true", "YES", "1", 1)} == {switch.found}
    refused = [found_of(switch, value) for value in ("maybe", None, "")]
    assert {(one.verdict, one.found.text) for one in refused} == {(Verdict.FAULT, NOT_TAKEN.text)}


@pytest.mark.parametrize("path", ["retention.enabled", "experimental_features.msc1763_enabled"])
def test_retention_is_taken_in_the_same_way(path: str) -> None:
    for value in ("false", 1, "yes"):
        found = found_at(path, value, "retention")
        assert (found.verdict, found.found.text) == (Verdict.WARNING, TAKEN_FOR_TRUE.text)
    assert found_at(path, None, "retention").found.text == TAKEN_FOR_FALSE.text
