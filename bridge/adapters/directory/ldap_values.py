"""Entries of an LDAP server: the values of attributes that are text. For ``ldap``."""

from collections.abc import Mapping, Sequence

from bridge.adapters.directory.identifiers import value_text
from bridge.adapters.directory.ldif_text import Entry


def entry_of(dn: str, raw: Mapping[str, Sequence[bytes]]) -> Entry:
    """An entry with the values that are text. Those with options (``cn;lang-fr``) come after those without."""
    entry = Entry(dn, 0)
    for name in sorted(raw, key=_has_options):
        plain = name.partition(";")[0].lower()
        texts = [text for value in raw[name] if (text := value_text(plain, value))]
        if texts:
            entry.values.setdefault(plain, []).extend(texts)
    return entry


def _has_options(name: str) -> bool:
    return ";" in name
