"""What the homeserver was told of the bridge is held against what the configuration would tell it."""

import re
from typing import Any, Final

import pytest
import yaml

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.rules.doctor.registration import examine, overlapping

WANTED: Final[dict[str, Any]] = {
    "id": "parvis",
    "url": "http://127.0.0.1:29400",
    "as_token": "a-word-of-ours",
    "hs_token": "a-word-of-theirs",
    "sender_localpart": "parvis",
    "rate_limited": False,
    "namespaces": {
        "users": [
            {"exclusive": True, "regex": r"@parvis:corp\.example"},
            {"exclusive": True, "regex": r"@parvis_.*:corp\.example"},
        ],
        "aliases": [{"exclusive": True, "regex": r"#grp_.*:corp\.example"}],
        "rooms": [],
    },
}


def ills(found: dict[str, Any]) -> dict[str, Verdict]:
    return {one.check: one.verdict for one in examine(found, WANTED, "registration.yaml") if one.ill}


def test_the_same_registration_is_as_it_should_be() -> None:
    assert ills({**WANTED, "receive_ephemeral": True}) == {}


@pytest.mark.parametrize("field", ["id", "url", "as_token", "hs_token", "sender_localpart"])
def test_what_differs_is_a_fault_and_no_token_is_shown(field: str) -> None:
    found = {**WANTED, field: "something-else"}
    assert ills(found) == {f"registration.{field}": Verdict.FAULT}
    assert "something-else" not in str(list(examine(found, WANTED, "registration.yaml")))


def test_a_bot_that_is_slowed_down_is_a_warning_also_by_default() -> None:
    assert ills({key: value for key, value in WANTED.items() if key != "rate_limited"}) == {
        "registration.rate_limited": Verdict.WARNING
    }


@pytest.mark.parametrize("value", [0, "false", None, ""])
def test_a_bot_is_slowed_down_by_everything_that_is_not_false(value: object) -> None:
    assert ills({**WANTED, "rate_limited": value}) == {"registration.rate_limited": Verdict.WARNING}


@pytest.mark.parametrize(
    ("namespaces", "claimed"),
    [
        ({"users": [{"exclusive": True, "regex": "@_irc_.*"}], "aliases": [{"regex": "#irc_.*"}]}, None),
        ({"users": [{"exclusive": False, "regex": "@.*"}]}, "@parvis:corp.example"),
        ({"users": [{"exclusive": True, "regex": "@parvis_.*"}]}, "@parvis_:corp.example"),
        (
            {"users": [{"exclusive": True, "regex": r"^@parvis_irc_[0-9]+:corp\.example$"}]},
            "@parvis_irc_1:corp.example",
        ),
        ({"users": [{"exclusive": True, "regex": r"@parvis_irc_.+:other\.example"}]}, None),
        ({"users": [{"exclusive": True, "regex": r"@parvistel_.+:corp\.example"}]}, None),
        ({"aliases": [{"exclusive": True, "regex": "#g"}]}, "#grp_:corp.example"),
        ({"aliases": [{"exclusive": True, "regex": "#grp_irc_.*"}]}, "#grp_irc_:corp.example"),
        ({"rooms": [{"exclusive": False, "regex": "!.*"}]}, "irc"),
        ({"rooms": [{"exclusive": False, "regex": "!known:corp"}]}, None),
        ({"users": "nonsense", "aliases": [{"regex": "("}], "rooms": None}, None),
    ],
)
def test_another_service_that_claims_our_names_is_found(namespaces: dict[str, Any], claimed: str | None) -> None:
    one = overlap({"url": "http://127.0.0.1:1", "namespaces": namespaces})
    assert (one.place, one.ill) == ("irc.yaml", claimed is not None)
    assert claimed is None or claimed in str(one.found)


@pytest.mark.parametrize("regex", ["@.*", r"@.*:corp\.example", "^@parvis_.*"])
@pytest.mark.parametrize("url", ["http://127.0.0.1:1", None])
def test_the_pattern_to_paste_leaves_us_our_names_and_them_all_others(regex: str, url: str | None) -> None:
    found = {"url": url, "namespaces": {"users": [{"exclusive": False, "regex": regex}]}}
    pasted = yaml.safe_load(overlap(found).remedy)
    assert not overlap({"url": url, **pasted}).ill
    [spared] = pasted["namespaces"]["users"]
    assert spared["exclusive"] is False
    assert re.match(spared["regex"], "@claire:corp.example") or "parvis" in regex


def test_a_service_that_is_sent_nothing_may_still_speak_as_our_bots() -> None:
    one = overlap({"url": None, "namespaces": {"users": [{"exclusive": False, "regex": "@.*"}]}})
    assert "may speak as" in str(one.found)


def overlap(other: dict[str, Any]) -> Diagnosis:
    """What is found of another service's registration."""
    [one] = overlapping({"irc.yaml": {"id": "irc", **other}}, WANTED, "corp.example")
    return one
