"""Asks journeys that failed in a whole run once more, alone: ``python -m tests.support.once_more``, for CI.

Many servers share a CI machine with everything else that runs there, and a journey that was overtaken is told from one
that is broken by this. Both are printed: one that passes alone only is a fault to be mended, of the journey or of what
it tries. Nothing else gets a second chance.
"""

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import pytest

CACHE: Final = Path(".pytest_cache/v")
JOURNEYS: Final = "tests/e2e/"
FEW: Final = 2
"""Files with a failure: where more failed, something is broken."""


def may_be_asked_again(failed: Collection[str], run: dict[str, Any]) -> bool:
    """Whether failed journeys, in few files, are all that was wrong with a run."""
    files = {test.partition("::")[0] for test in failed}
    only_tests = run.get("exit") == pytest.ExitCode.TESTS_FAILED and not run.get("unlisted")
    return only_tests and 0 < len(files) <= FEW and all(file.startswith(JOURNEYS) for file in files)


def kept(name: str) -> Any:
    """What the last run left in pytest's cache under this name."""
    file = CACHE / name
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def main() -> int:
    """The exit code of the second run; 1 where there is none."""
    failed = sorted(kept("cache/lastfailed"))
    if not may_be_asked_again(failed, kept("parvis/run")):
        return 1
    sys.stderr.write("\n  ".join(["\nFailed beside everything else, asked once more alone:", *failed]) + "\n")
    return subprocess.run([sys.executable, "-m", "pytest", *failed], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
