"""Who belongs to which group, line by line, from either table. For ``csv_groups``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bridge.adapters.directory.csv_columns import ATTRIBUTE, COHORT, plain
from bridge.adapters.directory.csv_text import Row, Sheet
from bridge.domain.problems import Spot

OF_GROUPS: Final = frozenset({"name", "purpose", "visibility", "parent", "path"})
"""What a line says of its group itself, beside attributes."""
NONE: Final = frozenset({"no groups", "aucun groupe", "keine gruppen", "sin grupos", "nessun gruppo"})
"""What Moodle writes of somebody who is in no group."""
SEPARATOR: Final = re.compile(r"[;,|]")
"""Between groups in one value of the table of people."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One line's word on one group: who belongs to it and as what, and what the line says of the group itself."""

    spot: Spot
    group: str
    member: str = ""
    role: str = ""
    kind: str = ""
    says: dict[str, str] = field(default_factory=dict)


def ties_of_people(sheet: Sheet, ids: list[str]) -> Iterator[Tie]:
    """From the columns ``groups`` and ``cohort1``, ``cohort2``…; ``ids`` are the people's, line by line."""
    for row, person in zip(sheet.rows, ids, strict=True):
        for column, value in row.cells.items():
            groups = SEPARATOR.split(value) if column == "groups" else [value] if COHORT.fullmatch(column) else []
            for group in groups:
                if person and plain(group).strip() not in {"", *NONE}:
                    yield Tie(Spot(sheet.file, row.line, column), group.strip(), person)


def ties_of_memberships(sheet: Sheet) -> Iterator[Tie]:
    """From a table of memberships; a line without a member declares its group."""
    for row in sheet.rows:
        yield Tie(
            Spot(sheet.file, row.line),
            row.first("group", "name"),
            row.first("member"),
            row.first("role"),
            row.first("type"),
            _says(row),
        )


def _says(row: Row) -> dict[str, str]:
    return {key: value for key, value in row.cells.items() if key in OF_GROUPS or key.startswith(ATTRIBUTE)}
