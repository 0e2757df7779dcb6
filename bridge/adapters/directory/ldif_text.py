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
OF_ANSWERS: Final = frozenset({"search", "ref"})
"""How what ``ldapsearch`` writes beside entries begins: the end of the answer, and references to other servers."""
CONTENT_ONLY: Final = say(
    "This is a list of changes (changetype); a directory file holds whole entries: export it again."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: ``values`` by the name of the attribute in small letters, in their order; those with options
    (``cn;lang-fr``) after those without."""

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


@dataclass(frozen=True, slots=True)
class Content:
    """What an export holds: entries, everything wrong with it, and the lines whose values are no text."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    no_text: list[int] = field(default_factory=list)


def content_of(text: str, file: str, wanted: frozenset[str], needed: frozenset[str]) -> Content:
    """The entries of ``text`` with the attributes ``wanted``: others may be binary, and come from anywhere. Values of
    those that are not ``needed`` are left out where they are no text."""
    reading = _Reading(file, wanted, needed)
    for line, logical in _unfolded(text):
        reading.take(line, logical)
    for entry, name, value in reading.later:
        entry.values.setdefault(name, []).append(value)
    return reading.found


def last_line(text: str) -> tuple[str, str]:
    """The attribute of the last line, in small letters and without options, and its value; empty where it has none."""
    *_, (_, line), _ = _unfolded(text)
    name, _, written = line.partition(":")
    name = name.strip().lower().partition(";")[0]
    return name, _value(written, name) or ""


class _Reading:
    """Puts lines together. ``later`` are values with options, which come after those without."""

    def __init__(self, file: str, wanted: frozenset[str], needed: frozenset[str]) -> None:
        self.found = Content()
        self.later: list[tuple[Entry, str, str]] = []
        self._file, self._wanted, self._needed = file, wanted, needed
        self._entry: Entry | None = None

    def take(self, line: int, logical: str) -> None:
        """The next line, unfolded; an empty one ends an entry."""
        if not logical:
            self._entry = None
            return
        name, colon, written = logical.partition(":")
        name, _, options = name.strip().lower().partition(";")
        if wrong := _wrong_line(name, colon, written) or self._wrong_value(name, options, written):
            self._tell(line, wrong)
            self._entry = Entry("", line) if name == "dn" else self._entry
        elif name == "dn":
            self._entry = Entry(_value(written) or "", line)
            self.found.entries.append(self._entry)
        elif self._entry is None:
            self._begin_otherwise(line, name)
        elif name in self._wanted:
            self._add(self._entry, line, name, options, written)
        elif not self._entry.dn and (wrong := _wrong_result(name, written)):
            self._tell(line, wrong)

    def _tell(self, line: int, message: Message, name: str = "") -> None:
        self.found.problems.append(Problem(Spot(self._file, line, name), message))

    def _wrong_value(self, name: str, options: str, written: str) -> Message | None:
        """What is wrong with how a value is given, if anybody is to read it."""
        if name not in self._wanted and name != "dn":
            return None
        if written.startswith("<"):
            return say("A value is to be fetched from an address here (:<): that is not done.")
        return _wrong_range(name, options)

    def _begin_otherwise(self, line: int, name: str) -> None:
        if name in OF_ANSWERS:
            self._entry = Entry("", line)
        elif name != "version" or self.found.entries:
            self._tell(line, say("An entry begins with its dn; here it begins with {name}.", name=shown(name)))

    def _add(self, entry: Entry, line: int, name: str, options: str, written: str) -> None:
        value = _value(written, name)
        if value is None and (name in self._needed or not _is_base64(written)):
            self._tell(line, say("This is not text in base64."), name)
        elif value is None:
            self.found.no_text.append(line)
        elif value and options:
            self.later.append((entry, name, value))
        elif value:
            entry.values.setdefault(name, []).append(value)


def _wrong_line(name: str, colon: str, written: str) -> Message | None:
    if not colon or not name:
        return say("This line is not of the form name: value; is the file truncated?")
    if name == "changetype" and (_value(written) or "").lower() != "add":
        return CONTENT_ONLY
    if name == "version" and written.strip() != "1":
        return say("Only version 1 of LDIF is known.")
    if name == "dn" and _value(written) is None:
        return say("This is not text in base64.")
    return None


def _wrong_result(name: str, written: str) -> Message | None:
    """How ``ldapsearch`` says that what it wrote is not everything: ``result: 4 Size limit exceeded``."""
    if name != "result" or written.split()[:1] == ["0"]:
        return None
    return say("This answer ended with {result}: what stands here is not the whole.", result=shown(written.strip()))


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


def _is_base64(written: str) -> bool:
    try:
        base64.b64decode(written.removeprefix(":").strip(), validate=True)
    except binascii.Error:
        return False
    return True


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first; comments are gone, an empty line ends an entry."""
    held, begun = "", 0
    for number, line in enumerate(text.split("\n" if "\n" in text else "\r"), 1):
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
