"""Values of LDAP attributes as text: most are text already, Active Directory's identifiers are not. For ``ldap``."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from bridge.adapters.directory.ldif_text import Entry


def entry_of(dn: str, raw: Mapping[str, Sequence[bytes]]) -> Entry:
    """An entry with the values that are text. Options of attributes (``cn;lang-fr``) do not count."""
    entry = Entry(dn, 0)
    for name, values in raw.items():
        plain = name.partition(";")[0].lower()
        texts = [text for value in values if (text := value_text(plain, value))]
        if texts:
            entry.values.setdefault(plain, []).extend(texts)
    return entry


def value_text(name: str, value: bytes) -> str:
    """One value of the attribute ``name`` (small letters); empty when it is no text."""
    if name == "objectguid" and len(value) == 16:
        return guid_text(value)
    if name == "objectsid" and len(value) >= 8 and value[0] == 1:
        return sid_text(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return ""


def guid_text(value: bytes) -> str:
    """``objectGUID`` as every tool shows it: its first three parts are little-endian (MS-DTYP, 2.3.4.2)."""
    return str(UUID(bytes_le=value))


def sid_text(value: bytes) -> str:
    """``objectSid`` as ``S-1-5-21-…``: a big-endian authority, then little-endian numbers (MS-DTYP, 2.4.2)."""
    authority = int.from_bytes(value[2:8], "big")
    numbers = [int.from_bytes(value[at : at + 4], "little") for at in range(8, 8 + 4 * value[1], 4)]
    return "-".join(["S", str(value[0]), str(authority), *map(str, numbers)])
