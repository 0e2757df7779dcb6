"""A directory of one or two tables, read and judged in one go. Made by ``source``, read here or in a child process."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bridge.adapters.directory.csv_draft import Table, csv_draft
from bridge.adapters.directory.drafts import problems_of
from bridge.adapters.directory.files import LIMITS_MIB, DirectoryFile, faults_of, stamp_of
from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput, Problem
from bridge.files.reading import read_bytes
from bridge.ports.directory import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryTables(DirectoryFile):
    """The table of people at ``path``, and beside it one of memberships, where there is one.

    ``visibility`` is what groups get whose visibility is not written.
    """

    memberships: Path | None = None

    def content(self) -> bytes:
        """The bytes of both, which tell whether something has changed. Raises ``InvalidInput``."""
        return b"\0".join(self._contents())

    def read_now(self, now: datetime | None = None) -> Reading:  # noqa: ARG002 - tables say no time
        """The whole reading at once. Raises ``InvalidInput`` with all problems of both files."""
        contents = self._contents()
        tables = [Table(str(path), content) for path, content in zip(self.paths(), contents, strict=True)]
        csv = csv_draft(tables[0], tables[1] if self.memberships else None, self.server_name, self.visibility)
        directory = csv.draft.directory()
        faults = [*csv.faults, *faults_of(csv.draft, directory, self.server_name, alone=self.alone)]
        problems = [*csv.problems, *problems_of(faults, csv.locate)]
        if not all(problem.warning for problem in problems):
            raise InvalidInput(problems)
        warnings = (*problems, *self._exposed(directory))
        stamp = stamp_of(b"\0".join(contents))
        return Reading(directory=directory, warnings=warnings, stamp=stamp, remarks=csv.remarks)

    def paths(self) -> tuple[Path, ...]:
        """The table of people first."""
        return (self.path, self.memberships) if self.memberships else (self.path,)

    def _contents(self) -> list[bytes]:
        """What cannot be had of either is told at once."""
        contents: list[bytes] = []
        problems: list[Problem] = []
        limit = LIMITS_MIB[self.format]
        too_large = say("This file is larger than {limit} MiB: is it really a directory?", limit=limit)
        for path in self.paths():
            try:
                contents.append(read_bytes(path, limit_mib=limit, remedy=too_large))
            except InvalidInput as error:
                problems += error.problems
        if problems:
            raise InvalidInput(problems)
        return contents
