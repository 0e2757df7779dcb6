"""A directory in tables, as Moodle, Mattermost, Google Workspace or a spreadsheet export them. For ``files``.

Real exports have members that are gone; those are told as warnings and left out.
"""

from dataclasses import dataclass, replace

from bridge.adapters.directory.csv_columns import MEMBERSHIPS, PEOPLE, misspelt, of_memberships, of_people, require
from bridge.adapters.directory.csv_groups import Groups
from bridge.adapters.directory.csv_people import people_of
from bridge.adapters.directory.csv_text import Sheet, sheet_of
from bridge.adapters.directory.csv_ties import Tie, ties_of_memberships, ties_of_people
from bridge.adapters.directory.csv_twins import without_twins
from bridge.adapters.directory.drafts import Draft, Fault
from bridge.domain.directory import Visibility
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.files.trees import Path, path_text


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
    people: Sheet
    spots: dict[Path, Spot]

    def locate(self, path: Path) -> Spot:
        """The line behind a path, and its column."""
        if path[:1] == ("people",) and len(path) > 1 and isinstance(path[1], int):
            return Spot(self.people.file, self.people.rows[path[1]].line, path_text(path[2:]))
        for length in range(len(path), 1, -1):
            if found := self.spots.get(path[:length]):
                return found if found.path else replace(found, path=path_text(path[2:3]))
        return Spot(self.people.file)


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
    groups = Groups(names, visibility)
    draft = Draft(people=rows, groups=groups.of(ties))
    slips = [*misspelt(about, PEOPLE), *(misspelt(who, MEMBERSHIPS) if who else ())]
    problems = [*slips, *about.problems, *(who.problems if who else ()), *groups.problems]
    return CsvDraft(draft, [*faults, *groups.faults], problems, about, groups.spots)


def _sheet(table: Table, *, memberships: bool, unread: list[Problem]) -> Sheet | None:
    """The table; None when it cannot be read at all, which ``unread`` then says."""
    try:
        return sheet_of(table.content, table.file, of_memberships if memberships else of_people)
    except InvalidInput as error:
        unread += error.problems
        return None
