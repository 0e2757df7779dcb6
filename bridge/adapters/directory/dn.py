"""Distinguished names, compared as LDAP compares them: whatever the letter case, the spaces and the escapes."""

import re
import unicodedata
from typing import Final, TypeAlias

DnKey: TypeAlias = tuple[str, ...]
"""The parts of a name from the leaf to the root, equal for equal names."""

TYPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*")
PART: Final = re.compile(
    r"""\s*(?P<type>[^=,+\\"]*?)\s*=\s*
        (?P<value>"(?:[^"\\]|\\.)*"|(?:[^,+"\\]|\\.)*)\s*
        (?P<end>[,+]|$)""",
    re.VERBOSE | re.DOTALL,
)
ESCAPES: Final = re.compile(r"(?:\\[0-9A-Fa-f]{2})+|\\.", re.DOTALL)


def dn_key(text: str) -> DnKey | None:
    """What two writings of the same name have in common (RFC 4514); None when ``text`` is no distinguished name."""
    if "\\" in text or '"' in text or "+" in text:
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
        together.append(_assertion(found["type"], ESCAPES.sub(_unescape, value)))
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
    return f"{kind.strip().lower()}={folded if folded.isascii() else unicodedata.normalize('NFKC', folded)}"


def _unescape(found: re.Match[str]) -> str:
    escape = found.group()
    if len(escape) == 2:
        return escape[1]
    return bytes.fromhex(escape.replace("\\", "")).decode(errors="replace")
