"""Why there is no connection with an LDAP server, in one sentence."""

import socket

from ldap3.core.exceptions import LDAPSocketOpenError

from bridge.adapters.directory.ldap_troubles import unreachable


def test_a_host_that_nobody_knows_is_told_from_one_that_does_not_answer() -> None:
    for error in (LDAPSocketOpenError("invalid server address"), socket.gaierror(-2, "Name or service not known")):
        told = unreachable("ldaps://ldpa.corp.example", error)
        assert str(told) == "The host in ldaps://ldpa.corp.example has no address: is its name written as it should be?"
    told = unreachable("ldaps://ldap.corp.example", LDAPSocketOpenError("unable to open socket"))
    assert str(told) == "ldaps://ldap.corp.example does not answer."
