"""Pairs of groups from a file, one per line: the one of before, and the one that it is now. For ``group_same``."""

import csv
import io
from pathlib import Path
from typing import Final, TypeAlias

from bridge.domain.messages import say
from bridge.domain.problems import Problem, Spot
from bridge.files.encodings import decoded
from bridge.files.reading import read_bytes

LIMIT_MIB: Final = 4
DELIMITERS: Final = (",", ";", "\t")
HEADINGS: Final = frozenset({("old", "new"), ("before", "now"), ("ancien", "nouveau"), ("avant", "maintenant")})
"""What may stand above the columns."""

Line: TypeAlias = tuple[Spot, str, str]


def pairs_in(path: Path) -> tuple[list[Line], list[Problem]]:
    """Where each pair stands and its two words, ids or names; and everything that is none. Raises ``InputError`` where
    it cannot be read."""
    file = str(path)
    text, _ = decoded(read_bytes(path, limit_mib=LIMIT_MIB), file)
    first = next(line for line in text.splitlines() if line.strip())
    delimiter = max(DELIMITERS, key=first.count)
    found: list[Line] = []
    problems: list[Problem] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for cells in reader:
            words = [cell.strip() for cell in cells]
            if any(words) and tuple(word.casefold() for word in words) not in HEADINGS:
                match words:
                    case [old, new] if old and new:
                        found.append((Spot(file, begun), old, new))
                    case _:
                        message = say("Two groups are needed here, the one of before and the one that it is now:"
                                      " {example}.", example=delimiter.join(("sales", "vente")))  # fmt: skip
                        problems.append(Problem(Spot(file, begun), message))
            begun = reader.line_num + 1
    except csv.Error:
        message = say("The quotation marks of the line that begins here are not closed properly.")
        problems.append(Problem(Spot(file, begun), message))
    if not found and not problems:
        problems.append(Problem(Spot(file), say("There is no pair of groups in this file.")))
    return found, problems
