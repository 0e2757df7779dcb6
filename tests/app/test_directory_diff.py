from pathlib import Path
from typing import Final

import pytest

from bridge.adapters.time import SystemClock
from bridge.app.sources import source_of
from bridge.app.wiring import assembly
from bridge.config.loading import load_config
from bridge.services.renamed import keep
from bridge.services.sources_read import begin
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


async def test_what_is_shown_stands_beside_the_reading_that_the_bridge_goes_by(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "directory.yaml").write_text(BEFORE)
    assert "The bridge has not read directory.yaml yet." in (await call(folder, "directory", "show")).said
    await read_once(folder)
    assert "The bridge read directory.yaml last on " in (await call(folder, "directory", "show")).said
    french = await call(folder, "directory", "show", "Sales", language="fr")
    assert "Dernière lecture de directory.yaml par la passerelle" in french.said
    config = load_config(folder / "config.yaml", {})
    async with assembly(config, bots=frozenset()) as parts:
        await begin(parts.store, "", parts.clock.now())
    assert "The bridge has been reading directory.yaml since " in (await call(folder, "directory", "show")).said


async def test_half_a_file_that_is_whole_in_form_is_told_by_what_it_held_before(tmp_path: Path) -> None:
    folder = project(tmp_path)
    people = [f'  - {{id: "{n}", user: "@p{n}:corp.example", name: P{n}}}\n' for n in range(12)]
    (folder / "directory.yaml").write_text("people:\n" + "".join(people))
    assert "gone since" not in (await call(folder, "directory", "check")).err
    await read_once(folder)
    assert "gone since" not in (await call(folder, "directory", "check")).err
    (folder / "directory.yaml").write_text("people:\n" + "".join(people[:6]))
    checked = await call(folder, "directory", "check")
    assert checked.code == DONE
    assert "6 of 12 people are gone since the last good reading. parvis directory diff says which." in checked.err


async def test_a_change_of_source_is_known_by_who_and_what_is_both_new_and_gone(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "directory.yaml").write_text(BEFORE)
    await read_once(folder)
    (folder / "directory.yaml").write_text(
        BEFORE.replace("id: sales", "id: cn=sales").replace('"1"', '"a"').replace('"2"', '"b"')
    )
    told = (await call(folder, "directory", "diff")).said
    assert "1 of the groups that are new is called like one that is gone." in told
    assert "is said with parvis group same." in told
    assert "2 of the people who are new have the accounts of people who are gone, and keep them" in told
    french = (await call(folder, "directory", "diff", language="fr")).said
    assert "parvis group same" in french
    assert "gone" not in french


async def test_what_is_said_to_be_the_group_of_before_is_neither_new_nor_gone(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "directory.yaml").write_text(BEFORE)
    await read_once(folder)
    config = load_config(folder / "config.yaml", {})
    async with assembly(config, bots=frozenset()) as parts, parts.store.work() as work:
        await keep(work, {"cn=sales": "sales"}, at=parts.clock.now())
    (folder / "directory.yaml").write_text(BEFORE.replace("id: sales", "id: cn=sales"))
    assert "those of the last good reading" in (await call(folder, "directory", "diff")).out


async def test_who_is_there_under_another_id_neither_comes_nor_goes_in_a_group_that_stays(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "directory.yaml").write_text(BEFORE)
    await read_once(folder)
    other = BEFORE.replace('"1"', '"a"').replace('"2"', '"b"').replace('members: ["a", "b"]', 'members: ["a"]')
    (folder / "directory.yaml").write_text(other)
    told = (await call(folder, "directory", "diff")).said
    assert "Come into Sales" not in told
    assert "Gone from Sales" in told
    assert "Bob" in told.partition("Gone from Sales")[2].splitlines()[0]
    assert "Ann" not in told.partition("Gone from Sales")[2].splitlines()[0]


async def test_new_groups_beside_ones_that_are_gone_could_be_these_under_another_name(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "directory.yaml").write_text(BEFORE)
    await read_once(folder)
    (folder / "directory.yaml").write_text(BEFORE.replace("id: sales, name: Sales", "id: vente, name: Vente"))
    told = (await call(folder, "directory", "diff")).said
    assert "1 group is gone and no new one is called like it." in told
    assert "say so before the bridge makes a room for it: parvis group same." in told
