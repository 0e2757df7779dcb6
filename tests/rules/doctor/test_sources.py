"""What the doctor learnt of directory sources is judged, and a source that is well has no finding."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.domain.messages import say
from bridge.domain.soundings import Certificate, Counts, Handshake, PemFile, Sounding, Step, Trust
from bridge.rules.doctor.certificates import SOON
from bridge.rules.doctor.sources import examine

NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)
COUNTS: Final = Counts(people=100, active=90, groups=20, memberships=400)


def shown(
    ends: timedelta, *, since: timedelta = -90 * DAY, hosts: tuple[str, ...] = ("ldap.corp.example",)
) -> Certificate:
    return Certificate(NOW + since, NOW + ends, hosts)


def pem(ends: timedelta, **more: Any) -> PemFile:
    return PemFile(key="ca_file", path="ca.pem", certificates=(shown(ends),), **more)


GOOD: Final = Sounding(
    place="ldaps://ldap.corp.example:636",
    files=(pem(400 * DAY),),
    handshake=Handshake(Trust.GOOD, shown(60 * DAY)),
    counts=COUNTS,
    before=COUNTS,
    ahead=3.0,
    look="ldapsearch -H ldaps://ldap.corp.example:636",
)
WHY: Final = say("Because.")


def found(sounding: Sounding) -> dict[str, Diagnosis]:
    return {one.check: one for one in examine([sounding], NOW) if one.verdict is not Verdict.GOOD}


def test_a_source_that_is_well_has_no_finding_and_says_what_was_looked_at() -> None:
    assert found(GOOD) == {}
    assert {one.check for one in examine([GOOD], NOW)} == {
        "directory.ca_file", "directory.certificate", "directory.connect", "directory.bind", "directory.read",
        "directory.clock", "directory.people", "directory.groups", "directory.members",
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"before": None},
        {"ahead": None},
        {"handshake": None, "files": ()},
        {"counts": replace(COUNTS, people=96, groups=16), "before": COUNTS},
        {"counts": replace(COUNTS, people=1300, groups=500)},
        {"counts": Counts(4, 4, 2, 3), "before": Counts(7, 7, 5, 9)},
        {"lost": 4, "counts": replace(COUNTS, memberships=0)},
        {"lost": 40},
        {"counts": replace(COUNTS, groups=0), "before": None, "alone": False},
        {"counts": Counts(0, 0, 0, 0), "before": None},
        {"files": (PemFile(key="ca_file", path="x", certificates=(shown(-DAY), shown(99 * DAY))),)},
    ],
)
def test_what_happens_on_any_day_is_no_finding(change: Any) -> None:
    assert found(replace(GOOD, **change)) == {}


@pytest.mark.parametrize(
    ("change", "check", "verdict", "told"),
    [
        ({"handshake": Handshake(Trust.GOOD, shown(SOON - DAY))}, "certificate", Verdict.WARNING, "ends on"),
        ({"ahead": -300.0}, "clock", Verdict.WARNING, "300 seconds apart"),
        ({"counts": replace(COUNTS, people=90)}, "people", Verdict.WARNING, "10 of 100 people are gone"),
        ({"counts": replace(COUNTS, groups=15)}, "groups", Verdict.WARNING, "5 of 20 groups are gone"),
        ({"counts": replace(COUNTS, active=0)}, "active", Verdict.WARNING, "Everybody is switched off"),
        ({"counts": replace(COUNTS, groups=0), "before": None}, "empty", Verdict.WARNING, "no group"),
        ({"lost": 45}, "members", Verdict.WARNING, "45 of 445 names of members lead nowhere"),
        ({"absent": (("people.attributes.login", "uid"),)}, "people.attributes.login", Verdict.WARNING,
         "No entry has the attribute uid"),
        ({"files": (pem(-DAY),)}, "ca_file", Verdict.FAULT, "ended on"),
        ({"files": (pem(DAY),)}, "ca_file", Verdict.WARNING, "ends on"),
        ({"files": (PemFile(key="ca_file", path="x", trouble=WHY),)}, "ca_file", Verdict.FAULT, "Because"),
        ({"files": (pem(99 * DAY, exposed=True),)}, "ca_file.mode", Verdict.WARNING, "may read the key"),
        ({"tokens": 0, "waiting": None}, "tokens", Verdict.WARNING, "Nobody has a token"),
        ({"waiting": WHY, "counts": None}, "read", Verdict.UNKNOWN, "Because"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_should_be_is_one_finding(change: Any, check: str, verdict: Verdict, told: str) -> None:
    ills = found(replace(GOOD, **change))
    assert {check: one.verdict for check, one in ills.items()} == {f"directory.{check}": verdict}
    assert told in str(ills[f"directory.{check}"].found)


@pytest.mark.parametrize("step", [Step.CONNECT, Step.BIND, Step.READ])
def test_a_step_that_fails_is_one_finding_and_the_next_ones_are_not_looked_at(step: Step) -> None:
    failed = replace(GOOD, failed=step, error=WHY, counts=None, ahead=None)
    assert list(found(failed)) == [f"directory.{step}"]
    checks = [one.check for one in examine([failed], NOW)]
    assert checks[-1] == f"directory.{step}"


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({}, GOOD.look),
        ({"problems": 1}, ""),
        ({"problems": 3}, "parvis directory check"),
        ({"problems": 3, "name": "staff"}, "parvis directory check --source staff"),
        ({"problems": 1, "missing": "path"}, "directory: {path: …}   # config.yaml"),
        ({"problems": 1, "missing": "memberships", "name": "staff"},
         "directory: [{name: staff, memberships: …}]   # config.yaml"),
    ],
)  # fmt: skip
def test_what_mends_a_reading_is_said_and_nothing_that_only_repeats_the_finding(change: Any, remedy: str) -> None:
    [one] = found(replace(GOOD, failed=Step.READ, error=WHY, counts=None, ahead=None, **change)).values()
    assert one.remedy == remedy


@pytest.mark.parametrize(
    ("shook", "told", "remedy"),
    [
        (Handshake(Trust.ENDED, shown(-DAY)), "ended on", "openssl s_client -connect ldap.corp.example:636"),
        (Handshake(Trust.ENDED, shown(DAY)), "by which that of", "openssl"),
        (Handshake(Trust.EARLY, shown(9 * DAY, since=DAY)), "counts from", "timedatectl"),
        (Handshake(Trust.OTHER_HOST, shown(9 * DAY, hosts=("*.x", "dc1.corp.example"))), "other hosts: *.x, dc1",
         "url: ldaps://dc1.corp.example:636"),
        (Handshake(Trust.OTHER_AUTHORITY, shown(9 * DAY)), "authority that is not trusted", "ca_file: ca.pem"),
        (Handshake(Trust.REFUSED, reason="wrong version number"), "wrong version number", "openssl"),
    ],
)  # fmt: skip
def test_a_certificate_that_is_not_accepted_is_one_finding_with_what_mends_it(
    shook: Handshake, told: str, remedy: str
) -> None:
    ills = found(replace(GOOD, handshake=shook, failed=Step.TLS, counts=None, ahead=None))
    assert list(ills) == ["directory.certificate"]
    finding = ills["directory.certificate"]
    assert finding.verdict is Verdict.FAULT
    assert told in str(finding.found)
    assert remedy in finding.remedy


def test_tls_that_is_asked_for_is_looked_at_in_the_same_way() -> None:
    plain = replace(GOOD, place="ldap://x:389", handshake=Handshake(Trust.ENDED, shown(-DAY)), failed=Step.TLS)
    assert "-starttls ldap -connect x:389" in found(plain)["directory.certificate"].remedy


def test_a_realm_is_looked_at_on_the_port_of_https() -> None:
    realm = replace(GOOD, place="https://id.corp.example/realms/corp", failed=Step.TLS)
    ended = found(replace(realm, handshake=Handshake(Trust.ENDED, shown(-DAY))))["directory.certificate"]
    assert "-connect id.corp.example:443" in ended.remedy
    other = found(replace(realm, handshake=Handshake(Trust.OTHER_HOST, shown(DAY, hosts=("sso",)))))
    assert other["directory.certificate"].remedy == "directory:\n  url: https://sso"


def test_several_sources_are_told_apart() -> None:
    checks = {one.check for one in examine([replace(GOOD, name="staff"), replace(GOOD, name="projects")], NOW)}
    assert {"directory.staff.read", "directory.projects.read"} <= checks


def test_without_secrets_nothing_is_said_of_what_was_not_asked() -> None:
    offline = Sounding(place="ldap.corp.example", failed=Step.CONNECT)
    assert list(examine([offline], NOW)) == []
