from pathlib import Path
from typing import Final

import pytest

from bridge.adapters.time import SystemClock
from bridge.app.sources import source_of
from bridge.app.wiring import assembly
from bridge.config.loading import load_config
from bridge.services.truth import DirectoryKeeper
from tests.app.lines import DONE, FAILED, call, project

pytestmark = pytest.mark.terminal

TO_DO: Final = 3
BEFORE: Final = """\
people:
  - {id: "1", user: "@ann:corp.example", name: Ann}
  - {id: "2", user: "@bob:corp.example", name: Bob}
groups:
  - {id: sales, name: Sales, owners: ["1"], members: ["1", "2"]}
"""
OFF: Final = BEFORE.replace("name: Bob", "name: Bob, active: no")
AFTER: Final = OFF.replace('members: ["1", "2"]', 'members: ["1"]').replace("name: Ann", "name: Anna")


async def read_once(folder: Path) -> None:
    """Make what the directory says now the last good reading."""
    config = load_config(folder / "config.yaml", {})
    clock = SystemClock()
    async with assembly(config, bots=frozenset()) as parts:
        await DirectoryKeeper(source=source_of(config, clock), store=parts.store, clock=clock).read(keep=True)


async def test_what_the_directory_says_otherwise_is_told_and_not_kept(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "directory.yaml").write_text(BEFORE)
    never = await call(folder, "directory", "diff")
    assert (never.code, never.out) == (FAILED, "")
    assert "has not been read yet" in never.err
    await read_once(folder)
    same = await call(folder, "directory", "diff")
    assert same.code == DONE
    assert "those of the last good reading" in same.out
    (folder / "directory.yaml").write_text(AFTER)
    for _ in range(2):
        other = await call(folder, "directory", "diff")
        assert other.code == TO_DO
        assert "Gone from Sales" in other.out
        assert "People who are switched off" in other.out
        assert "Ann → Anna" in other.out
