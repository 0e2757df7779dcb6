"""Entries of an LDAP server: the values of attributes that are text. For ``ldap``."""

from collections.abc import Mapping, Sequence

from bridge.adapters.directory.identifiers import value_text
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
