"""What the homeserver was told of the bridge is held against what the configuration would tell it."""

from typing import Any, Final

import pytest

from bridge.domain.diagnosis import Verdict
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


@pytest.mark.parametrize(
    ("namespaces", "claimed"),
    [
        ({"users": [{"exclusive": True, "regex": "@_irc_.*"}], "aliases": [{"regex": "#irc_.*"}]}, None),
        ({"users": [{"exclusive": False, "regex": "@.*"}]}, "@parvis:corp.example"),
        ({"users": [{"exclusive": True, "regex": "@parvis_.*"}]}, "@parvis_x:corp.example"),
        ({"aliases": [{"exclusive": True, "regex": "#g"}]}, "#grp_x:corp.example"),
        ({"users": "nonsense", "aliases": [{"regex": "("}]}, None),
    ],
)
def test_another_service_that_claims_our_names_is_found(namespaces: dict[str, Any], claimed: str | None) -> None:
    [one] = overlapping({"irc.yaml": {"id": "irc", "namespaces": namespaces}}, WANTED, "corp.example")
    assert (one.place, one.ill) == ("irc.yaml", claimed is not None)
    assert claimed is None or claimed in str(one.found)
