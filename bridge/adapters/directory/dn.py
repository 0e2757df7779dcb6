"""Distinguished names, compared as LDAP compares them: whatever the letter case, the spaces and the escapes."""

import re
import unicodedata
from typing import Final, TypeAlias

DnKey: TypeAlias = tuple[str, ...]
"""The parts of a name from the leaf to the root, equal for equal names."""

TYPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*|(?:[Oo][Ii][Dd]\.)?\d+(?:\.\d+)*")
PART: Final = re.compile(
    r"""\s*(?P<type>[^=,+\\"]*?)\s*=\s*
        (?P<value>"(?:[^"\\]|\\.)*"|(?:[^,+"\\]|\\.)*)\s*
        (?P<end>[,+]|$)""",
    re.VERBOSE | re.DOTALL,
)
SHORT: Final = {
    long: short
    for short, *names in (
        ("cn", "commonname", "2.5.4.3"),
        ("sn", "surname", "2.5.4.4"),
        ("c", "countryname", "2.5.4.6"),
        ("l", "localityname", "2.5.4.7"),
        ("st", "stateorprovincename", "2.5.4.8"),
        ("street", "streetaddress", "2.5.4.9"),
        ("o", "organizationname", "2.5.4.10"),
        ("ou", "organizationalunitname", "2.5.4.11"),
        ("uid", "userid", "0.9.2342.19200300.100.1.1"),
        ("dc", "domaincomponent", "0.9.2342.19200300.100.1.25"),
    )
    for long in names
}
"""The other names and the numbers of what names are made of (RFC 4514, section 3, and RFC 4519)."""
ENCODED: Final = re.compile(r"#((?:[0-9A-Fa-f]{2})+)")
STRINGS: Final = frozenset({0x04, 0x0C, 0x13, 0x16})
"""Tags of values that are text in BER: octets, UTF-8, printable and IA5."""
ESCAPES: Final = re.compile(r"(?:\\[0-9A-Fa-f]{2})+|\\.", re.DOTALL)


def dn_key(text: str) -> DnKey | None:
    """What two writings of the same name have in common (RFC 4514); None when ``text`` is no distinguished name."""
    if "\\" in text or '"' in text or "+" in text or "#" in text:
        return _careful_key(text)
    parts = []
    for part in text.split(","):
        kind, equals, value = part.partition("=")
        if not equals or not TYPE.fullmatch(kind.strip()):
            return None
        parts.append(_assertion(kind, value))
    return tuple(parts)


def _careful_key(text: str) -> DnKey | None:
    parts: list[str] = []
    together: list[str] = []
    at = 0
    while at <= len(text):
        found = PART.match(text, at)
        if found is None or not TYPE.fullmatch(found["type"]):
            return None
        value = found["value"].strip() if not found["value"].endswith("\\ ") else found["value"].lstrip()
        value = value[1:-1] if value.startswith('"') else value
        together.append(_assertion(found["type"], _decoded(value) or ESCAPES.sub(_unescape, value)))
        if found["end"] != "+":
            parts.append("+".join(sorted(together)))
            together = []
        if not found["end"]:
            return tuple(parts)
        at = found.end()
    return None


def _assertion(kind: str, value: str) -> str:
    """Values are compared without regard to case, to how many spaces stand in a row, and to whether letters and accents
    are written apart (RFC 4518, sections 2.2, 2.3 and 2.6)."""
    folded = " ".join(value.split()).casefold()
    bare = kind.strip().lower().removeprefix("oid.")
    return f"{SHORT.get(bare, bare)}={folded if folded.isascii() else unicodedata.normalize('NFKC', folded)}"


def _decoded(value: str) -> str:
    """The text of ``#`` and a short string in BER (RFC 4514, section 2.4); empty for everything else."""
    if (found := ENCODED.fullmatch(value)) is None:
        return ""
    octets = bytes.fromhex(found[1])
    is_text = len(octets) > 1 and octets[0] in STRINGS and octets[1] == len(octets) - 2 < 0x80
    return octets[2:].decode(errors="replace") if is_text else ""


def _unescape(found: re.Match[str]) -> str:
    escape = found.group()
    if len(escape) == 2:
        return escape[1]
    return bytes.fromhex(escape.replace("\\", "")).decode(errors="replace")
