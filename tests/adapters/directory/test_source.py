import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.adapters.directory import source as module
from bridge.adapters.directory.apart import read_apart
from bridge.adapters.directory.source import LARGE, directory_source
from bridge.domain.errors import ParvisError
from bridge.domain.problems import InvalidInput
from bridge.ports.directory import Reading
from tests.adapters.directory.reading import GOOD, SERVER


def large(problem: str = "ann") -> str:
    """A JSON directory beyond the size that is read apart, with hidden groups."""
    people = [{"id": "ann", "user": "@ann:corp.example"}]
    people += [{"id": f"p{n}", "user": f"@p{n}:corp.example", "name": "x" * 200} for n in range(LARGE // 220)]
    members = [str(person["id"]) for person in people]
    group = {"id": "all", "name": {"fr": "Tous"}, "visibility": "hidden", "owners": ["ann"], "members": members}
    return json.dumps({"people": people, "groups": [group, {"id": "x", "name": "X", "owners": [problem]}]})


def write(folder: Path, text: str, kind: str) -> Path:
    path = folder / f"directory.{kind}"
    path.write_text(text)
    return path


async def test_a_small_file_is_read_here(tmp_path: Path) -> None:
    source = directory_source("yaml", write(tmp_path, GOOD, "yaml"), server_name=SERVER)
    assert await source.read() == source.file.read_now()


async def test_a_large_file_is_read_in_another_process_with_the_same_answer(tmp_path: Path) -> None:
    source = directory_source("json", write(tmp_path, large(), "json"), server_name=SERVER)
    reading = await source.read()
    assert reading == source.file.read_now()
    assert "every user of this machine can read it" in str(reading.warnings[0])


async def test_the_problems_of_a_large_file_come_back_with_their_lines(tmp_path: Path) -> None:
    source = directory_source("json", write(tmp_path, large(problem="anne"), "json"), server_name=SERVER)
    with pytest.raises(InvalidInput) as caught:
        await source.read()
    (problem,) = [problem for problem in caught.value.problems if not problem.warning]
    assert str(problem).endswith("directory.json:1: groups[1].owners[0]: There is no person anne; did you mean ann?")


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


@dataclass(frozen=True)
class Dying:
    """A source whose process dies on the way."""

    def read_now(self) -> Reading:
        os._exit(9)


@dataclass(frozen=True)
class Endless:
    """A source that never answers; ``started`` is a pipe that it opens first."""

    started: Path

    def read_now(self) -> Reading:
        self.started.write_text(str(os.getpid()))
        os.read(os.pipe()[0], 1)
        raise AssertionError


async def test_a_child_that_dies_is_an_error_that_may_pass() -> None:
    with pytest.raises(ParvisError, match="the process that reads it died"):
        await read_apart(Dying())


async def test_a_cancelled_reading_leaves_no_process_behind(tmp_path: Path) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    reading = asyncio.create_task(read_apart(Endless(started)))
    child = int(await asyncio.to_thread(started.read_text))
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_the_port_is_kept() -> None:
    from bridge.ports.directory import DirectorySource

    source: DirectorySource = module.directory_source("yaml", Path("x"), server_name=SERVER)
    assert source
