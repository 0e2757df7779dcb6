"""Writes the tables of ``docs/security.md`` from the list of leaks, and from that of leaks which are put in to see
whether the tests notice: ``python -m tests.support.leaks_page``.

``tests/house/test_security_page.py`` holds page and list together.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.mutations.leaks_put_in_elsewhere import ALL
from tests.mutations.settings_put_in import BY_HAND, SETTINGS
from tests.support.leaks import AND, LEAKS, Leak

PAGE: Final = Path(__file__).parents[2] / "docs" / "security.md"
BEGIN: Final = "<!-- channels: written by python -m tests.support.leaks_page -->"
END: Final = "<!-- end of channels -->"
MARK: Final = "::"
HEAD: Final = "| # | Channel | Asked by a person | Asked by a homeserver | What does show |\n|---|---|---|---|---|"


PUT_IN_BEGIN: Final = "<!-- leaks put in: written by python -m tests.support.leaks_page -->"
PUT_IN_END: Final = "<!-- end of leaks put in -->"
PUT_IN_HEAD: Final = "| What is put in | What notices it |\n|---|---|"


def filled(page: str) -> str:
    """The page with both tables as they should be."""
    page = _between(page, BEGIN, END, [HEAD, *map(_row, LEAKS)])
    put_in = [f"| {one.name} | {_cell(one.seen_by)} |" for one in ALL]
    put_in += [f"| homeserver: {one.name} | `parvis doctor`: {_checks(one.checks)} |" for one in SETTINGS]
    put_in += [f"| homeserver: {name} | `parvis plan`, and `parvis apply` puts it right |" for name in BY_HAND]
    return _between(page, PUT_IN_BEGIN, PUT_IN_END, [PUT_IN_HEAD, *put_in])


def _checks(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _between(page: str, begin: str, end: str, lines: list[str]) -> str:
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n" + "\n".join(lines) + f"\n{end}{after}"


def _row(leak: Leak) -> str:
    cells = (str(leak.row), leak.channel, *map(_cell, (leak.person, leak.server, leak.control)))
    return "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    """A sentence as it is; of tests the names, for the eye."""
    if MARK not in text:
        return text
    return "<br>".join(f"`{one.rpartition(MARK)[2]}`" for one in text.split(AND))


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
