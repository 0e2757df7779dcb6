"""Values that people write as one word and that mean more: durations, addresses, ids. All raise ``Wrong``."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bridge.config.wrong import Wrong
from bridge.domain.ids import is_server_name
from bridge.domain.messages import say
from bridge.files.spelling import shown
from bridge.files.zones import is_timezone

DURATION: Final = re.compile(r"(?=.)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
LOCALPART: Final = re.compile(r"[a-z0-9._=/+-]+")
DOTTED: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
ATTRIBUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
SOURCE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LDAP_PORTS: Final = {"ldap": 389, "ldaps": 636}
POSTGRES: Final = ("postgresql", "postgres")


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to wait for connections."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class LdapAddress:
    """An LDAP server; ``tls`` from the first byte on."""

    host: str
    port: int
    tls: bool

    def __str__(self) -> str:
        return f"{'ldaps' if self.tls else 'ldap'}://{Listen(self.host, self.port)}"


def ldap_address(text: str) -> LdapAddress:
    """``ldaps://host`` or ``ldap://host:port``. It is never repeated: passwords are pasted into addresses."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in LDAP_PORTS and bool(parts.hostname) and parts.path in ("", "/")
        port = parts.port or LDAP_PORTS.get(parts.scheme, 0)
    except ValueError:
        good, port = False, 0
    if not good or "@" in parts.netloc or parts.query or parts.fragment:
        raise Wrong(say("This is not the address of an LDAP server such as ldaps://ldap.corp.example."))
    return LdapAddress(parts.hostname or "", port, tls=parts.scheme == "ldaps")


def source_name(text: str) -> str:
    """What one of several sources of the directory is called."""
    if not SOURCE.fullmatch(text):
        raise Wrong(say("A source is called by a short word of small letters, digits and hyphens."))
    return text


def attribute_name(text: str) -> str:
    """The name of an LDAP attribute."""
    if not ATTRIBUTE.fullmatch(text):
        raise Wrong(say("{word} is not the name of an attribute such as uid or displayName.", word=shown(text)))
    return text


def search_filter(text: str) -> str:
    """An LDAP filter, as far as its brackets tell; the server says the rest."""
    if not text.startswith("(") or not text.endswith(")") or text.count("(") != text.count(")"):
        raise Wrong(say("{word} is not a filter such as (objectClass=person): its brackets do not match.",
                        word=shown(text)))  # fmt: skip
    return text


def distinguished_name(text: str) -> str:
    """A name such as ``dc=corp,dc=example``."""
    if not re.fullmatch(r"\s*[A-Za-z0-9.-]+\s*=.+", text, re.DOTALL):
        raise Wrong(say("{word} is not a name such as dc=corp,dc=example.", word=shown(text)))
    return text


def duration(text: str) -> timedelta:
    """``30s``, ``5m``, ``2h``, ``1d`` or ``1h30m``; never zero."""
    found = DURATION.fullmatch(text)
    if found is None:
        raise Wrong(say("{word} is not a duration such as 30s, 5m, 2h or 1d.", word=shown(text)))
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if max(days, hours, minutes, seconds) > 10**6:
        raise Wrong(say("This is too long a time."))
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not span:
        raise Wrong(say("A duration of zero would never let anything rest."))
    return span


def span(text: str) -> timedelta:
    """The same, or ``0`` for no time at all."""
    return timedelta() if text == "0" else duration(text)


def listen(text: str) -> Listen:
    """``host:port``; an IPv6 address stands in brackets."""
    host, colon, port = text.rpartition(":")
    host = host.strip("[]") if host.startswith("[") else host
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise Wrong(say("{word} is not an address such as 127.0.0.1:29400.", word=shown(text)))
    return Listen(host, int(port))


def web_address(text: str) -> str:
    """An ``http`` or ``https`` address without a slash at its end. It is never repeated: tokens are pasted here."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise Wrong(say("This is not an address such as http://127.0.0.1:8008."))
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise Wrong(say("An address has no user, password or token in it: tokens have settings of their own."))
    return text.rstrip("/")


def server_name(text: str) -> str:
    """A Matrix server name, in lower case."""
    if "://" in text:
        raise Wrong(say("A server name is what stands after the colon of user ids, such as corp.example: no http."))
    if not is_server_name(text):
        raise Wrong(say("{word} is not a server name such as corp.example.", word=shown(text)))
    return text.lower()


def localpart(text: str) -> str:
    """What may stand between ``@`` and ``:`` of a user id (specification, appendix 4.2.1)."""
    if not LOCALPART.fullmatch(text):
        message = say("{word} is no part of a user id: small letters, digits and ._=/+- only.", word=shown(text))
        raise Wrong(message)
    return text


def dotted_path(text: str) -> str:
    """``package.module.Class``."""
    if not DOTTED.fullmatch(text):
        raise Wrong(say("{word} is not the path of a class such as bots.admin.bot.AdminBot.", word=shown(text)))
    return text


def timezone(text: str) -> str:
    """A name that this machine's time zone data knows."""
    if not is_timezone(text):
        raise Wrong(say("{word} is not a time zone such as Europe/Paris.", word=shown(text)))
    return text


def database_url(text: str, folder: Path) -> str:
    """``sqlite:///file`` (relative to ``folder``; absolute afterwards) or ``postgresql://user@host/name``.

    Never repeated: it may hold a password.
    """
    scheme, separator, rest = text.partition("://")
    if separator and scheme == "sqlite":
        name = rest.removeprefix("/")
        if not rest.startswith("/") or not name or name.startswith(":memory:"):
            raise Wrong(say("A database in memory would forget everything: name a file, such as sqlite:///parvis.db."))
        return f"sqlite:///{folder / name}"
    if separator and scheme in POSTGRES:
        parts = urlsplit(text)
        if not parts.path.strip("/"):
            raise Wrong(say("The address of the database does not name a database: postgresql://user@host/name."))
        return f"postgresql://{rest}"
    raise Wrong(say("This is not a database such as sqlite:///parvis.db or postgresql://user@host/name."))
