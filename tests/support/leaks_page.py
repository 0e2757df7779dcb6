"""Writes the table of channels of ``docs/security.md`` from the list of leaks: ``python -m tests.support.leaks_page``.

``tests/house/test_security_page.py`` holds page and list together.
"""

from pathlib import Path
from typing import Final

from tests.support.leaks import AND, LEAKS, Leak

PAGE: Final = Path(__file__).parents[2] / "docs" / "security.md"
BEGIN: Final = "<!-- channels: written by python -m tests.support.leaks_page -->"
END: Final = "<!-- end of channels -->"
MARK: Final = "::"
HEAD: Final = "| # | Channel | Asked by a person | Asked by a homeserver | What does show |\n|---|---|---|---|---|"


def filled(page: str) -> str:
    """The page with the table as it should be."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{HEAD}\n" + "\n".join(map(_row, LEAKS)) + f"\n{END}{after}"


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
