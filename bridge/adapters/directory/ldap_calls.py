"""A conversation with an LDAP server, over ldap3, which blocks: for a thread. A partial answer raises. For ``ldap``."""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import ldap3
from ldap3.core.exceptions import LDAPExceptionError

from bridge.adapters.directory.ldap_troubles import NO_SUCH_OBJECT, SUCCESS, lost, partial, refused, unreachable
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.sources import Sasl

PAGED: Final = "1.2.840.113556.1.4.319"
"""The control that hands out an answer in pages (RFC 2696)."""

WRONG_PASSWORD: Final = 49
ENTRY: Final = 4
"""The number of an answer that is an entry (RFC 4511, section 4.5.2)."""

Raw: TypeAlias = tuple[str, Mapping[str, Sequence[bytes]]]
"""A distinguished name, and values by attribute as the server writes it (``member;range=0-1499``)."""


class Session(Protocol):
    """What reading needs of a server."""

    def search(self, base: str, filter_: str, attributes: Sequence[str]) -> Iterator[Raw]:
        """Every entry below ``base`` that the filter finds. Raises ``ParvisError`` unless that is all of them."""

    def entry(self, dn: str, attributes: Sequence[str]) -> Raw | None:
        """One entry; None when it is not there (any more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where the server is and who we are there: by a password, by ``certificate`` (PEM, with its ``key``), or by a
    ticket; ``timeout`` in seconds."""

    host: str
    port: int
    tls: bool
    start_tls: bool
    ca_file: Path | None = None
    bind_dn: str = ""
    password: str = field(default="", repr=False)
    sasl: Sasl | None = None
    certificate: Path | None = None
    key: Path | None = None
    page: int = 500
    timeout: int = 30

    def __str__(self) -> str:
        return f"{'ldaps' if self.tls else 'ldap'}://{self.host}:{self.port}"


class _Verified(ldap3.Tls):  # type: ignore[misc] # ldap3 has no types
    """TLS as the standard library checks it, host name included; ldap3's own check compares the name by itself."""

    def __init__(self, access: Access) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._access = access
        self.refused: Exception | None = None

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: ARG002 - as ldap3 calls it
        try:
            context = ssl.create_default_context(cafile=self._access.ca_file)
            if self._access.certificate:
                context.load_cert_chain(self._access.certificate, self._access.key)
            connection.socket = context.wrap_socket(connection.socket, server_hostname=self._access.host)
        except (ssl.SSLError, OSError) as error:
            self.refused = error
            raise


class LdapSession:
    """An open connection, bound."""

    def __init__(self, connection: Any, access: Access) -> None:
        self._connection = connection
        self._access = access

    def search(self, base: str, filter_: str, attributes: Sequence[str]) -> Iterator[Raw]:
        """As the protocol says, page by page. References to other servers are passed over: Active Directory adds some
        to every answer."""
        cookie: bytes | None = None
        while True:
            found = self._ask(base, filter_, attributes, ldap3.SUBTREE, paged_size=self._access.page, cookie=cookie)
            yield from found
            control = self._connection.result.get("controls", {}).get(PAGED)
            cookie = control["value"]["cookie"] if control else None
            if not cookie:
                return

    def entry(self, dn: str, attributes: Sequence[str]) -> Raw | None:
        """As the protocol says."""
        found = self._ask(dn, "(objectClass=*)", attributes, ldap3.BASE, missing=True)
        return found[0] if found else None

    def _ask(
        self,
        base: str,
        filter_: str,
        attributes: Sequence[str],
        scope: str,
        *,
        paged_size: int | None = None,
        cookie: bytes | None = None,
        missing: bool = False,
    ) -> list[Raw]:
        try:
            self._connection.search(
                base, filter_, scope, attributes=list(attributes), paged_size=paged_size, paged_cookie=cookie
            )
        except (LDAPExceptionError, OSError) as error:
            raise lost(str(self._access), error) from error
        result = self._connection.result
        if result["result"] == NO_SUCH_OBJECT and missing:
            return []
        if result["result"] != SUCCESS:
            raise partial(str(self._access), base, result)
        rows = self._connection.response
        return [(row["dn"], row["raw_attributes"]) for row in rows if row["type"] == "searchResEntry"]


class _Bytes:
    """Decodes answers like ldap3, but entries as bytes alone. ldap3 makes text of every value too, which takes half of
    the time that reading a large directory needs, and which nobody here looks at."""

    def __init__(self, strategy: Any) -> None:
        self._otherwise = strategy.decode_response_fast

    def __call__(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        if message["protocolOp"] != ENTRY:
            return self._otherwise(message)  # type: ignore[no-any-return] # ldap3 has no types
        # An element is (class, constructed, type, value); an attribute is its name and the set of its values.
        (*_, dn), (*_, attributes) = message["payload"]
        pairs = [attribute for *_, attribute in attributes]
        values = {str(name[3], "utf-8", "replace"): [value[3] for value in found[3]] for name, found in pairs}
        return {"type": "searchResEntry", "dn": str(dn, "utf-8", "replace"), "raw_attributes": values}


@contextmanager
def session(access: Access) -> Iterator[LdapSession]:
    """A bound connection for a while. Raises ``ParvisError`` with one sentence for whatever stands in the way."""
    tls = _Verified(access)
    server = ldap3.Server(
        access.host,
        access.port,
        use_ssl=access.tls,
        tls=tls,
        get_info=ldap3.NONE,
        connect_timeout=access.timeout,
    )
    connection = ldap3.Connection(
        server,
        **_account(access),
        auto_bind=ldap3.AUTO_BIND_NONE,
        auto_referrals=False,
        auto_range=False,  # ``ldap`` follows ranges itself, so that a missing part is noticed
        check_names=False,
        receive_timeout=access.timeout,
        return_empty_attributes=False,
    )
    connection.strategy.decode_response_fast = _Bytes(connection.strategy)
    try:
        _enter(connection, access, tls)
        yield LdapSession(connection, access)
    finally:
        _leave(connection)


def _enter(connection: Any, access: Access, tls: _Verified) -> None:
    try:
        connection.open(read_server_info=False)
        if access.start_tls and not access.tls:
            _start_tls(connection, access, tls)
        connection.bind(read_server_info=False)
    except (LDAPExceptionError, OSError) as error:
        raise unreachable(str(access), tls.refused or error) from error
    if connection.result["result"] == WRONG_PASSWORD:
        message = say("{url} does not accept bind_dn with this password.", url=str(access))
        if access.sasl:
            message = say("{url} does not accept who we are by {mechanism}.", url=str(access), mechanism=access.sasl)
        raise ParvisError(message, kind=ErrorKind.REFUSED)
    if connection.result["result"] != SUCCESS:
        raise refused(str(access), connection.result)


def _account(access: Access) -> Mapping[str, Any]:
    """How ldap3 is told who we are."""
    if access.sasl is None:
        return {"user": access.bind_dn, "password": access.password}
    if access.sasl is Sasl.GSSAPI and find_spec("gssapi") is None:
        message = say("A Kerberos ticket needs the Python package gssapi, which is not installed here.")
        raise ParvisError(message, kind=ErrorKind.REFUSED)
    # As whom a server sees us is its own affair: no name is asked for, which by a certificate has to be said.
    credentials = b"" if access.sasl is Sasl.EXTERNAL else None
    return {"authentication": ldap3.SASL, "sasl_mechanism": access.sasl.upper(), "sasl_credentials": credentials}


def _start_tls(connection: Any, access: Access, tls: _Verified) -> None:
    try:
        connection.start_tls(read_server_info=False)
    except LDAPExceptionError as error:
        if tls.refused:
            raise
        message = say("{url} offers no TLS: name its port for ldaps; a server on this machine may do without, with"
                      " {option}.", url=str(access), option="start_tls: no")  # fmt: skip
        raise ParvisError(message, kind=ErrorKind.REFUSED) from error


def _leave(connection: Any) -> None:
    open_socket = connection.socket
    try:
        connection.unbind()
    except (LDAPExceptionError, OSError):
        pass  # the connection is gone, which is what was asked for
    finally:
        if open_socket is not None:
            open_socket.close()  # ldap3 leaves it when it was refused in the middle of opening
