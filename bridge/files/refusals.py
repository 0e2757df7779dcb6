"""Why the system or OpenSSL refuses something, as the end of a sentence that says what: their own words are English."""

import errno
import ssl
from typing import Final

from bridge.domain.messages import Message, say

NOT_ALLOWED: Final = say("the user that runs Parvis may not")
TOO_MANY: Final = say("too many files are open")
NO_WAY: Final = say("there is no way to it in the network")
BY_NUMBER: Final = {
    errno.ENOENT: say("there is no such file or folder"),
    errno.EACCES: NOT_ALLOWED,
    errno.EPERM: NOT_ALLOWED,
    errno.EEXIST: say("it is there already"),
    errno.ENOTDIR: say("a part of the path is no folder"),
    errno.EISDIR: say("it is a folder"),
    errno.ENOSPC: say("the disk is full"),
    errno.EDQUOT: say("the share of the disk is used up"),
    errno.EROFS: say("the disk can only be read"),
    errno.EIO: say("the disk has a fault"),
    errno.ENAMETOOLONG: say("the name is too long"),
    errno.ELOOP: say("links lead in a circle"),
    errno.EMFILE: TOO_MANY,
    errno.ENFILE: TOO_MANY,
    errno.ENOMEM: say("there is no memory left"),
    errno.EPIPE: say("nobody reads what is written any more"),
    errno.EADDRINUSE: say("the address is in use"),
    errno.EADDRNOTAVAIL: say("this machine has no such address"),
    errno.ECONNREFUSED: say("nobody listens there"),
    errno.ECONNRESET: say("the connection was cut"),
    errno.ETIMEDOUT: say("no answer came in time"),
    errno.EHOSTUNREACH: NO_WAY,
    errno.ENETUNREACH: NO_WAY,
}
BY_CODE: Final = {
    2: say("nobody here knows who signed it"),
    9: say("it does not count yet"),
    10: say("it has expired"),
    18: say("it is signed by itself"),
    19: say("it is signed by an authority that nobody here knows"),
    20: say("nobody here knows who signed it"),
    21: say("nobody here knows who signed it"),
    62: say("it is for another name"),
    64: say("it is for another address"),
}
"""OpenSSL's numbers of what is wrong with a certificate (X509_V_ERR_…)."""
NO_TLS: Final = say("what answers there does not speak TLS")
OTHER_VERSIONS: Final = say("the other side speaks no version of TLS that is allowed here")
OURS_WANTED: Final = say("the other side asks for a certificate of ours, or does not accept it")
BY_REASON: Final = {
    **dict.fromkeys(("UNEXPECTED_EOF_WHILE_READING", "WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"), NO_TLS),
    **dict.fromkeys(("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"), OTHER_VERSIONS),
    **dict.fromkeys(
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "NO_SHARED_CIPHER"), say("no way of encrypting suits both sides")
    ),
    **dict.fromkeys(("TLSV13_ALERT_CERTIFICATE_REQUIRED", "TLSV1_ALERT_UNKNOWN_CA"), OURS_WANTED),
    "KEY_VALUES_MISMATCH": say("the key belongs to another certificate"),
    "NO_CERTIFICATE_OR_CRL_FOUND": say("there is no certificate in the file, or not in the form PEM"),
}
"""By how OpenSSL calls it."""
NOT_PEM: Final = say("the file holds none in the form PEM, or one that a password locks")
PEM_LIBRARY: Final = "PEM lib"
"""All that Python says of a file in which OpenSSL finds nothing that it can read."""


def reason_of(error: BaseException) -> Message | str:
    """The end of a sentence; the system's own words for what is not known here."""
    if isinstance(error, ssl.SSLError) and (known := _of_tls(error)):
        return known
    if isinstance(error, ssl.SSLCertVerificationError):
        return BY_CODE.get(error.verify_code, error.verify_message)
    number = error.errno if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else None
    if number in BY_NUMBER:
        return BY_NUMBER[number]
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def unknown_host(url: str) -> Message:
    """Said of an address whose host has no entry in the domain name system, as far as it answers."""
    return say("The host in {url} has no address: is its name written as it should be?", url=url)


def _of_tls(error: ssl.SSLError) -> Message | None:
    return BY_REASON.get(getattr(error, "reason", "") or "") or (NOT_PEM if PEM_LIBRARY in str(error) else None)
