"""The arrows of ARCHITECTURE.md, held by import-linter, and a few habits of the house."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("bridge", "bots", "deploy", "bench") for path in (ROOT / folder).rglob("*.py"))


def test_the_arrows_of_the_house_point_down() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_about_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", sorted(ROOT.glob("b*/**/__init__.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_packages_open_without_running_code(path: Path) -> None:
    assert not path.read_text(encoding="utf-8").strip()
