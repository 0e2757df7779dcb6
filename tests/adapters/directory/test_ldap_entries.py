"""What no server here can show: Active Directory's ways, told by a conversation that was made up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bridge.adapters.directory.dialects import PRESETS
from bridge.adapters.directory.identifiers import guid_text, sid_text, value_text
from bridge.adapters.directory.ldap import LdapPlace, Search
from bridge.adapters.directory.ldap_calls import Access, Raw
from bridge.domain.errors import ParvisError
from bridge.domain.problems import InvalidInput
from bridge.domain.sources import Preset
from bridge.ports.directory import Reading

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PER_ANSWER = 3


class Server:
    """Answers like Active Directory: at most three values of ``member`` at once. ``forgets`` makes it lose the rest."""

    def __init__(self, people: Sequence[Raw], groups: Sequence[Raw], *, forgets: bool = False) -> None:
        self.people, self.groups, self.forgets = people, groups, forgets

    def search(self, base: str, filter_: str, attributes: Sequence[str]) -> Iterator[Raw]:
        for dn, values in self.groups if base == "groups" else self.people:
            yield dn, self._ranged(values, 0)

    def entry(self, dn: str, attributes: Sequence[str]) -> Raw | None:
        if not dn:
            return "", {"highestCommittedUSN": [b"7"], "dsServiceName": [b"CN=NTDS Settings,CN=DC1"]}
        start = int(attributes[0].partition("=")[2].partition("-")[0])
        (values,) = [values for name, values in self.groups if name == dn]
        return None if self.forgets else (dn, self._ranged(values, start))

    def _ranged(self, values: Mapping[str, Sequence[bytes]], start: int) -> Mapping[str, Sequence[bytes]]:
        members = values.get("member", ())
        if len(members) <= PER_ANSWER:
            return values
        end = start + PER_ANSWER
        last = "*" if end >= len(members) else str(end - 1)
        others = {name: value for name, value in values.items() if name != "member"}
        return {**others, "member": [], f"member;range={start}-{last}": members[start:end]}


def guid(number: int) -> bytes:
    return UUID(int=number).bytes_le


def sid(number: int) -> bytes:
    parts = (21, 1, 2, number)
    return bytes([1, 4, 0, 0, 0, 0, 0, 5]) + b"".join(part.to_bytes(4, "little") for part in parts)


def person(number: int, **values: str) -> Raw:
    said = {"cn": f"P {number}", "sAMAccountName": f"P{number}", "userAccountControl": "512", **values}
    classes = [b"top", b"person", b"organizationalPerson", b"user"]
    written = {name: [value.encode()] for name, value in said.items()}
    return f"CN=P {number},OU=x", {
        **written,
        "objectClass": classes,
        "objectGUID": [guid(number)],
        "objectSid": [sid(number)],
    }


def group(number: int, *members: str, **values: str) -> Raw:
    said = {"cn": f"G {number}", **values}
    written = {name: [value.encode()] for name, value in said.items()}
    ids = {"objectGUID": [guid(number)], "objectSid": [sid(number)], "objectClass": [b"group"]}
    return f"CN=G {number},OU=x", {**written, **ids, "member": [member.encode() for member in members]}


def read(people: Sequence[Raw], groups: Sequence[Raw] = (), **server: Any) -> Reading:
    preset = PRESETS[Preset.AD]
    way = Access(host="ad", port=636, tls=True, start_tls=True, bind_dn="x", password="y")
    place = LdapPlace(
        access=way,
        people=Search(base="people", filter=preset.people),
        groups=Search(base="groups", filter=preset.groups),
        dialect=preset.dialect,
        server_name="corp.example",
    )
    return place.read_over(Server(people, groups, **server), NOW)[0]


def users(reading: Reading) -> dict[str, bool]:
    return {one.user.partition(":")[0]: one.active for one in reading.directory.people.values()}


def test_identifiers_are_written_as_windows_writes_them() -> None:
    raw = bytes.fromhex("33221100554477668899aabbccddeeff")
    assert guid_text(raw) == "00112233-4455-6677-8899-aabbccddeeff"
    assert sid_text(bytes.fromhex("010500000000000515000000010000000200000003000000f4010000")) == "S-1-5-21-1-2-3-500"
    assert value_text("jpegphoto", b"\xff\xd8\xff") == ""


def test_members_that_come_in_ranges_are_put_together() -> None:
    everybody = [person(number) for number in range(1, 9)]
    (found,) = read(everybody, [group(50, *(dn for dn, _ in everybody))]).directory.groups.values()
    assert found.members == tuple(str(UUID(int=number)) for number in range(1, 9))


def test_a_range_that_cannot_be_followed_is_no_answer() -> None:
    everybody = [person(number) for number in range(1, 9)]
    with pytest.raises(ParvisError, match="A group has more members than its server gave us"):
        read(everybody, [group(50, *(dn for dn, _ in everybody))], forgets=True)


def test_whose_primary_group_it_is_belongs_to_it_without_being_named() -> None:
    reading = read([person(1, primaryGroupID="513"), person(2, primaryGroupID="9")], [group(513), group(514)])
    members = {one.name.en: one.members for one in reading.directory.groups.values()}
    assert members == {"G 513": (str(UUID(int=1)),), "G 514": ()}


def ticks(at: datetime) -> str:
    return str((at - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10)


def test_accounts_that_are_switched_off_or_over_are_not_active() -> None:
    hour = timedelta(hours=1)
    reading = read(
        [
            person(1, userAccountControl="514"),
            person(2, accountExpires=ticks(NOW - hour)),
            person(3, accountExpires=ticks(NOW + hour)),
            person(4, accountExpires="9223372036854775807"),
            person(5, accountExpires="0"),
            person(6, shadowExpire="1"),
            person(7, krbPrincipalExpiration="20200101000000Z"),
            person(8, pwdAccountLockedTime="000001010000Z"),
            person(9, nsAccountLock="true"),
            person(10, loginDisabled="TRUE"),
            person(11, **{"msDS-UserAccountDisabled": "TRUE"}),
            person(12, pwdAccountLockedTime="20261123110000Z", loginShell="/sbin/nologin", loginDisabled="FALSE"),
        ]
    )
    assert [name for name, active in users(reading).items() if active] == ["@p3", "@p4", "@p5", "@p12"]


def test_what_has_no_options_comes_first_whatever_the_order_of_the_server() -> None:
    one, other = group(1), group(2)
    reading = read([person(1)], [(dn, {"cn;lang-fr": [b"Tous"], **values}) for dn, values in (one, other)])
    assert [found.name.en for found in reading.directory.groups.values()] == ["G 1", "G 2"]


def test_a_login_that_is_too_long_for_an_account_leaves_one_person_out_and_is_told() -> None:
    reading = read([person(1), person(2, sAMAccountName="Ж" * 42)], [group(3, "CN=P 1,OU=x", "CN=P 2,OU=x")])
    assert list(users(reading)) == ["@p1"]
    assert [len(one.members) for one in reading.directory.groups.values()] == [1]
    assert "1 person has a login that is too long for an account" in str(reading.warnings[0])


def test_tombstones_machines_contacts_and_other_domains_are_nobody() -> None:
    machine = person(3)
    machine[1]["objectClass"].append(b"computer")  # type: ignore[attr-defined]
    supplier = person(4)
    supplier[1]["objectClass"].append(b"contact")  # type: ignore[attr-defined]
    trust = person(5, sAMAccountName="OTHER$", userAccountControl="2080")
    nobody = [person(2, isDeleted="TRUE"), machine, supplier, trust]
    reading = read([person(1), *nobody], [group(50, isDeleted="TRUE")])
    assert list(users(reading)) == ["@p1"]
    assert not reading.directory.groups


def test_of_two_accounts_with_one_login_the_one_that_is_switched_off_is_left_out() -> None:
    reading = read([person(1, sAMAccountName="ann", userAccountControl="514"), person(2, sAMAccountName="Ann")])
    assert list(reading.directory.people) == [str(UUID(int=2))]
    assert "switched off" in str(reading.warnings[0])


def test_two_active_accounts_with_one_login_are_for_a_human_to_decide() -> None:
    with pytest.raises(InvalidInput, match="is already the account of"):
        read([person(1, sAMAccountName="ann"), person(2, sAMAccountName="ANN")])


def test_a_server_of_another_kind_is_told_once_by_the_attribute_that_it_lacks() -> None:
    others = [(dn, {**values, "objectGUID": []}) for dn, values in map(person, (1, 2, 3))]
    with pytest.raises(InvalidInput, match=r"None of the 3 entries has objectguid, .*: does the preset fit"):
        read(others)
    with pytest.raises(ParvisError, match=r"answers with nobody .* for servers where people have objectguid"):
        read([])


def test_whoever_has_no_stable_id_makes_the_answer_none() -> None:
    dn, values = person(1)
    with pytest.raises(InvalidInput, match="has no objectguid"):
        read([(dn, {name: value for name, value in values.items() if name != "objectGUID"})])


def test_a_group_all_of_whose_members_lead_nowhere_is_empty_and_told() -> None:
    reading = read([person(1)], [group(50, "CN=a,OU=x", "CN=b,OU=x", "CN=c,OU=x")])
    (found,) = reading.directory.groups.values()
    assert found.members == ()
    assert "3 members lead nowhere" in str(reading.warnings[0])


def test_groups_in_a_circle_are_read_and_told() -> None:
    reading = read(
        [person(1)], [group(50, "CN=G 51,OU=x"), group(51, "CN=G 50,OU=x", "CN=P 1,OU=x"), group(52, "cn=g 52,ou=X")]
    )
    assert len(reading.directory.groups) == 3
    assert sum("members of themselves" in str(warning) for warning in reading.warnings) == 2
