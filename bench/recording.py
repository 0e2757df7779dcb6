"""Runs commands and writes what they print, with the commit and the machine, into ``docs/``: what figures rest on."""

import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]


def record(name: str, commands: Mapping[str, Sequence[str]], env: Mapping[str, str] | None = None) -> list[str]:
    """Run them one after the other; print and keep what they say in ``docs/NAME.txt``; gives those that failed."""
    pages = [f"commit {_commit()}, {datetime.now(UTC):%Y-%m-%d}", _machine()]
    failed = []
    for title, command in commands.items():
        said = []
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, **(env or {})}
        ) as process:
            for line in process.stdout or ():
                sys.stdout.write(line)
                said.append(line)
        if process.returncode:
            failed.append(title)
        pages.append(f"\n== {title}\n\n{''.join(said).strip()}")
    (ROOT / "docs" / f"{name}.txt").write_text("\n".join(pages) + "\n", encoding="utf-8")
    return failed


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
