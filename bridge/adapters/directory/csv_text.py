"""A table in CSV as rows with their lines: encoding, delimiter and columns are found. For ``csv_draft``."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from bridge.domain.messages import say
from bridge.domain.problems import Problem, Spot
from bridge.files.encodings import UTF8, decoded
from bridge.files.reading import refuse
from bridge.files.spelling import shown

DELIMITERS: Final = (",", ";", "\t", "|")
"""A semicolon is what spreadsheets write where the comma stands in numbers."""

HINT: Final = "sep="
"""How a first line begins by which a spreadsheet tells its delimiter."""

Meaning: TypeAlias = Callable[[Sequence[str]], list[str]]
"""Tells our words for the columns of a table as they are headed; empty for columns that are not read."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line's values by our words for the columns; what is empty is not there."""

    line: int
    cells: dict[str, str]

    def first(self, *words: str) -> str:
        """The first value that is there; empty when none is."""
        return next((self.cells[word] for word in words if word in self.cells), "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: our words for its columns with the headings that they have there, its rows, what is wrong or worth a
    warning, headings that are not read."""

    file: str
    headings: Mapping[str, str]
    rows: list[Row]
    problems: list[Problem] = field(default_factory=list)
    unread: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every line was understood."""
        return all(problem.warning for problem in self.problems)

    @property
    def columns(self) -> Set[str]:
        """Our words for the columns."""
        return self.headings.keys()

    def headed(self, *words: str) -> str:
        """The heading of the first column that is there; the first of our words where none is."""
        return next((self.headings[word] for word in words if word in self.headings), words[0])


def sheet_of(content: bytes, file: str, meaning: Meaning) -> Sheet:
    """The table in ``content``. Raises ``InvalidInput`` when it cannot be read at all."""
    text, encoding = decoded(content, file)
    problems: list[Problem] = []
    if encoding != UTF8:
        message = say("This file is in {encoding} and is read so.", encoding=encoding)
        problems.append(Problem(Spot(file), message, warning=True))
    lines = _lines(text, meaning, file, problems)
    first, header = next(lines, (1, []))
    words = meaning(header)
    if not any(words):
        names = tuple(shown(cell) for cell in header if cell)
        refuse(file, say("None of these columns is known: {columns}.", columns=names), first)
    twice = {cell for cell in header if cell and header.count(cell) > 1}
    problems += [
        Problem(Spot(file, first), say("There are two columns {column}.", column=shown(cell))) for cell in sorted(twice)
    ]
    rows = []
    for line, cells in lines:
        if len(cells) == len(header) or not any(cells[len(header) :] or ["short"]):
            rows.append(Row(line, _cells(words, cells[: len(header)])))
        else:
            message = say(
                "This line has {count} values where the first has {expected} columns; is a delimiter inside a value, "
                "or the file truncated?",
                count=len(cells),
                expected=len(header),
            )
            problems.append(Problem(Spot(file, line), message))
    unread = tuple(cell for cell, word in zip(header, words, strict=True) if cell and not word)
    return Sheet(file, _headings(words, header), rows, problems, unread)


def _headings(words: list[str], header: list[str]) -> dict[str, str]:
    """How columns are headed, by our words; of several with one meaning, all."""
    found: dict[str, list[str]] = {}
    for word, cell in zip(words, header, strict=True):
        if word:
            found.setdefault(word, []).append(shown(cell))
    return {word: " / ".join(dict.fromkeys(cells)) for word, cells in found.items()}


def _cells(words: list[str], cells: list[str]) -> dict[str, str]:
    """Where two columns have one meaning, the first that says something counts."""
    row: dict[str, str] = {}
    for word, cell in zip(words, cells, strict=True):
        if word and cell:
            row.setdefault(word, cell)
    return row


def _lines(text: str, meaning: Meaning, file: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """The values of each line that has some, with the number of the line on which they begin."""
    stream = io.StringIO(text, newline="")
    first, skipped = stream.readline(), 1
    while first and (not first.strip() or first.lower().startswith(HINT)):
        first, skipped = stream.readline(), skipped + 1
    stream.seek(stream.tell() - len(first))
    reader = csv.reader(stream, delimiter=_delimiter(first, meaning), strict=True)
    begun = skipped
    try:
        for cells in reader:
            bare = [cell.strip() for cell in cells]
            if any(bare):
                yield begun, bare
            begun = skipped + reader.line_num
    except csv.Error:
        message = say("The quotation marks of the line that begins here are not closed properly.")
        problems.append(Problem(Spot(file, begun), message))


def _delimiter(header: str, meaning: Meaning) -> str:
    """The one that makes most known columns."""

    def known(delimiter: str) -> int:
        return sum(map(bool, meaning(next(csv.reader([header.strip()], delimiter=delimiter), []))))

    return max(DELIMITERS, key=known)
