import pytest

from bridge.adapters.directory.dn import dn_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cn=Horatio Hornblower,ou=people,o=sevenSeas", "CN=horatio  hornblower, OU=People , o=SevenSeas"),
        (r"cn=Smith\, John,o=x", 'cn="Smith, John",o=x'),
        (r"cn=Smith\2C John,o=x", r"cn=Smith\, John,o=x"),
        (r"cn=Andr\C3\A9,o=x", "cn=André,o=x"),
        ("cn=a+uid=b,o=x", "UID=B + CN=A,o=x"),
        (r"cn=a\ ,o=x", "cn=a,o=x"),
        ("cn=Zoë,ou=R&D,dc=x", "2.5.4.3=zoë,organizationalUnitName=R&D,0.9.2342.19200300.100.1.25=X"),
        ("commonName=a+userid=b,o=x", "OID.0.9.2342.19200300.100.1.1=b+cn=a,organizationName=x"),
        ("cn=#0c045a6fc3ab,o=x", "cn=Zoë,o=x"),
        ("cn=#1301612c,o=x", "CN=#1301612C,o=x"),
        ("cn=a#b,o=x", r"cn=a\#b,o=x"),
    ],
)
def test_two_writings_of_one_name_are_equal(one: str, other: str) -> None:
    assert dn_key(one) is not None
    assert dn_key(one) == dn_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("cn=a,o=x", "cn=a,o=y"), (r"cn=a\,o=x", "cn=a,o=x"), ("cn=a,o=x", "uid=a,o=x"), (r"cn=\#0c0161,o=x", "cn=a,o=x")],
)
def test_different_names_differ(one: str, other: str) -> None:
    assert dn_key(one) != dn_key(other)


@pytest.mark.parametrize(
    "text", ["", "User.With.Points", "(cn=Moultrie Crystal)", "HMS Bounty", r"a\b", 'cn="open', "cn=a,", "cn=a+"]
)
def test_what_is_no_distinguished_name_has_no_key(text: str) -> None:
    assert dn_key(text) is None
