"""Matrix identifiers as text: users and servers are read here and nowhere else.

Room ids stay opaque: since room version 12 they carry no server name (MSC4291).
"""

import re
import unicodedata
from ipaddress import ip_address
from typing import Final

USER_ID: Final = re.compile(r"@[\x21-\x39\x3b-\x7e]*:(?:\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+)(?::\d{1,5})?")
SERVER_NAME: Final = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
LEGAL: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789._-/+")
MAX_ID_BYTES: Final = 255
WILD: Final = "*."
"""Begins a name that stands for every server below a domain."""


def is_user_id(text: str) -> bool:
    """Whether ``text`` is a user id by the grammar for historical ids (specification, appendix 4.2.1)."""
    return len(text.encode()) <= MAX_ID_BYTES and USER_ID.fullmatch(text) is not None


def is_server_name(text: str) -> bool:
    """Whether ``text`` is a server name, with or without a port (specification, appendix 4.1)."""
    return len(text) <= MAX_ID_BYTES and SERVER_NAME.fullmatch(text) is not None


def server_of(user_id: str) -> str:
    """The server name of a user id, port included, in lower case."""
    return user_id.partition(":")[2].lower()


def localpart_of(user_id: str) -> str:
    """What stands between ``@`` and the first ``:`` of a user id."""
    return user_id[1:].partition(":")[0]


def slug(name: str, otherwise: str = "group") -> str:
    """A name as an id of small ASCII letters and digits, with hyphens between words; unaccented, never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or otherwise


def as_localpart(login: str) -> str:
    """``login`` as the first part of a user id: small letters, every other byte as ``=xx`` (appendix 4.2.1.2)."""
    composed = unicodedata.normalize("NFC", login).lower()
    return "".join(chr(byte) if byte in LEGAL else f"={byte:02x}" for byte in composed.encode())


def covers(claim: str, server: str) -> bool:
    """Whether a server name or wildcard stands for the server, ports apart."""
    claim, server = host_of(claim.lower()), host_of(server.lower())
    return claim == server or (claim.startswith(WILD) and server.endswith(claim[1:]))


def host_of(server: str) -> str:
    """A server name without its port; a literal IPv6 address keeps its brackets."""
    head, colon, port = server.rpartition(":")
    return head if colon and port.isdigit() and (not server.startswith("[") or head.endswith("]")) else server


def is_address(server: str) -> bool:
    """Whether a server name is an IP literal, with or without a port."""
    host = host_of(server).strip("[]")
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
