"""``parvis doctor`` and directory sources: a real LDAP server with TLS that is well, and what may be wrong with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bridge.adapters.language import Catalogues
from bridge.adapters.time import SystemClock
from bridge.app.sounding import soundings
from bridge.app.sources import sources_of
from bridge.app.wiring import database
from bridge.config.settings import Config
from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.rules.doctor.sources import examine
from bridge.services.several import keeping
from tests.adapters.directory.test_ldap import BASE, LDIF
from tests.config.writing import GOOD, load
from tests.fakes.clock import FakeClock
from tests.support.certificates import certificate
from tests.support.slapd import MissingSlapd, Slapd, slapd


@contextmanager
def serving(tls: tuple[Path, Path] | None, *, asks: bool = False) -> Iterator[Slapd]:
    try:
        with slapd(LDIF, tls=tls, asks=asks) as running:
            yield running
    except MissingSlapd as missing:
        pytest.skip(f"slapd: {missing}")


def ldap(folder: Path, url: str, *, ca: Path | None, more: str = "") -> Config:
    """A configuration of this server, written as operators write it."""
    (folder / "keys").mkdir(exist_ok=True)
    (folder / "keys/ldap").write_text("swordfish\n")
    section = f"""directory:
  type: ldap
  url: {url}
  bind_dn: cn=parvis,{BASE}
  password: file:keys/ldap
  base: {BASE}
  timeout: 5s
"""
    section += f"  ca_file: {ca}\n" if ca else ""
    return load(folder, GOOD.replace("directory: {path: directory.yaml}\n", section + more))


async def found(config: Config, *, offline: bool = False) -> dict[str, Diagnosis]:
    """What is not as it should be, by check."""
    clock = FakeClock(SystemClock().now(), eager=True)  # certificates of tests are made for today
    sounded = await soundings(config, clock, offline=offline)
    judged = examine([one for one, _ in sounded], clock.now())
    return {one.check: one for one in judged if one.verdict is not Verdict.GOOD}


@pytest.mark.ldap
async def test_a_server_that_is_well_has_no_finding_whichever_way_tls_begins(tmp_path: Path) -> None:
    mine = certificate(tmp_path)
    for asks in (False, True):
        with serving(mine, asks=asks) as server:
            url = f"{'ldap' if asks else 'ldaps'}://127.0.0.1:{server.port}"
            more = "  people:\n    attributes: {name: cn}\n  groups:\n    style: [member, uniqueMember]\n"
            assert await found(ldap(tmp_path, url, ca=mine[0], more=more)) == {}


@pytest.mark.ldap
async def test_what_is_wrong_with_a_server_or_its_settings_is_found_and_nothing_else(tmp_path: Path) -> None:
    mine, other = certificate(tmp_path), certificate(tmp_path, days=29)
    with serving(mine) as server:
        url = f"ldaps://127.0.0.1:{server.port}"
        unknown = await found(ldap(tmp_path, url, ca=other[0]))
        assert list(unknown) == ["directory.certificate"]
        assert "authority that is not trusted" in str(unknown["directory.certificate"].found)
        misspelt = "  people:\n    attributes: {email: emial}\n"
        assert list(await found(ldap(tmp_path, url, ca=mine[0], more=misspelt))) == [
            "directory.people.attributes.email"
        ]
        nameless = "  people:\n    attributes: {id: employeeNumber}\n"
        assert list(await found(ldap(tmp_path, url, ca=mine[0], more=nameless))) == [
            "directory.read",
            "directory.people.attributes.id",
        ]
        nowhere = "  groups:\n    base: ou=no,dc=corp,dc=example\n"
        unread = await found(ldap(tmp_path, url, ca=mine[0], more=nowhere))
        assert list(unread) == ["directory.read"]
        assert unread["directory.read"].remedy.startswith("ldapsearch -H")
        config = ldap(tmp_path, url, ca=mine[0])
        (tmp_path / "keys/ldap").write_text("wrong\n")
        wrong = await found(load(tmp_path, (tmp_path / "config.yaml").read_text()))
        assert list(wrong) == ["directory.bind"]
        assert f"ldapsearch -H {url} -x -D cn=parvis,{BASE} -W" in wrong["directory.bind"].remedy
        server.stop()
        assert list(await found(config)) == ["directory.connect"]


@pytest.mark.ldap
async def test_a_server_that_offers_no_tls_is_told_in_the_persons_language(tmp_path: Path) -> None:
    mine = certificate(tmp_path)
    with serving(None) as server:
        ills = await found(ldap(tmp_path, f"ldap://127.0.0.1:{server.port}", ca=mine[0]))
    told = Catalogues.load().translate(ills["directory.certificate"].found, "fr")
    assert told.endswith("le serveur n’en propose pas sur ce port.")


@pytest.mark.ldap
@pytest.mark.parametrize(
    ("name", "days", "checks", "told"),
    [
        ("127.0.0.1", -3, ["directory.ca_file", "directory.certificate"], "ended on"),
        ("127.0.0.1", 5, ["directory.ca_file", "directory.certificate"], "ends on"),
        ("elsewhere", 30, ["directory.certificate"], "is for other hosts: elsewhere"),
    ],
)
async def test_a_certificate_that_has_ended_soon_ends_or_is_for_another_host_is_told(
    tmp_path: Path, name: str, days: int, checks: list[str], told: str
) -> None:
    mine = certificate(tmp_path, name=name, days=days)
    with serving(mine) as server:
        ills = await found(ldap(tmp_path, f"ldaps://127.0.0.1:{server.port}", ca=mine[0]))
    assert list(ills) == checks
    assert told in str(ills["directory.certificate"].found)


async def test_files_with_certificates_are_looked_at_without_secrets(tmp_path: Path) -> None:
    mine, over = certificate(tmp_path), certificate(tmp_path, days=-1)
    mine[1].chmod(0o640)
    own = f"  sasl: external\n  client_certificate: {mine[0]}\n  client_key: {mine[1]}\n"
    config = ldap(tmp_path, "ldaps://ldap.corp.example", ca=over[0], more=own)
    assert list(await found(config, offline=True)) == ["directory.ca_file", "directory.client_certificate.mode"]
    mine[1].chmod(0o600)
    own = own.replace(str(mine[1]), str(over[1]))
    config = ldap(tmp_path, "ldaps://ldap.corp.example", ca=tmp_path / "keys/ldap", more=own)
    ills = await found(config, offline=True)
    assert list(ills) == ["directory.ca_file", "directory.client_certificate"]
    assert "no certificate in" in str(ills["directory.ca_file"].found)


async def test_a_file_is_one_that_can_be_read_or_a_finding(tmp_path: Path) -> None:
    (tmp_path / "directory.yaml").write_text('people:\n  - {id: "1", user: "@a:corp.example", name: A}\n')
    config = load(tmp_path, GOOD)
    assert list(await found(config, offline=True)) == ["directory.empty"]
    (tmp_path / "directory.yaml").write_text("people: 5\n")
    [wrong] = (await found(config, offline=True)).values()
    assert (wrong.check, wrong.remedy) == ("directory.read", ""), "the sentence says what is right"
    (tmp_path / "directory.yaml").unlink()
    [gone] = (await found(config, offline=True)).values()
    assert (gone.check, gone.remedy) == ("directory.read", "directory: {path: …}   # config.yaml")


PERSON = '  - {id: "%s", user: "@p%s:corp.example", name: P}\n'


async def test_what_a_source_says_is_held_against_its_last_good_reading(tmp_path: Path) -> None:
    config = load(tmp_path, GOOD + f"database: {{url: 'sqlite:///{tmp_path}/parvis.db'}}\n")
    directory, clock = tmp_path / "directory.yaml", FakeClock(eager=True)

    def write(people: int) -> None:
        rows = "".join(PERSON % (number, number) for number in range(people))
        directory.write_text(f"people:\n{rows}groups:\n  - {{id: all, name: All, members: ['0']}}\n")

    write(20)
    assert await found(config) == {}, "there is no store yet, and none is made"
    assert not (tmp_path / "parvis.db").exists()
    async with database(config) as store:
        await keeping(sources_of(config, clock), store, clock).read(keep=True)
    write(19)
    assert await found(config) == {}
    write(12)
    fewer = await found(config)
    assert list(fewer) == ["directory.people"]
    assert "8 of 20 people are gone" in str(fewer["directory.people"].found)


async def test_a_realm_that_does_not_answer_is_one_finding(tmp_path: Path) -> None:
    section = """directory:
  type: keycloak
  url: http://127.0.0.1:9
  realm: corp
  client_id: parvis
  client_secret: secret
"""
    config = load(tmp_path, GOOD.replace("directory: {path: directory.yaml}\n", section))
    assert list(await found(config)) == ["directory.connect"]


async def test_of_several_mistakes_in_a_file_the_first_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "directory.yaml").write_text('people:\n  - {id: "1", nam: Ann}\n  - {id: "2", nam: Bea}\n')
    (tmp_path / "directory.yaml").chmod(0o600)
    [one] = (await found(load(tmp_path, GOOD), offline=True)).values()
    assert "directory.yaml:2" in str(one.found)
    assert "more." in str(one.found)
    assert one.remedy == "parvis directory check"
