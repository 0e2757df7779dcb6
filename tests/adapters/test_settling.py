"""A file that is being written is waited for, and half of one is never an answer."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.adapters.directory.source import directory_source
from bridge.adapters.policies.source import PolicyFile, PolicyFileSource
from bridge.adapters.settling import CALM, TRIES, calmly, trace_of
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.problems import InvalidInput
from tests.adapters.directory.reading import GOOD, SERVER
from tests.fakes.clock import START, FakeClock

PEOPLE = "id,name\nann,Ann\n"


def written(path: Path, text: str, *, ago: float = 0.0) -> None:
    """Write as a program does that has the fake clock's time."""
    path.write_text(text)
    moment = (START - timedelta(seconds=ago)).timestamp()
    os.utime(path, (moment, moment))


class Writer:
    """Appends a line whenever somebody waits, until nothing is left to write."""

    def __init__(self, path: Path, clock: FakeClock, lines: list[str]) -> None:
        self.path, self.clock, self.lines = path, clock, lines
        clock.before_sleep = self.write

    async def write(self, _: float) -> None:
        if self.lines:
            self.path.write_text(self.path.read_text() + self.lines.pop(0))
            now = (self.clock.now() + timedelta(seconds=CALM / 2)).timestamp()
            os.utime(self.path, (now, now))


async def test_a_table_that_is_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    """Each of its beginnings would be a good table, of fewer people."""
    path, clock = tmp_path / "people.csv", FakeClock(eager=True)
    written(path, PEOPLE)
    Writer(path, clock, [f"p{number},P\n" for number in range(5)])
    reading = await directory_source("csv", path, server_name=SERVER, clock=clock).read()
    assert len(reading.directory.people) == 6


async def test_a_file_that_is_written_without_a_pause_is_no_answer(tmp_path: Path) -> None:
    path, clock = tmp_path / "people.csv", FakeClock(eager=True)
    written(path, PEOPLE)
    Writer(path, clock, [f"p{number},P\n" for number in range(3 * TRIES)])
    with pytest.raises(ParvisError, match=r"people\.csv is being written without a pause") as error:
        await directory_source("csv", path, server_name=SERVER, clock=clock).read()
    assert error.value.kind is ErrorKind.TEMPORARY


async def test_nobody_waits_for_a_file_that_was_left_alone(tmp_path: Path) -> None:
    path, clock = tmp_path / "directory.yaml", FakeClock()
    written(path, GOOD, ago=CALM)
    source = directory_source("yaml", path, server_name=SERVER, clock=clock)
    assert (await source.read()).directory.people
    written(path, GOOD, ago=-3600)
    assert (await source.read()).directory.people, "another clock's time says nothing"


async def test_a_file_that_is_replaced_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    path, clock, readings = tmp_path / "x", FakeClock(eager=True), list[str]()
    written(path, "old", ago=60)

    async def read() -> str:
        readings.append(path.read_text())
        if len(readings) == 1:
            written(tmp_path / "y", "new", ago=60)
            (tmp_path / "y").replace(path)
            raise InvalidInput([])
        return readings[-1]

    assert await calmly(read, (path,), clock) == "new"
    assert readings == ["old", "new"]


async def test_a_file_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path, clock = tmp_path / "directory.yaml", FakeClock()
    written(path, "people: 5", ago=60)
    with pytest.raises(InvalidInput):
        await directory_source("yaml", path, server_name=SERVER, clock=clock).read()
    path.unlink()
    with pytest.raises(InvalidInput, match="does not exist"):
        await directory_source("yaml", path, server_name=SERVER, clock=clock).read()


async def test_the_policy_file_is_waited_for_too(tmp_path: Path) -> None:
    """Half of one could open a room."""
    path, clock = tmp_path / "policies.yaml", FakeClock(eager=True)
    written(path, "groups:\n  sales: {visibility: hidden}\n")
    Writer(path, clock, ["  deal: {visibility: hidden}\n"])
    policy = (await PolicyFileSource(PolicyFile(path), clock).read()).policy
    assert set(policy.groups) == {"sales", "deal"}


def test_whatever_happens_to_a_file_changes_its_trace(tmp_path: Path) -> None:
    path, other = tmp_path / "people.csv", tmp_path / "other"
    written(path, PEOPLE)
    traces = [trace_of([path])]
    written(path, PEOPLE, ago=1)
    traces.append(trace_of([path]))
    written(path, PEOPLE + "\n", ago=1)
    traces.append(trace_of([path]))
    written(other, PEOPLE + "\n", ago=1)
    other.replace(path)
    traces.append(trace_of([path]))
    path.unlink()
    traces.append(trace_of([path]))
    assert len(set(traces)) == 5


def test_a_link_that_is_turned_to_another_file_changes_its_trace(tmp_path: Path) -> None:
    """As configuration is replaced in containers."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        written(tmp_path / name / "people.csv", PEOPLE)
    link = tmp_path / "data"
    link.symlink_to(tmp_path / "one")
    before = trace_of([link / "people.csv"])
    link.unlink()
    link.symlink_to(tmp_path / "two")
    assert trace_of([link / "people.csv"]) != before
