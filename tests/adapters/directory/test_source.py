from pathlib import Path

import pytest

from bridge.adapters.directory import source as module
from bridge.adapters.directory.source import LARGE, directory_source
from bridge.domain.problems import InvalidInput
from tests.adapters.directory.reading import GOOD, SERVER


def write(folder: Path, text: str, kind: str) -> Path:
    path = folder / f"directory.{kind}"
    path.write_text(text)
    return path


async def test_a_small_file_is_read_here(tmp_path: Path) -> None:
    source = directory_source("yaml", write(tmp_path, GOOD, "yaml"), server_name=SERVER)
    assert await source.read() == source.file.read_now()


async def test_a_file_is_large_by_its_size_and_one_that_cannot_be_read_is_small(tmp_path: Path) -> None:
    source = directory_source("json", write(tmp_path, " " * LARGE, "json"), server_name=SERVER)
    assert source.is_large()
    write(tmp_path, " " * (LARGE - 1), "json")
    assert not source.is_large()
    source.file.path.unlink()
    assert not source.is_large()


async def test_an_unchanged_file_is_not_read_again_and_a_changed_one_is(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD, "yaml")
    source = directory_source("yaml", path, server_name=SERVER)
    first = await source.read()
    assert await source.read() is first
    path.write_text(GOOD.replace("Claire", "Clara"))
    second = await source.read()
    assert second.stamp != first.stamp
    assert second.directory.people["0123"].name == "Clara"


async def test_a_file_that_went_bad_raises_although_it_was_good_before(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD, "yaml")
    source = directory_source("yaml", path, server_name=SERVER)
    await source.read()
    path.write_text("")
    with pytest.raises(InvalidInput, match="This file is empty"):
        await source.read()
    path.unlink()
    with pytest.raises(InvalidInput, match="This file does not exist"):
        await source.read()


def test_the_port_is_kept() -> None:
    from bridge.ports.directory import DirectorySource

    source: DirectorySource = module.directory_source("yaml", Path("x"), server_name=SERVER)
    assert source
