"""Certificates: those that a server shows, and those in files. For the doctor, who tells what is wrong with them."""

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509

from bridge.domain.messages import Message, say
from bridge.domain.soundings import Certificate, Handshake, PemFile, Trust
from bridge.files.refusals import reason_of

START_TLS: Final = bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"
"""The LDAP message that asks for TLS (RFC 4511, section 4.14.1)."""
AGREED: Final = b"\x0a\x01\x00"
"""The result success, as an answer holds it."""
LARGEST: Final = 4096
TRUSTS: Final = {
    9: Trust.EARLY, 10: Trust.ENDED, 62: Trust.OTHER_HOST, 64: Trust.OTHER_HOST,
    **dict.fromkeys((2, 18, 19, 20, 21), Trust.OTHER_AUTHORITY),
}  # fmt: skip
"""By the numbers of OpenSSL (X509_V_ERR_…)."""
OTHERS: Final = 0o077


class _NotOffered(OSError):
    """The server does not begin TLS when it is asked to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where TLS begins, at once or (``asked``) when LDAP asks for it; ``ca_file`` signs, ``certificate`` is ours with
    its ``key``; ``timeout`` in seconds."""

    host: str
    port: int
    asked: bool = False
    ca_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    timeout: int = 30


def handshake(door: Door) -> Handshake | None:
    """How TLS begins there, as the source would begin it; None where nobody answers. Blocks."""
    try:
        verified = ssl.create_default_context(cafile=door.ca_file)
        if door.certificate:
            verified.load_cert_chain(door.certificate, door.key, password=_nothing)
    except OSError as error:
        return Handshake(Trust.REFUSED, reason=reason_of(error))
    try:
        return Handshake(Trust.GOOD, _shown(door, verified))
    except _NotOffered:
        return Handshake(Trust.REFUSED, reason=say("the server offers none on this port"))
    except ssl.SSLCertVerificationError as error:
        return Handshake(TRUSTS.get(error.verify_code, Trust.REFUSED), _unverified(door), reason_of(error))
    except ssl.SSLError as error:
        return Handshake(Trust.REFUSED, reason=reason_of(error))
    except OSError:
        return None


def _unverified(door: Door) -> Certificate | None:
    """What is shown to whoever does not look: only to be told about, nothing is said over this connection."""
    careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE
    try:
        return _shown(door, careless)
    except OSError:
        return None


def _shown(door: Door, context: ssl.SSLContext) -> Certificate | None:
    with socket.create_connection((door.host, door.port), timeout=door.timeout) as plain:
        if door.asked:
            plain.sendall(START_TLS)
            if AGREED not in plain.recv(LARGEST):
                raise _NotOffered
        with context.wrap_socket(plain, server_hostname=door.host) as connection:
            shown = connection.getpeercert(binary_form=True)
    return _certificate(x509.load_der_x509_certificate(shown)) if shown else None


def _certificate(found: x509.Certificate) -> Certificate:
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        hosts: list[str] = []
    else:
        addresses = names.get_values_for_type(x509.IPAddress)
        hosts = [*names.get_values_for_type(x509.DNSName), *map(str, addresses)]
    return Certificate(found.not_valid_before_utc, found.not_valid_after_utc, tuple(hosts))


def authority_file(key: str, path: Path) -> PemFile:
    """The file of authorities at ``path``."""
    certificates, trouble = _in_file(path)
    return PemFile(key=key, path=str(path), certificates=certificates, trouble=trouble)


def own_file(key: str, path: Path, private: Path | None) -> PemFile:
    """The file of our own certificate, with its key there or in ``private``."""
    certificates, trouble = _in_file(path)
    private = private or path
    if trouble is None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(path, private, password=_nothing)
        except OSError as error:
            trouble = say("There is no key in {file} for this certificate: {reason}.",
                          file=str(private), reason=reason_of(error))  # fmt: skip
    exposed = trouble is None and bool(private.stat().st_mode & OTHERS)
    return PemFile(key=key, path=str(path), certificates=certificates[:1], trouble=trouble, exposed=exposed)


def _in_file(path: Path) -> tuple[tuple[Certificate, ...], Message | None]:
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        return (), say("{file} cannot be read: {reason}.", file=str(path), reason=reason_of(error))
    except ValueError:
        return (), say("There is no certificate in {file}, or not in the form PEM.", file=str(path))
    return tuple(_certificate(one) for one in found), None


def _nothing() -> str:
    """The password of a key: without it OpenSSL would ask at the terminal."""
    return ""
