"""Lines of a table of people that stand there twice, and what has no use in it. For ``csv_draft``."""

from collections import Counter
from dataclasses import replace

from bridge.adapters.directory.csv_columns import activity
from bridge.adapters.directory.csv_people import account_of
from bridge.adapters.directory.csv_text import Row, Sheet
from bridge.domain.messages import say, say_n
from bridge.domain.problems import Problem, Spot


def without_twins(sheet: Sheet) -> Sheet:
    """Without lines that are repeated, and without people who are switched off where somebody active has their account:
    they came back. Both are told as warnings."""
    kept, problems = _once(sheet)
    accounts = [account_of(row) for row in kept]
    often = Counter(accounts)
    active = {name for name, row in zip(accounts, kept, strict=True) if often[name] > 1 and activity(row)[0]}
    there = [row for name, row in zip(accounts, kept, strict=True) if name not in active or activity(row)[0]]
    if len(there) < len(kept):
        message = say_n(
            "{count} account is switched off and left out, as somebody active has its login.",
            "{count} accounts are switched off and left out, as others who are active have their logins.",
            len(kept) - len(there),
        )
        problems.append(Problem(Spot(sheet.file), message, warning=True))
    return replace(sheet, rows=there, problems=[*sheet.problems, *problems])


def _once(sheet: Sheet) -> tuple[list[Row], list[Problem]]:
    """Each line once."""
    first: dict[tuple[tuple[str, str], ...], int] = {}
    kept: list[Row] = []
    problems: list[Problem] = []
    for row in sheet.rows:
        cells = tuple(sorted(row.cells.items()))
        if (line := first.setdefault(cells, row.line)) == row.line:
            kept.append(row)
        else:
            message = say("This line is the same as line {line}, and is passed over.", line=line)
            problems.append(Problem(Spot(sheet.file, row.line), message, warning=True))
    return kept, problems
