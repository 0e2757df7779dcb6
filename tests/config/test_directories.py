"""The section ``directory`` of config.yaml, when it is a server."""

from datetime import timedelta
from pathlib import Path

import pytest

from bridge.app.keycloak_settings import keycloak_place
from bridge.app.ldap_settings import ldap_place
from bridge.config.directories import FileDirectory, KeycloakDirectory, LdapDirectory, ScimDirectory
from bridge.domain.sources import MemberStyle, Sasl
from tests.config.writing import ENV, GOOD, complaints, load

LDAP = "type: ldap, url: 'ldaps://ldap.corp.example', bind_dn: 'cn=a', base: 'dc=corp', password: env:LDAP_PASSWORD"
PASSWORD = {**ENV, "LDAP_PASSWORD": "correct horse battery"}


def with_directory(words: str) -> str:
    return GOOD.replace("{path: directory.yaml}", f"{{{words}}}")


def test_a_preset_says_what_is_not_written(tmp_path: Path) -> None:
    config = load(tmp_path, with_directory(f"{LDAP}, preset: ad"), PASSWORD)
    assert isinstance(config.sources[""], LdapDirectory)
    place = ldap_place(config.sources[""], "corp.example")
    assert str(place.access) == "ldaps://ldap.corp.example:636"
    assert place.access.password == "correct horse battery"
    assert place.people.filter == "(&(objectCategory=person)(objectClass=user))"
    assert place.dialect.id == ("objectguid",)
    for told in (config, config.sources[""], place):
        assert "horse" not in repr(told)


def test_what_is_written_wins_over_the_preset(tmp_path: Path) -> None:
    words = (
        f"{LDAP}, people: {{filter: (a=b), base: 'ou=p,dc=corp', attributes: {{login: mailNickname}}}},"
        " groups: {style: [memberUid], attributes: {id: name, owners: managedBy}}"
    )
    config = load(tmp_path, with_directory(words), PASSWORD)
    assert isinstance(config.sources[""], LdapDirectory)
    place = ldap_place(config.sources[""], "corp.example")
    assert (place.people.base, place.people.filter, place.groups.base) == ("ou=p,dc=corp", "(a=b)", "dc=corp")
    assert (place.dialect.login, place.dialect.owners) == (("mailnickname",), ("managedby",))
    assert (place.dialect.group_id, place.dialect.styles) == ((), (MemberStyle.MEMBER_UID,))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (LDAP.replace("ldaps://", "http://"), "directory.url: This is not the address of an LDAP server"),
        (LDAP.replace("ldaps://", "ldaps://me:pw@"), "directory.url: This is not the address of an LDAP server"),
        (LDAP.replace("ldaps", "ldap") .replace("type: ldap", "type: ldap, start_tls: no"), "Without TLS the password"),
        (f"{LDAP}, people: {{filter: (a=b}}", "directory.people.filter: (a=b is not a filter"),
        (f"{LDAP}, groups: {{stile: [member]}}", "directory.groups.stile: There is no setting stile here"),
        (f"{LDAP}, groups: {{style: [membr]}}", "directory.groups.style[0]: membr is not known here; did you mean"),
        (f"{LDAP}, path: x.yaml", "directory.path: There is no setting path here"),
        (LDAP.replace("ldap,", "ldpa,"), "directory.type: ldpa is not known here; did you mean ldap?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_where_it_stands(tmp_path: Path, words: str, told: str) -> None:
    (found,) = complaints(tmp_path, with_directory(words), PASSWORD)
    assert told in found


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    found = complaints(tmp_path, with_directory("type: ldap, url: x, preset: add, password: env:NOPE"), PASSWORD)
    keys = [line.partition("directory.")[2].partition(":")[0] for line in found]
    assert keys == ["base", "bind_dn", "password", "preset", "url"]


BY_CERTIFICATE = "type: ldap, url: 'ldaps://ldap.corp.example', base: 'dc=corp', sasl: external"


def test_an_account_without_a_password_has_a_certificate_or_a_ticket(tmp_path: Path) -> None:
    written = with_directory(f"{BY_CERTIFICATE}, client_certificate: me.pem, client_key: me.key")
    asked = load(tmp_path, written).sources[""]
    assert isinstance(asked, LdapDirectory)
    access = ldap_place(asked, "corp.example").access
    assert (access.sasl, access.certificate, access.key) == (Sasl.EXTERNAL, tmp_path / "me.pem", tmp_path / "me.key")
    (told,) = complaints(tmp_path, with_directory(BY_CERTIFICATE))
    assert "told by client_certificate, which is missing" in told
    ticket = load(tmp_path, with_directory(BY_CERTIFICATE.replace("external", "gssapi"))).sources[""]
    assert isinstance(ticket, LdapDirectory)
    assert ticket.sasl is Sasl.GSSAPI


REALM = "type: keycloak, url: 'https://id.corp.example/', realm: corp, client_id: parvis, client_secret: env:SECRET"
SECRET = {**ENV, "SECRET": "correct horse battery"}


def test_a_realm_is_a_server_where_an_address_is_written_and_a_file_where_a_path_is(tmp_path: Path) -> None:
    asked = load(tmp_path, with_directory(REALM), SECRET).sources[""]
    assert isinstance(asked, KeycloakDirectory)
    place = keycloak_place(asked, "corp.example")
    assert (str(place.realm), asked.called) == ("https://id.corp.example/realms/corp", "id.corp.example")
    assert place.realm.secret == "correct horse battery"
    assert "horse" not in repr((asked, place))
    file = load(tmp_path, with_directory("type: keycloak, path: realm.json")).sources[""]
    assert isinstance(file, FileDirectory)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (REALM.replace("https", "http"), "directory.url: Without TLS the secret would cross the network"),
        (f"{REALM}, path: x.json", "directory.path: There is no setting path here"),
        (REALM.replace("env:SECRET", "env:NONE"), "directory.client_secret"),
        (REALM.replace("realm: corp", "realm: ''"), "directory.realm"),
    ],
)
def test_what_is_wrong_with_a_realm_is_told_where_it_stands(tmp_path: Path, words: str, told: str) -> None:
    (found,) = complaints(tmp_path, with_directory(words), SECRET)
    assert told in found


def test_providers_that_tell_by_themselves_need_nothing_but_the_type(tmp_path: Path) -> None:
    told = load(tmp_path, with_directory("type: scim, settle: 20m")).sources[""]
    assert isinstance(told, ScimDirectory)
    assert (told.address, told.settle, told.called) == (None, timedelta(minutes=20), "SCIM")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("type: scim, path: x.yaml", "directory.path: There is no setting path here"),
        ("type: scim, address: here", "directory.address"),
        ("[{type: scim, name: entra}, {type: scim, name: okta}]", "One source of type scim is enough"),
    ],
)
def test_what_is_wrong_with_scim_is_told_where_it_stands(tmp_path: Path, words: str, told: str) -> None:
    text = with_directory(words) if words[0] != "[" else GOOD.replace("{path: directory.yaml}", words)
    (found,) = complaints(tmp_path, text)
    assert told in found
