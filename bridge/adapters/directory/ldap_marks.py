"""Whether a server has changed at all since it was last read, asked in one or two questions. For ``ldap``.

A mark is kept with what was read, and asked for before reading: whatever happens meanwhile makes another one.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from bridge.adapters.directory.dn import DnKey, dn_key
from bridge.adapters.directory.ldap_calls import Session
from bridge.domain.errors import ErrorKind, ParvisError

SYNC: Final = b"1.3.6.1.4.1.4203.1.9.1.1"
"""The control of content synchronisation (RFC 4533). Without it ``contextCSN`` may be there and yet never move."""
ROOT: Final = ("namingContexts", "supportedControl", "highestCommittedUSN", "dsServiceName", "lastusn")
NEVER: Final = b"-1"
"""``lastusn`` of a database in which nothing was ever counted."""


def mark_of(server: Session, bases: Sequence[str]) -> str:
    """Changes with everything that is written below ``bases``; empty where the server does not tell.

    Active Directory counts on each of its controllers (``highestCommittedUSN``), 389 Directory Server where its USN
    plugin is on (``lastusn``), OpenLDAP where it is a provider (``contextCSN`` of each suffix).
    """
    root = _asked(server, "", ROOT)
    if counted := root.get("highestcommittedusn"):
        return _joined("usn", *root.get("dsservicename", ()), *counted)
    databases = sorted(name for name, values in root.items() if name.startswith("lastusn") and NEVER not in values)
    if databases:
        return _joined("lastusn", *(part for name in databases for part in (name.encode(), *root[name])))
    if SYNC not in root.get("supportedcontrol", ()):
        return ""
    suffixes = {_suffix(base, root.get("namingcontexts", ())) for base in bases}
    stamps = [_asked(server, suffix, ("contextCSN",)).get("contextcsn", ()) for suffix in sorted(suffixes)]
    return _joined("csn", *(part for stamp in stamps for part in sorted(stamp))) if all(stamps) else ""


def _suffix(base: str, contexts: Sequence[bytes]) -> str:
    """The naming context that ``base`` is in; itself when none is told."""
    key = dn_key(base) or ()
    texts = [str(context, "utf-8", "replace") for context in contexts]
    return max((text for text in texts if _ends(key, dn_key(text) or ())), key=len, default=base)


def _ends(key: DnKey, suffix: DnKey) -> bool:
    return bool(suffix) and key[-len(suffix) :] == suffix


def _asked(server: Session, dn: str, attributes: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
    try:
        found = server.entry(dn, list(attributes))
    except ParvisError as error:
        if error.kind is ErrorKind.TEMPORARY:
            raise
        return {}  # it may not be asked, and so does not tell
    return {name.lower(): values for name, values in found[1].items()} if found else {}


def _joined(kind: str, *parts: bytes) -> str:
    return " ".join((kind, *(part.hex() for part in parts)))
