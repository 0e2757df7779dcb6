"""Whether an LDIF file without a last line end was cut off there. For ``ldif``.

Every line of LDIF has an end (RFC 2849), but some editors leave the last one out; and half a name stands for nobody, or
for somebody else. So the last line must show that it is whole, by what the rest of the file says.
"""

from collections.abc import Sequence
from typing import Final

from bridge.adapters.directory.dialects import OF_STATE, Dialect
from bridge.adapters.directory.dn import dn_key
from bridge.adapters.directory.ldif_text import Entry, last_line

CLASS: Final = "objectclass"
NUMBERS: Final = frozenset({"gidnumber", "objectsid", "primarygroupid"})
"""What says by a number who belongs where."""
ENOUGH: Final = 3
"""Entries of a kind that tell what all of it have."""


def is_cut(text: str, entries: Sequence[Entry], dialect: Dialect) -> bool:
    """Whether the file may go on after what is there: its last entry lacks what all others of its kind have, or its
    last line decides something and may be half a value."""
    if text.endswith(("\n", "\r")) or not entries:
        return False
    *others, last = entries
    return _lacks_something(last, others) or not _is_whole(*last_line(text), last, others, dialect)


def _lacks_something(last: Entry, others: Sequence[Entry]) -> bool:
    """All entries of one export that are of the same classes have some attributes in common."""
    kind = _classes(last)
    alike = [frozenset(one.values) for one in others if _classes(one) == kind]
    common = frozenset.intersection(*alike) if len(alike) >= ENOUGH else frozenset()
    return not kind or not common <= last.values.keys()


def _is_whole(name: str, value: str, last: Entry, others: Sequence[Entry], dialect: Dialect) -> bool:
    if name == CLASS:
        return any(value.lower() in _classes(one) for one in others)
    if name == "memberuid":
        return any(value in one.all("uid") for one in others)
    key, own = dn_key(value), dn_key(last.dn)
    if name in {"member", "uniquemember", *dialect.owners, *dialect.manager}:
        return key is not None and own is not None and key[-1] == own[-1]  # the end of a name is the same for all
    leaf = own[0] if own else ""
    decides = {*dialect.needed, *OF_STATE, *NUMBERS, *dialect.email}
    return name not in decides or dn_key(f"{name}={value}") == (leaf,)


def _classes(entry: Entry) -> frozenset[str]:
    return frozenset(map(str.lower, entry.all(CLASS)))
