"""All that bots say to one person alone stands in ``docs/security.md``, with what it has to do with hidden groups."""

import re
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[2]
PAGE: Final = PROJECT / "docs" / "security.md"
SPEAKS: Final = re.compile(r"\.direct_room\(|\.conversation_with\(|cards\.say\(|cards\.send_card\(")
ROW: Final = re.compile(r"^\| .* \| .* \| .* \| (`bots/.*`) \| `(test_\w+)` \|$", re.MULTILINE)
CARRIERS: Final = {"bots/kit/cards.py"}
"""What others speak through."""


def rows() -> list[tuple[str, str]]:
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_whatever_speaks_to_one_person_alone_has_a_row() -> None:
    listed = {name for files, _ in rows() for name in re.findall(r"`([^`]+)`", files)}
    speaking = {
        str(path.relative_to(PROJECT))
        for path in (PROJECT / "bots").rglob("*.py")
        if SPEAKS.search(path.read_text(encoding="utf-8"))
    }
    assert speaking - listed - CARRIERS == set(), "say in docs/security.md what brings it, and what covers it"
    assert [name for name in sorted(listed) if not (PROJECT / name).is_file()] == []


def test_every_row_names_a_test_that_is_there() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (PROJECT / "tests").rglob("test_*.py")]
    missing = [name for _, name in rows() if not any(f"def {name}(" in text for text in texts)]
    assert missing == []
