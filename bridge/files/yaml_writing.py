"""Plain values to YAML text that people read and that ``yaml_text`` reads again: block style, quotes where needed.

Texts that another reader could take for a number, a date or a truth value are quoted, though ours takes all as text.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

Writable: TypeAlias = "str | bool | list[str] | Mapping[str, Writable] | None"

BARE: Final = re.compile(r"[^\W\d_][\w./-]*(?: [\w./’()-]+)*")
TAKEN: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def yaml_text(document: Mapping[str, Writable]) -> str:
    """The document, ending with a line end."""
    return "".join(f"{line}\n" for line in _table(document, ""))


def _table(table: Mapping[str, Writable], indent: str) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield f"{indent}{_scalar(key)}:"
            yield from _table(value, indent + "  ")
        elif isinstance(value, list):
            yield f"{indent}{_scalar(key)}: [{', '.join(map(_scalar, value))}]"
        else:
            yield f"{indent}{_scalar(key)}: {_leaf(value)}"


def _leaf(value: Writable) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _scalar(value) if isinstance(value, str) else '""'


def _scalar(text: str) -> str:
    """JSON strings are YAML's, save that JSON lets pass a few characters that YAML refuses in quotes."""
    if BARE.fullmatch(text) and text.casefold() not in TAKEN:
        return text
    written = json.dumps(text, ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda found: f"\\u{ord(found.group()):04x}", written)
