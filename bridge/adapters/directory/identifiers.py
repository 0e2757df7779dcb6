"""Values of attributes as text: most are text already, Active Directory's identifiers are not. For LDAP and LDIF."""

from uuid import UUID


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
