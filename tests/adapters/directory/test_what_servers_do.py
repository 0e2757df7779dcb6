"""Everything that a real LDAP server does to people and groups, and what counts after it: nobody is removed by mistake.

Each test reads, lets something happen, and reads again as the bridge does, with what it kept of the reading before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.adapters.directory.dialects import PRESETS
from bridge.adapters.directory.ldap import LdapPlace, LdapSource, Search
from bridge.adapters.directory.ldap_calls import Access
from bridge.domain.sources import Preset
from bridge.services.truth import DirectoryKeeper, Truth
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.support.certificates import certificate
from tests.support.slapd import MissingSlapd, Slapd, slapd

pytestmark = pytest.mark.ldap

BASE = "dc=corp,dc=example"
STAFF = tuple(f"p{number}" for number in range(20))
SALES = STAFF[:10]
FIVE = timedelta(minutes=5)


def dn(login: str) -> str:
    return f"uid={login},ou=people,{BASE}"


def person(login: str, *more: str) -> str:
    lines = "".join(f"{line}\n" for line in more)
    return f"dn: {dn(login)}\nobjectClass: inetOrgPerson\nuid: {login}\ncn: {login}\nsn: x\n{lines}\n"


def group(name: str, *members: str) -> str:
    lines = "".join(f"member: {dn(member)}\n" for member in members)
    return f"dn: cn={name},ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: {name}\n{lines}\n"


LDIF = "".join(map(person, STAFF)) + group("sales", *SALES) + group("deal", "p1")


def place(server: Slapd, **access: object) -> LdapPlace:
    preset = PRESETS[Preset.OPENLDAP]
    way = Access(
        host="127.0.0.1", port=server.port, tls=server.tls is not None, start_tls=False,
        bind_dn=f"cn=parvis,{BASE}", password="swordfish", page=5, timeout=5,
    )  # fmt: skip
    return LdapPlace(
        access=replace(way, **access),  # type: ignore[arg-type] # names and values of the test
        people=Search(base=BASE, filter=preset.people),
        groups=Search(base=BASE, filter=preset.groups),
        dialect=preset.dialect,
        server_name="corp.example",
    )


@dataclass
class Reader:
    """The bridge, as far as it reads: every five minutes."""

    server: Slapd
    keeper: DirectoryKeeper
    clock: FakeClock
    last: Truth

    async def again(self, times: int = 1) -> Truth:
        for _ in range(times):
            self.clock.set(self.clock.now() + FIVE)
            self.last = await self.keeper.read(keep=True)
        return self.last

    def source(self, **access: object) -> None:
        """Read elsewhere, or otherwise, from now on."""
        self.keeper.source = LdapSource(place=place(self.server, **access), clock=self.clock)

    def members(self, name: str = "sales") -> set[str]:
        """Who is in a group and may be there."""
        people, groups = self.last.directory.people, self.last.directory.groups.values()
        (found,) = [one for one in groups if one.name.en == name]
        return {people[one].user[1:].partition(":")[0] for one in found.members if people[one].active}

    def told(self) -> str:
        return " ".join(str(finding.text) for finding in self.last.findings)

    def change(self, ldif: str) -> None:
        self.server.change(ldif)


@pytest.fixture
async def reader() -> Iterator[Reader]:  # type: ignore[misc] # pytest-asyncio takes it
    try:
        with slapd(LDIF) as server:
            yield await reading(server)
    except MissingSlapd as missing:
        pytest.skip(f"slapd: {missing}")


async def reading(server: Slapd, **access: object) -> Reader:
    clock = FakeClock()
    keeper = DirectoryKeeper(
        source=LdapSource(place=place(server, **access), clock=clock), store=FakeStore(), clock=clock
    )
    found = Reader(server, keeper, clock, await keeper.read(keep=True))
    assert found.members() == set(SALES)
    return found


def renaming(login: str, leaf: str, above: str = "") -> str:
    moved = f"newsuperior: {above}\n" if above else ""
    return f"dn: {dn(login)}\nchangetype: modrdn\nnewrdn: {leaf}\ndeleteoldrdn: 1\n{moved}\n"


def naming(old: str, new: str) -> str:
    taken = f"dn: cn=sales,ou=groups,{BASE}\nchangetype: modify\ndelete: member\nmember: {old}\n"
    return f"{taken}-\nadd: member\nmember: {new}\n\n"


async def test_whoever_is_renamed_keeps_their_groups_while_the_server_mends_names(reader: Reader) -> None:
    reader.change(renaming("p1", "uid=married"))
    for _ in range(2):  # the group still names p1
        await reader.again()
        assert reader.members() == {*SALES, "married"} - {"p1"}
    reader.change(naming(dn("p1"), dn("married")))
    await reader.again(4)
    assert reader.members() == {*SALES, "married"} - {"p1"}
    assert "lost" not in reader.told()


async def test_whoever_is_renamed_where_nobody_mends_names_is_told_before_they_leave(reader: Reader) -> None:
    reader.change(renaming("p1", "uid=married"))
    await reader.again(3)
    assert "married" in reader.members()
    assert "sales has lost 1 member" in reader.told()
    await reader.again()
    assert "married" not in reader.members()


async def test_whoever_moves_to_another_unit_keeps_their_groups(reader: Reader) -> None:
    reader.change(renaming("p1", "uid=p1", BASE))
    await reader.again()
    reader.change(naming(dn("p1"), f"uid=p1,{BASE}"))
    await reader.again(3)
    assert reader.members() == set(SALES)


async def test_a_group_that_is_renamed_and_moved_is_the_same_group(reader: Reader) -> None:
    before = {one.id for one in reader.last.directory.groups.values()}
    reader.change(
        f"dn: cn=sales,ou=groups,{BASE}\nchangetype: modrdn\nnewrdn: cn=vente\ndeleteoldrdn: 1\nnewsuperior: {BASE}\n"
    )
    await reader.again(3)
    assert {one.id for one in reader.last.directory.groups.values()} == before
    assert reader.members("vente") == set(SALES)


async def test_whoever_is_disabled_is_out_at_once_and_back_at_once(reader: Reader) -> None:
    reader.change(f"dn: {dn('p1')}\nchangetype: modify\nadd: employeeType\nemployeeType: inactive\n")
    await reader.again()
    assert reader.members() == set(SALES) - {"p1"}
    reader.change(f"dn: {dn('p1')}\nchangetype: modify\ndelete: employeeType\n")
    await reader.again()
    assert reader.members() == set(SALES)


async def test_whoever_is_deleted_stays_for_one_more_reading_and_is_told(reader: Reader) -> None:
    reader.change(f"dn: {dn('p1')}\nchangetype: delete\n")
    await reader.again()
    assert reader.members() == set(SALES)
    assert "1 person has vanished" in reader.told()
    await reader.again()
    assert reader.members() == set(SALES) - {"p1"}


async def test_whoever_is_made_again_is_a_new_person_who_has_what_the_server_says(reader: Reader) -> None:
    (was,) = [one.id for one in reader.last.directory.people.values() if one.name == "p1"]
    reader.change(naming(dn("p1"), dn("p1")).partition("-\n")[0])
    reader.change(f"dn: {dn('p1')}\nchangetype: delete\n")
    reader.change(person("p1").replace("objectClass", "changetype: add\nobjectClass", 1))
    await reader.again()
    assert was not in reader.last.directory.people
    assert reader.members() == set(SALES) - {"p1"}
    assert reader.members("deal") == {"p1"}  # which names whoever is called that


async def test_whoever_is_taken_out_and_added_again_is_a_member_again(reader: Reader) -> None:
    without = f"dn: cn=sales,ou=groups,{BASE}\nchangetype: modify\ndelete: member\nmember: {dn('p1')}\n"
    reader.change(without)
    await reader.again()
    assert reader.members() == set(SALES) - {"p1"}
    reader.change(without.replace("delete:", "add:"))
    await reader.again()
    assert reader.members() == set(SALES)


async def test_a_tenth_of_the_members_that_lead_nowhere_removes_nobody_at_once(reader: Reader) -> None:
    """Their entries are out of sight: of a unit that the account may not read any more, say."""
    for login in SALES[:2]:
        reader.change(renaming(login, f"cn={login}").replace("deleteoldrdn: 1", "deleteoldrdn: 0"))
        hidden = f"dn: cn={login},ou=people,{BASE}\nchangetype: modify\ndelete: uid\nuid: {login}\n"
        reader.change(hidden)
    await reader.again()
    assert reader.members() == set(SALES)
    assert "2 people have vanished" in reader.told()


async def test_half_of_the_company_that_vanishes_stays_until_several_readings_agree(reader: Reader) -> None:
    for login in SALES:
        reader.change(f"dn: {dn(login)}\nchangetype: delete\n")
    await reader.again(2)
    assert reader.members() == set(SALES)
    assert "10 people have vanished from the directory at once" in reader.told()
    await reader.again(2)
    assert reader.members() == set()


async def test_a_group_whose_members_may_not_be_read_any_more_keeps_them(reader: Reader) -> None:
    reader.keeper.source = LdapSource(
        place=replace(place(reader.server), dialect=replace(PRESETS[Preset.OPENLDAP].dialect, styles=())),
        clock=reader.clock,
    )
    await reader.again(2)
    assert reader.members() == set(SALES)
    assert "suddenly names none of the 10 members" in reader.told()
    reader.source()
    await reader.again(3)
    assert reader.members() == set(SALES)
    assert "suddenly" not in reader.told()


async def test_a_restart_of_the_bridge_forgets_no_doubt(reader: Reader) -> None:
    unreadable = replace(place(reader.server), dialect=replace(PRESETS[Preset.OPENLDAP].dialect, styles=()))
    counted = []
    for _ in range(3):
        source = LdapSource(place=unreadable, clock=reader.clock)
        reader.keeper = DirectoryKeeper(source=source, store=reader.keeper.store, clock=reader.clock)
        await reader.again()
        counted.append(len(reader.members()))
    assert counted == [10, 10, 0]


async def unmoved(reader: Reader, why: str) -> None:
    """Three readings later everybody is still there, and it is said why."""
    before = reader.last.directory
    await reader.again(3)
    assert reader.last.directory == before
    assert why in reader.told()


async def test_a_server_that_restarts_in_the_middle_of_a_page_changes_nothing(reader: Reader) -> None:
    reader.server.stop()
    await unmoved(reader, "does not answer")
    reader.server.start()
    await reader.again()
    assert (reader.members(), reader.told().count("stays in force")) == (set(SALES), 0)


async def test_a_wrong_password_an_empty_answer_and_a_lost_base_change_nothing(reader: Reader) -> None:
    reader.source(password="wrong")
    await unmoved(reader, "does not accept bind_dn")
    good = place(reader.server)
    for bad, why in (
        (replace(good, people=Search(base=BASE, filter="(uid=nobody)")), "answers with nobody"),
        (replace(good, groups=Search(base=BASE, filter="(cn=nothing)")), "nobody or no group at all"),
        (replace(good, groups=Search(base=f"ou=no,{BASE}", filter="(cn=*)")), "There is no ou=no"),
    ):
        reader.keeper.source = LdapSource(place=bad, clock=reader.clock)
        await unmoved(reader, why)


async def test_a_size_limit_changes_nothing(reader: Reader) -> None:
    try:
        with slapd(LDIF, limit="10") as limited:
            reader.keeper.source = LdapSource(place=place(limited), clock=reader.clock)
            await unmoved(reader, "ends its answer at a limit")
    except MissingSlapd as missing:
        pytest.skip(f"slapd: {missing}")


async def test_a_certificate_that_has_expired_changes_nothing(tmp_path: Path) -> None:
    good, old = certificate(tmp_path), certificate(tmp_path, days=-3)
    try:
        with slapd(LDIF, tls=good) as server:
            reader = await reading(server, ca_file=good[0])
        with slapd(LDIF, tls=old) as expired:
            reader.keeper.source = LdapSource(place=place(expired, ca_file=old[0]), clock=reader.clock)
            await unmoved(reader, "it has expired")
    except MissingSlapd as missing:
        pytest.skip(f"slapd: {missing}")
