"""Accounts end by themselves, without any change of the directory; and first groups that are told by a number."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge.adapters.directory.dialects import PRESETS
from bridge.adapters.directory.entries import drafted
from bridge.adapters.directory.ldif_text import Entry
from bridge.adapters.directory.source import directory_source
from bridge.adapters.directory.states import end_of, is_active
from bridge.domain.sources import MemberStyle, Preset
from tests.fakes.clock import FakeClock

NOON = datetime(2027, 6, 30, 12, tzinfo=UTC)

FOR_A_WHILE = """\
dn: uid=ann,dc=x
objectClass: inetOrgPerson
uid: ann
cn: Ann
krbPrincipalExpiration: 20270630120000Z

dn: uid=bob,dc=x
objectClass: inetOrgPerson
uid: bob
cn: Bob
shadowExpire: 20999

dn: uid=eve,dc=x
objectClass: inetOrgPerson
uid: eve
cn: Eve
"""


def entry(**values: str) -> Entry:
    return Entry("uid=x,dc=x", 0, {name: [value] for name, value in values.items()})


@pytest.mark.parametrize(
    ("written", "end"),
    [
        ("20270630120000Z", NOON),
        ("20270630120000.0Z", NOON),
        ("20270630140000+0200", NOON),
        ("202706301200Z", NOON),
        ("2027063012Z", NOON),
        ("2027063007-05", NOON),
        ("20270631120000Z", None),
        ("20270630120000", None),
        ("never", None),
    ],
)
def test_a_time_is_understood_in_each_of_its_forms(written: str, end: datetime | None) -> None:
    assert end_of(entry(krbprincipalexpiration=written)) == end


@pytest.mark.parametrize("written", ["0", "-1", "99999999999", "x", ""])
def test_days_that_say_nothing_end_nothing(written: str) -> None:
    assert end_of(entry(shadowexpire=written)) is None


def test_the_earliest_end_counts() -> None:
    both = entry(shadowexpire="1", krbprincipalexpiration="20270630120000Z")
    assert end_of(both) == datetime(1970, 1, 2, tzinfo=UTC)
    assert is_active(both, None)
    assert not is_active(both, NOON)


async def test_somebody_in_a_file_that_does_not_change_is_switched_off_at_their_time(tmp_path: Path) -> None:
    path = tmp_path / "people.ldif"
    path.write_text(FOR_A_WHILE)
    clock = FakeClock(NOON - timedelta(days=1))
    source = directory_source("ldif", path, server_name="corp.example", clock=clock)

    async def active() -> list[str]:
        return [one.id for one in (await source.read()).directory.people.values() if one.active]

    first = await source.read()
    assert (await active(), first.until) == (["ann", "bob", "eve"], datetime(2027, 6, 30, tzinfo=UTC))
    assert await source.read() is first
    clock.set(datetime(2027, 6, 30, tzinfo=UTC))
    second = await source.read()
    assert (await active(), second.until) == (["ann", "eve"], NOON)
    clock.set(NOON)
    third = await source.read()
    assert (await active(), third.until) == (["eve"], None)
    assert len({first.stamp, second.stamp, third.stamp}) == 3


async def test_without_a_clock_nobody_in_a_file_is_ever_over(tmp_path: Path) -> None:
    path = tmp_path / "people.ldif"
    path.write_text(FOR_A_WHILE)
    reading = await directory_source("ldif", path, server_name="corp.example").read()
    assert all(one.active for one in reading.directory.people.values())


def test_a_first_group_counts_by_its_number_where_that_is_asked_for() -> None:
    people = [
        Entry(f"uid={uid},dc=x", 0, {"uid": [uid], "entryuuid": [uid], "gidnumber": [number]})
        for uid, number in (("ann", "100"), ("bob", "100"), ("eve", "7"))
    ]
    group = Entry("cn=staff,dc=x", 0, {"cn": ["staff"], "entryuuid": ["g"], "gidnumber": ["100"], "memberuid": ["eve"]})
    usual = PRESETS[Preset.OPENLDAP].dialect
    asked = replace(usual, styles=(*usual.styles, MemberStyle.GID_NUMBER))
    assert "gidnumber" in asked.of_people & asked.of_groups
    assert "gidnumber" not in usual.of_people | usual.of_groups
    members = [drafted(people, [group], one, "corp.example").draft.groups[0].members for one in (usual, asked)]
    assert members == [("eve",), ("eve", "ann", "bob")]
