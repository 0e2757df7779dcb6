"""LDIF text to entries (RFC 2849): folded lines, comments, base64. Content alone: nothing fetched, and no changes but
entries that are added, as Active Directory's ldifde writes them."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bridge.adapters.directory.identifiers import value_text
from bridge.domain.messages import Message, say
from bridge.domain.problems import Problem, Spot
from bridge.files.spelling import shown

IDENTIFIERS: Final = frozenset({"objectguid", "objectsid"})
CONTENT_ONLY: Final = say(
    "This is a list of changes (changetype); a directory file holds whole entries: export it again."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: ``values`` by the name of the attribute in small letters, without its options, in their order."""

    dn: str
    line: int
    values: dict[str, list[str]] = field(default_factory=dict)

    def first(self, *names: str) -> str:
        """The first value of the first of these attributes that has one; else empty."""
        for name in names:
            if name in self.values:
                return self.values[name][0]
        return ""

    def all(self, *names: str) -> list[str]:
        """Every value of these attributes."""
        return [value for name in names for value in self.values.get(name, ())]


def entries_of(text: str, file: str, wanted: frozenset[str]) -> tuple[list[Entry], list[Problem]]:
    """The entries of ``text`` with the attributes ``wanted`` (others may be binary), and everything wrong with them."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    entry: Entry | None = None
    for line, logical in _unfolded(text):
        if not logical:
            entry = None
            continue
        name, colon, written = logical.partition(":")
        name, _, options = name.lower().partition(";")
        wrong = _wrong_line(name, colon, written) or (_wrong_range(name, options) if name in wanted else None)
        if wrong is not None:
            problems.append(Problem(Spot(file, line), wrong))
            entry = Entry("", line) if name == "dn" else entry
        elif name == "dn":
            entry = Entry(_value(written) or "", line)
            entries.append(entry)
        elif entry is not None and name in wanted:
            value = _value(written, name)
            if value is None:
                problems.append(Problem(Spot(file, line, name), say("This is not text in base64.")))
            elif value:
                entry.values.setdefault(name, []).append(value)
        elif entry is None and not (name == "version" and not entries):
            problems.append(
                Problem(
                    Spot(file, line), say("An entry begins with its dn; here it begins with {name}.", name=shown(name))
                )
            )
    return entries, problems


def _wrong_line(name: str, colon: str, written: str) -> Message | None:
    if not colon or not name:
        return say("This line is not of the form name: value; is the file truncated?")
    if name == "changetype" and (_value(written) or "").lower() != "add":
        return CONTENT_ONLY
    if written.startswith("<"):
        return say("A value is to be fetched from an address here (:<): that is not done.")
    if name == "version" and written.strip() != "1":
        return say("Only version 1 of LDIF is known.")
    if name == "dn" and _value(written) is None:
        return say("This is not text in base64.")
    return None


def _wrong_range(name: str, options: str) -> Message | None:
    """Active Directory gives 1500 members at once and says so (``member;range=0-1499``), at the end with a star."""
    for option in options.split(";"):
        if option.startswith("range=") and not option.endswith("-*"):
            return say("This export stops in the middle of {name} ({range}): export all of its values.",
                       name=name, range=option)  # fmt: skip
    return None


def _value(written: str, name: str = "") -> str | None:
    """The value after the first colon; None when it is base64 of something that is no text."""
    if not written.startswith(":"):
        return written.strip(" ")
    try:
        value = base64.b64decode(written[1:].strip(), validate=True)
        return value_text(name, value) if name in IDENTIFIERS else value.decode()
    except (binascii.Error, ValueError):
        return None


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first; comments are gone, an empty line ends an entry."""
    held, begun = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.removesuffix("\r")
        if bare.startswith(" ") and begun:
            held += bare[1:]
            continue
        if begun and not held.startswith("#"):
            yield begun, held
        held, begun = bare, number
    if begun and not held.startswith("#"):
        yield begun, held
    yield 0, ""
