"""A directory in tables, as Moodle, Mattermost, Google Workspace or a spreadsheet export them. For ``files``.

Real exports have members that are gone; those are told as warnings and left out.
"""

from dataclasses import dataclass, replace
from typing import Final

from bridge.adapters.directory.csv_columns import (
    MEMBERSHIPS,
    PEOPLE,
    misspelt,
    of_memberships,
    of_people,
    passed_over,
    require,
)
from bridge.adapters.directory.csv_groups import Groups
from bridge.adapters.directory.csv_people import people_of
from bridge.adapters.directory.csv_text import Sheet, sheet_of
from bridge.adapters.directory.csv_ties import Tie, ties_of_memberships, ties_of_people
from bridge.adapters.directory.csv_twins import without_twins
from bridge.adapters.directory.drafts import Draft, Fault
from bridge.domain.directory import Visibility
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.files.trees import Path, path_text

SAID_BY: Final = {
    "id": ("username", "email", "group"),
    "user": ("username", "email", "id"),
    "name": ("first", "last", "group"),
    **dict.fromkeys(("members", "owners", "moderators"), ("member",)),
}
"""The columns that say something where none is called so."""


@dataclass(frozen=True, slots=True)
class Table:
    """One file of a directory: its name for people, and what is in it."""

    file: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CsvDraft:
    """The rows of the tables, what is wrong with single lines, and where each row came from."""

    draft: Draft
    faults: list[Fault]
    problems: list[Problem]
    sheets: tuple[Sheet, ...]
    spots: dict[Path, Spot]
    remarks: tuple[Problem, ...] = ()

    def locate(self, path: Path) -> Spot:
        """The line behind a path, and its column as it is headed."""
        return _in_sheet(self._locate(path), self.sheets)

    def _locate(self, path: Path) -> Spot:
        people = self.sheets[0]
        if path[:1] == ("people",) and len(path) > 1 and isinstance(path[1], int):
            return Spot(people.file, people.rows[path[1]].line, path_text(path[2:]))
        for length in range(len(path), 1, -1):
            if found := self.spots.get(path[:length]):
                return found if found.path else replace(found, path=path_text(path[2:3]))
        return Spot(people.file)


def csv_draft(people: Table, memberships: Table | None, server_name: str, visibility: Visibility) -> CsvDraft:
    """The people and groups of the tables; groups whose visibility is not written get ``visibility``.

    Raises ``InvalidInput`` when one of them is no table of such.
    """
    unread: list[Problem] = []
    about = _sheet(people, memberships=False, unread=unread)
    about = without_twins(about) if about else None
    who = _sheet(memberships, memberships=True, unread=unread) if memberships else None
    if about is None or unread:
        raise InvalidInput([*unread, *(about.problems if about else ()), *(who.problems if who else ())])
    faults: list[Fault] = []
    rows, names = people_of(about, server_name, faults)
    ties: list[Tie] = list(ties_of_people(about, [person.id for person in rows]))
    if who:
        require(who, "group", "name", example="group")
        require(who, "member", example="member")
        ties += ties_of_memberships(who)
    headings = who.headings if who else {}
    groups = Groups(names, visibility, headings, everybody=about.is_whole and bool(about.rows))
    draft = Draft(people=rows, groups=groups.of(ties))
    sheets = (about, who) if who else (about,)
    slips = [*misspelt(about, PEOPLE), *(misspelt(who, MEMBERSHIPS) if who else ())]
    problems = [*slips, *about.problems, *(who.problems if who else ()), *groups.problems]
    return CsvDraft(draft, [*faults, *groups.faults], [_headed(one, sheets) for one in problems], sheets, groups.spots,
                    passed_over(sheets, names.identity))  # fmt: skip


def _headed(problem: Problem, sheets: tuple[Sheet, ...]) -> Problem:
    return replace(problem, spot=_in_sheet(problem.spot, sheets))


def _in_sheet(spot: Spot, sheets: tuple[Sheet, ...]) -> Spot:
    """The place with the heading of its column."""
    sheet = next((one for one in sheets if one.file == spot.file), None)
    return replace(spot, path=sheet.headed(spot.path, *SAID_BY.get(spot.path, ()))) if sheet and spot.path else spot


def _sheet(table: Table, *, memberships: bool, unread: list[Problem]) -> Sheet | None:
    """The table; None when it cannot be read at all, which ``unread`` then says."""
    try:
        return sheet_of(table.content, table.file, of_memberships if memberships else of_people)
    except InvalidInput as error:
        unread += error.problems
        return None
