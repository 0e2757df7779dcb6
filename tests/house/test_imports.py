"""The arrows of ARCHITECTURE.md, held by import-linter, and a few habits of the house."""

import subprocess
import sys
from pathlib import Path

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


def test_a_file_is_about_one_idea() -> None:
    assert [path for path in SOURCES if len(path.read_text(encoding="utf-8").splitlines()) > 300] == []


def test_packages_open_without_running_code() -> None:
    opened = [path for path in SOURCES if path.name == "__init__.py" and path.parts[len(ROOT.parts)] != "deploy"]
    assert opened
    assert [path for path in opened if path.read_text(encoding="utf-8").strip()] == []
