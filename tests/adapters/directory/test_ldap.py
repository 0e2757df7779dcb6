"""A real OpenLDAP server: what it says, and everything that goes wrong on the way, of which nothing removes anybody."""

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from bridge.adapters.directory.dialects import PRESETS
from bridge.adapters.directory.ldap import LdapPlace, LdapSource, Search
from bridge.adapters.directory.ldap_calls import Access, session
from bridge.app.sources import source_of
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.sources import Preset, Sasl
from bridge.services.truth import DirectoryKeeper
from tests.config.writing import GOOD, load
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.support.certificates import certificate
from tests.support.slapd import MissingSlapd, Slapd, slapd

pytestmark = pytest.mark.ldap

PEOPLE = 23
BASE = "dc=corp,dc=example"


def person(number: int) -> str:
    dn = f"uid=p{number},ou=people,{BASE}"
    return f"dn: {dn}\nobjectClass: inetOrgPerson\nuid: p{number}\ncn: Élodie {number}\nsn: {number}\n\n"


def group(name: str, *members: str, kind: str = "groupOfNames", attribute: str = "member") -> str:
    lines = "".join(f"{attribute}: {member}\n" for member in members)
    return f"dn: cn={name},ou=groups,{BASE}\nobjectClass: {kind}\ncn: {name}\n{lines}\n"


def of_people(*numbers: int) -> list[str]:
    return [f"uid=p{number},ou=people,{BASE}" for number in numbers]


LDIF = (
    "".join(person(number) for number in range(PEOPLE))
    + group("sales", *of_people(1, 2), f"UID=P3, OU=People, {BASE}", f"uid=gone,ou=people,{BASE}")
    + group("all", f"cn=sales,ou=groups,{BASE}", *of_people(4))
    + group("unique", *of_people(5), kind="groupOfUniqueNames", attribute="uniqueMember")
    + group("one", f"cn=two,ou=groups,{BASE}", *of_people(6))
    + group("two", f"cn=one,ou=groups,{BASE}", *of_people(7))
    + f"dn: cn=posix,ou=groups,{BASE}\nobjectClass: posixGroup\ncn: posix\ngidNumber: 5\n"
    + "memberUid: P8\nmemberUid: no\n\n"
)


@pytest.fixture
def server() -> Iterator[Slapd]:
    yield from serving(LDIF)


@pytest.fixture
def server_of_odd() -> Iterator[Slapd]:
    yield from serving(ODD)


def serving(ldif: str, *, limit: str = "unlimited") -> Iterator[Slapd]:
    try:
        with slapd(ldif, limit=limit) as running:
            yield running
    except MissingSlapd as missing:
        pytest.skip(f"slapd: {missing}")


def place(server: Slapd, **access: object) -> LdapPlace:
    preset = PRESETS[Preset.OPENLDAP]
    way = Access(
        host="127.0.0.1", port=server.port, tls=False, start_tls=False,
        bind_dn=f"cn=parvis,{BASE}", password="swordfish", page=5, timeout=5,
    )  # fmt: skip
    return LdapPlace(
        access=replace(way, **access),  # type: ignore[arg-type]
        people=Search(base=BASE, filter=preset.people),
        groups=Search(base=BASE, filter=preset.groups),
        dialect=preset.dialect,
        server_name="corp.example",
    )


def source(server: Slapd, **access: object) -> LdapSource:
    return LdapSource(place=place(server, **access), clock=FakeClock())


async def groups_of(directory_source: LdapSource) -> dict[str, list[str]]:
    directory = (await directory_source.read()).directory
    words = {one.id: one.user.partition(":")[0] for one in directory.people.values()}
    words |= {f"group:{one.id}": one.name.en for one in directory.groups.values()}
    return {one.name.en: [words[member] for member in one.members] for one in directory.groups.values()}


EXPECTED = {
    "sales": ["@p1", "@p2", "@p3"],
    "all": ["sales", "@p4"],
    "unique": ["@p5"],
    "one": ["two", "@p6"],
    "two": ["one", "@p7"],
    "posix": ["@p8"],
}


async def test_people_and_groups_of_every_style_come_in_pages(server: Slapd) -> None:
    reading = await source(server).read()
    assert len(reading.directory.people) == PEOPLE
    assert await groups_of(source(server)) == EXPECTED
    assert all(len(one.id) == 36 for one in reading.directory.people.values())  # entryUUID
    told = [str(warning.message) for warning in reading.warnings]
    assert "1 member leads nowhere and is left out: uid=gone,ou=people,dc=corp,dc=example." in told
    assert any("members of themselves" in text for text in told)
    assert (await source(server).read()).stamp == reading.stamp


def alias(login: str, target: str) -> str:
    classes = "objectClass: alias\nobjectClass: extensibleObject\n"
    return f"dn: uid={login},ou=people,{BASE}\n{classes}uid: {login}\naliasedObjectName: {target}\n\n"


ODD = (
    person(1)
    + f"dn: cn=Doe\\, Zo\\C3\\AB+uid=p2,ou=people,{BASE}\nobjectClass: inetOrgPerson\ncn: Doe, Zoë\nuid: p2\nsn: x\n\n"
    + alias("also", f"uid=p1,ou=people,{BASE}")
    + alias("lost", f"uid=nobody,{BASE}")
    + alias("round", f"uid=about,ou=people,{BASE}")
    + alias("about", f"uid=round,ou=people,{BASE}")
    + f"dn: ou=else,{BASE}\nobjectClass: referral\nobjectClass: extensibleObject\nou: else\n"
    + f"ref: ldap://127.0.0.1:1/ou=else,{BASE}\n\n"
    + group(
        "odd", f"uid=P2 + CN=doe\\2c  zoë,ou=people,{BASE}", f"uid=also,ou=people,{BASE}", f"2.5.4.11=people,{BASE}"
    )
    + f"dn: cn=bits,ou=groups,{BASE}\nobjectClass: groupOfUniqueNames\ncn;lang-fr: morceaux\ncn: bits\n"
    + f"uniqueMember: uid=p1,ou=people,{BASE}#'0101'B\n\n"
)


async def test_names_aliases_and_references_of_every_kind_lead_where_they_should(server_of_odd: Slapd) -> None:
    """An alias counts nobody twice and is nobody itself; what lies on another server is passed over."""
    reading = await source(server_of_odd).read()
    assert {one.user for one in reading.directory.people.values()} == {"@p1:corp.example", "@p2:corp.example"}
    assert await groups_of(source(server_of_odd)) == {"odd": ["@p2"], "bits": ["@p1"]}


async def test_whoever_is_renamed_or_moved_stays_who_they_are(server: Slapd) -> None:
    reader = source(server)
    before = (await reader.read()).directory
    (was,) = [one for one in before.people.values() if one.user.startswith("@p1:")]
    server.change(
        f"dn: uid=p1,ou=people,{BASE}\nchangetype: modrdn\nnewrdn: uid=newlogin\ndeleteoldrdn: 1\nnewsuperior: {BASE}\n"
    )
    now = (await reader.read()).directory
    assert now.people[was.id].user == "@newlogin:corp.example"
    # The group still names what is gone: the server mends that a moment later.
    assert was.id in next(one for one in now.groups.values() if one.name.en == "sales").members
    server.change(f"dn: cn=sales,ou=groups,{BASE}\nchangetype: modrdn\nnewrdn: cn=vente\ndeleteoldrdn: 1\n")
    again = (await reader.read()).directory
    assert set(again.groups) == set(before.groups)


async def test_the_example_of_the_page_is_a_directory(server: Slapd, tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/directories.md").read_text(encoding="utf-8")
    example = page.partition("<!-- example: config of ldap -->\n```yaml\n")[2].partition("```")[0]
    here = example.replace("ldaps://ldap.corp.example", f"ldap://127.0.0.1:{server.port}\n  start_tls: no")
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/ldap").write_text("swordfish\n")
    config = load(tmp_path, GOOD.replace("directory: {path: directory.yaml}\n", here))
    reading = await source_of(config, FakeClock()).read()
    assert [group.name.en for group in reading.directory.groups.values()] == ["sales", "all", "one", "two"]


async def refused(directory_source: LdapSource) -> ParvisError:
    with pytest.raises(ParvisError) as caught:
        await directory_source.read()
    return caught.value


async def test_a_wrong_password_is_one_sentence(server: Slapd) -> None:
    error = await refused(source(server, password="wrong"))
    assert error.kind is ErrorKind.REFUSED
    assert str(error) == f"ldap://127.0.0.1:{server.port} does not accept bind_dn with this password."
    assert "wrong" not in repr(place(server, password="wrong"))


async def test_a_name_that_is_not_there_is_told(server: Slapd) -> None:
    nowhere = replace(place(server), groups=Search(base=f"ou=no,{BASE}", filter="(cn=*)"))
    assert "There is no ou=no" in str(await refused(LdapSource(place=nowhere, clock=FakeClock())))


async def test_a_filter_that_finds_nobody_is_no_answer(server: Slapd) -> None:
    nobody = replace(place(server), people=Search(base=BASE, filter="(uid=nobody)"))
    assert "answers with nobody" in str(await refused(LdapSource(place=nobody, clock=FakeClock())))


async def test_an_answer_that_ends_at_a_limit_is_none() -> None:
    for limited in serving(LDIF, limit="10"):
        error = await refused(source(limited))
        assert "ends its answer at a limit (sizeLimitExceeded)" in str(error)


def test_a_server_that_dies_between_two_pages_gives_no_answer(server: Slapd) -> None:
    reading = place(server)
    with session(reading.access) as talk:
        rows = talk.search(BASE, "(objectClass=person)", ["uid"])
        next(rows)
        server.stop()
        with pytest.raises(ParvisError, match="counts for nothing") as caught:
            list(rows)
    assert caught.value.kind is ErrorKind.TEMPORARY


async def test_nothing_that_goes_wrong_changes_what_counts(server: Slapd) -> None:
    """The last good reading stays, said with the reason, until there is a whole answer again."""
    clock = FakeClock()
    store = FakeStore()
    good = place(server)
    keeper = DirectoryKeeper(source=LdapSource(place=good, clock=clock), store=store, clock=clock)
    first = await keeper.read(keep=True)
    bad = [
        replace(good, access=replace(good.access, password="wrong")),
        replace(good, people=Search(base=BASE, filter="(uid=nobody)")),
        replace(good, groups=Search(base=BASE, filter="(cn=nothing)")),
        replace(good, groups=Search(base=f"ou=no,{BASE}", filter="(cn=*)")),
        replace(good, access=replace(good.access, start_tls=True)),
    ]
    for one in bad:
        keeper.source = LdapSource(place=one, clock=clock)
        truth = await keeper.read(keep=True)
        assert truth.directory == first.directory
        assert truth.findings
    server.stop()
    keeper.source = LdapSource(place=good, clock=clock)
    stopped = await keeper.read(keep=True)
    assert stopped.directory == first.directory
    assert "does not answer" in str(stopped.findings[0].text)
    server.start()
    assert (await keeper.read(keep=True)).stamp == first.stamp


@pytest.mark.parametrize(
    ("name", "days", "trusted", "told"),
    [
        ("127.0.0.1", 30, True, ""),
        ("127.0.0.1", -3, True, "it has expired"),
        ("127.0.0.1", 30, False, "is not accepted"),
        ("elsewhere", 30, True, "is not accepted"),
    ],
)
async def test_tls_is_verified(tmp_path: Path, name: str, days: int, trusted: bool, told: str) -> None:
    pem, key = certificate(tmp_path, name=name, days=days)
    try:
        with slapd(LDIF, tls=(pem, key)) as running:
            reader = source(running, tls=True, ca_file=pem if trusted else None)
            if told:
                assert told in str(await refused(reader))
            else:
                assert await groups_of(reader) == EXPECTED
    except MissingSlapd as missing:
        pytest.skip(f"slapd: {missing}")


async def test_an_account_is_told_by_a_certificate(tmp_path: Path) -> None:
    mine, other = certificate(tmp_path), certificate(tmp_path, days=20)
    try:
        with slapd(LDIF, tls=mine, trust=mine[0]) as running:
            way = {"tls": True, "ca_file": mine[0], "sasl": Sasl.EXTERNAL, "bind_dn": "", "password": ""}
            reader = source(running, certificate=mine[0], key=mine[1], **way)
            assert await groups_of(reader) == EXPECTED
            for wrong in ({"certificate": other[0], "key": other[1]}, {}):
                assert f"ldaps://127.0.0.1:{running.port}" in str(await refused(source(running, **wrong, **way)))
    except MissingSlapd as missing:
        pytest.skip(f"slapd: {missing}")


async def test_a_certificate_that_the_server_knows_nobody_by_is_one_sentence(tmp_path: Path) -> None:
    mine = certificate(tmp_path)
    try:
        with slapd(LDIF, tls=mine) as running:
            way = {"tls": True, "ca_file": mine[0], "sasl": Sasl.EXTERNAL, "certificate": mine[0], "key": mine[1]}
            assert "ldaps://127.0.0.1" in str(await refused(source(running, **way)))
    except MissingSlapd as missing:
        pytest.skip(f"slapd: {missing}")


@pytest.mark.skipif(find_spec("gssapi") is not None, reason="gssapi is here")
async def test_without_its_library_a_ticket_is_one_sentence(server: Slapd) -> None:
    assert "needs the Python package gssapi" in str(await refused(source(server, sasl=Sasl.GSSAPI)))
