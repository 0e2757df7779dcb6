"""Nasty directories, group by group against sets that were made up with them (``sets/making.py``)."""

import importlib.util
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bridge.adapters.directory.dialects import PRESETS
from bridge.adapters.directory.keycloak_calls import Realm
from bridge.adapters.directory.keycloak_server import KeycloakPlace
from bridge.adapters.directory.ldap import LdapPlace, Search
from bridge.adapters.directory.ldap_calls import Access, Raw
from bridge.adapters.directory.source import directory_source
from bridge.domain.directory import Directory
from bridge.domain.problems import InvalidInput
from bridge.domain.sources import Preset
from tests.fakes.clock import FakeClock
from tests.fakes.keycloak import FakeKeycloak, serving
from tests.support.slapd import MissingSlapd, slapd

pytestmark = pytest.mark.slow

SETS = Path(__file__).parent / "sets"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
NAMES = ("accents", "circles", "dangling", "duplicates", "windows")
RANGE = 500


def load(script: str) -> Any:
    """A script, which is no part of any package."""
    spec = importlib.util.spec_from_file_location(script, SETS / f"{script}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[script] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


making, domain = load("making"), load("domain")


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SETS / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def sets(directory: Directory) -> dict[str, Any]:
    """In the words of the expected sets: people by the first part of their user ids, groups by their descriptions."""
    words = {one.id: one.user[1:].partition(":")[0] for one in directory.people.values()}
    words |= {f"group:{one.id}": f"group:{one.purpose.en}" for one in directory.groups.values()}
    people = {words[one.id]: [one.name, one.active] for one in directory.people.values()}
    groups = {one.purpose.en: sorted(words[member] for member in one.members) for one in directory.groups.values()}
    return {"people": people, "groups": groups}


def place(port: int, preset: Preset) -> LdapPlace:
    server = PRESETS[preset]
    access = Access(
        host="127.0.0.1", port=port, tls=False, start_tls=False,
        bind_dn=f"cn=parvis,{making.BASE}", password="swordfish", page=100,
    )  # fmt: skip
    return LdapPlace(
        access=access,
        people=Search(base=making.BASE, filter=server.people),
        groups=Search(base=making.BASE, filter=server.groups),
        dialect=server.dialect,
        server_name="corp.example",
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_file_has_whom_it_should(name: str, tmp_path: Path) -> None:
    path = tmp_path / "people.ldif"
    path.write_text(making.ldif(making.SETS[name](), windows=name == "windows"), encoding="utf-8")
    reading = directory_source("ldif", path, server_name="corp.example").file.read_now(NOW)
    found = expected(name)
    found["groups"] |= found.pop("first groups", {})
    assert sets(reading.directory) == found
    nowhere = {id_: count for id_, count in reading.lost.items() if count}
    assert sum(nowhere.values()) == (65 if name == "dangling" else 0)


@pytest.mark.ldap
@pytest.mark.parametrize("name", ["accents", "circles", "dangling"])
def test_a_server_has_whom_it_should(name: str) -> None:
    try:
        with slapd(making.ldif(making.SETS[name]())) as server:
            directory = place(server.port, Preset.OPENLDAP).read(NOW)[0].directory
    except MissingSlapd as missing:
        pytest.skip(f"slapd: {missing}")
    assert sets(directory) == expected(name)


def realm(company: Any) -> dict[str, Any]:
    """The company as Keycloak would hold it: people in groups, whose names need not be words."""
    users = [
        {
            "id": f"id-{number}", "username": one.login.lower(), "enabled": one.active,
            "firstName": one.name.partition(" ")[0], "lastName": one.name.partition(" ")[2],
            "groups": [f"/{team.mark}" for team in company.teams if making.localpart(one.login) in team.inside],
        }
        for number, one in enumerate(company.people)
    ]  # fmt: skip
    groups = [
        {"id": f"group-{number}", "name": team.mark, "path": f"/{team.mark}", "description": team.mark}
        for number, team in enumerate(company.teams)
    ]
    return {"realm": "corp", "users": users, "groups": groups}


@pytest.mark.parametrize("name", ["accents", "windows"])
async def test_a_realm_has_whom_it_should(name: str, tmp_path: Path) -> None:
    exported = realm(making.SETS[name]())
    found = expected(name)
    found.pop("first groups", None)
    found["groups"] = {mark: [one for one in inside if ":" not in one] for mark, inside in found["groups"].items()}
    async with serving(FakeKeycloak(exported)) as keycloak:
        way = Realm(address=keycloak.url, realm="corp", client_id="parvis", secret=keycloak.secret)
        asked = await KeycloakPlace(realm=way, server_name="corp.example").read(FakeClock())
    assert sets(asked.directory) == found
    path = tmp_path / "realm.json"
    path.write_text(json.dumps(exported), encoding="utf-8")
    assert sets(directory_source("keycloak", path, server_name="corp.example").file.read_now().directory) == found


class Windows:
    """Says entries as Active Directory does: at most so many members at once."""

    def __init__(self, entries: Any) -> None:
        self.entries = {dn: self._bytes(values) for dn, values in entries}

    def search(self, base: str, filter_: str, attributes: Sequence[str]) -> Iterator[Raw]:
        wanted = b"group" if "group" in filter_ else b"user"
        for dn, values in self.entries.items():
            if wanted in values["objectClass"]:
                yield dn, self._ranged(values, 0)

    def entry(self, dn: str, attributes: Sequence[str]) -> Raw | None:
        if not dn:
            return "", {"highestCommittedUSN": [b"7"], "dsServiceName": [b"CN=NTDS Settings,CN=DC1"]}
        start = int(attributes[0].partition("=")[2].partition("-")[0])
        return dn, self._ranged(self.entries[dn], start)

    def _bytes(self, values: Any) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = {}
        for name, value in values:
            found.setdefault(name, []).append(value if isinstance(value, bytes) else value.encode())
        return found

    def _ranged(self, values: dict[str, list[bytes]], start: int) -> dict[str, list[bytes]]:
        members = values.get("member", [])
        if len(members) <= RANGE:
            return values
        end = start + RANGE
        last = "*" if end >= len(members) else str(end - 1)
        return {**values, "member": [], f"member;range={start}-{last}": members[start:end]}


def test_active_directory_has_whom_it_should_in_ranges_and_first_groups() -> None:
    server = Windows(making.entries(making.windows(), windows=True))
    directory = place(0, Preset.AD).read_over(server, NOW)[0].directory
    found = expected("windows")
    found["groups"] |= found.pop("first groups")
    assert sets(directory) == found


def test_a_domain_of_twenty_years_has_whom_it_should_over_ldap() -> None:
    """Accounts of every state, first groups, circles, members of other domains, machines, suppliers, tombstones."""
    server = Windows((dn, domain.pairs(values)) for dn, values in domain.made().entries)
    assert sets(place(0, Preset.AD).read_over(server, NOW)[0].directory) == expected("domain")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_domain_of_twenty_years_has_whom_it_should_as_an_export(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "people.ldif"
    path.write_bytes(domain.ldif(domain.made()).encode(encoding))
    reading = directory_source("ldif", path, server_name="corp.example").file.read_now(NOW)
    assert sets(reading.directory) == expected("domain")
    assert sorted(count for count in reading.lost.values() if count) == [4, 10, 40]


def test_an_export_that_stops_in_the_middle_of_the_members_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "people.ldif"
    text = making.ldif(making.windows(), windows=True)
    path.write_text(text.replace("\nmember: ", "\nmember;range=0-1499: "), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        directory_source("ldif", path, server_name="corp.example").file.read_now(NOW)
    assert "This export stops in the middle of member (range=0-1499)" in str(caught.value.problems[0])
    path.write_text(text.replace("\nmember: ", "\nmember;range=0-*: "), encoding="utf-8")
    found = expected("windows")
    found["groups"] |= found.pop("first groups")
    assert sets(directory_source("ldif", path, server_name="corp.example").file.read_now(NOW).directory) == found
