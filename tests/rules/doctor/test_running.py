"""What a running homeserver answers is judged question by question."""

from dataclasses import replace
from typing import Any, Final

import pytest

from bridge.domain.diagnosis import Answers, Status, Verdict
from bridge.rules.doctor.running import examine

REFUSED: Final = Status(code=401, errcode="M_MISSING_TOKEN")
GOOD: Final = Answers(
    address="https://matrix.corp.example",
    software="Synapse 1.163.2",
    ahead=0.4,
    versions=frozenset({"1", "11", "12"}),
    default_version="12",
    devices={"@parvis:corp.example": frozenset(), "@parvis_digest:corp.example": frozenset()},
    token=Status(code=200),
    pinged=Status(code=200),
    rooms=REFUSED,
    profile=REFUSED,
    account=Status(code=403, errcode="M_FORBIDDEN"),
    administration=Status(code=404),
    reached={"acme.example": True},
)


def ills(answers: Answers) -> dict[str, Verdict]:
    return {one.check: one.verdict for one in examine(answers) if one.verdict is not Verdict.GOOD}


def test_a_homeserver_that_tells_nobody_anything_is_as_it_should_be() -> None:
    assert ills(GOOD) == {}


@pytest.mark.parametrize(
    ("change", "check", "verdict"),
    [
        ({"token": Status(code=401, errcode="M_UNKNOWN_TOKEN")}, "running.token", Verdict.FAULT),
        ({"pinged": Status(code=502, errcode="M_BAD_STATUS")}, "running.ping", Verdict.FAULT),
        ({"pinged": Status(code=502, errcode="M_CONNECTION_FAILED")}, "running.ping", Verdict.UNKNOWN),
        ({"ahead": -3600.0}, "running.clock", Verdict.WARNING),
        ({"ahead": None}, "running.clock", Verdict.UNKNOWN),
        ({"software": "Synapse 1.99.0 (b=develop)"}, "running.version", Verdict.WARNING),
        ({"software": "Synapse 1.140.0"}, "running.version", Verdict.WARNING),
        ({"software": "Conduit 1.0"}, "running.version", Verdict.WARNING),
        ({"software": ""}, "running.version", Verdict.UNKNOWN),
        ({"versions": frozenset({"9", "10"})}, "running.room_versions", Verdict.FAULT),
        ({"versions": frozenset()}, "running.room_versions", Verdict.UNKNOWN),
        ({"default_version": "10"}, "running.room_versions", Verdict.FAULT),
        ({"devices": {"@parvis_digest:corp.example": frozenset({"ABC"})}}, "running.devices", Verdict.FAULT),
        ({"devices": {}}, "running.devices", Verdict.UNKNOWN),
        ({"rooms": Status(code=200)}, "running.rooms", Verdict.WARNING),
        ({"profile": Status(code=200)}, "running.profile", Verdict.WARNING),
        ({"profile": Status(code=404, errcode="M_NOT_FOUND")}, "running.profile", Verdict.WARNING),
        ({"profile": Status()}, "running.profile", Verdict.UNKNOWN),
        ({"account": Status(code=401)}, "running.account", Verdict.WARNING),
        ({"administration": REFUSED}, "running.administration", Verdict.WARNING),
        ({"reached": {"acme.example": False}}, "running.partner.acme.example", Verdict.WARNING),
    ],
)
def test_what_is_not_as_it_should_be_is_found_and_nothing_else(change: Any, check: str, verdict: Verdict) -> None:
    assert ills(replace(GOOD, **change)) == {check: verdict}


def test_the_oldest_synapse_is_the_first_that_lets_us_take_a_device_away() -> None:
    assert ills(replace(GOOD, software="Synapse 1.141.0")) == {}


@pytest.mark.parametrize(
    ("wanted", "default", "there", "verdict"),
    [
        ("", "11", {"11"}, Verdict.GOOD),
        ("11", "10", {"10", "11"}, Verdict.GOOD),
        ("12", "11", {"10", "11"}, Verdict.FAULT),
        ("", "10", {"10", "11", "12"}, Verdict.FAULT),
    ],
)
def test_rooms_are_made_of_a_version_that_is_proven(
    wanted: str, default: str, there: set[str], verdict: Verdict
) -> None:
    answers = replace(GOOD, default_version=default, versions=frozenset(there))
    [one] = [one for one in examine(answers, wanted) if one.check == "running.room_versions"]
    assert one.verdict is verdict


def test_every_fault_says_why_and_what_to_paste() -> None:
    changes: list[dict[str, Any]] = [
        {"token": Status()},
        {"default_version": "9"}, {"versions": frozenset({"9"})}, {"devices": {"@parvis:corp.example": frozenset("A")}},
    ]  # fmt: skip
    ill = [one for change in changes for one in examine(replace(GOOD, **change)) if one.ill]
    assert len(ill) == len(changes)
    assert all(one.why and one.remedy for one in ill)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://matrix.corp.example", False),
        ("http://matrix.corp.example", True),
        ("http://9.9.9.9:8008", True),
        ("http://synapse:8008", False),
        ("http://10.0.0.7:8008", False),
        ("http://[::1]:8008", False),
    ],
)
def test_tokens_go_without_tls_where_nobody_is_between_alone(address: str, *, told: bool) -> None:
    assert ("running.tls" in ills(replace(GOOD, address=address))) is told


def test_the_administration_belongs_where_the_bridge_asks_past_the_proxy() -> None:
    assert ills(replace(GOOD, address="http://127.0.0.1:8008", administration=REFUSED)) == {}


def test_a_homeserver_that_is_down_is_one_finding() -> None:
    assert ills(replace(GOOD, token=Status(), pinged=Status())) == {"running.token": Verdict.FAULT}
