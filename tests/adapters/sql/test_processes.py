"""Several processes on one database, and processes that are killed: nothing lost, nothing twice, nothing half."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.ports.store import IncomingEvent
from tests.adapters.sql.processes import WHO
from tests.fakes.clock import START

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shared_url(request: pytest.FixtureRequest, url: str) -> str:
    return url if request.param == "sqlite" else str(request.getfixturevalue("postgres").new_database())


@pytest.fixture
async def store(shared_url: str, sealer: DataKeySealer) -> AsyncIterator[SqlStore]:
    store = await open_store(shared_url, sealer)
    yield store
    await store.close()


async def start(*words: str) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "tests.adapters.sql.processes", *words]
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


async def outputs(*processes: asyncio.subprocess.Process) -> list[str]:
    results = await asyncio.gather(*(process.communicate() for process in processes))
    for process, (_, complaints) in zip(processes, results, strict=True):
        assert process.returncode == 0, complaints.decode()
    return [out.decode().strip() for out, _ in results]


async def test_three_processes_that_read_and_write_back_lose_nothing(store: SqlStore, shared_url: str) -> None:
    await outputs(*[await start("count_up", shared_url, "100") for _ in range(3)])
    async with store.view() as view:
        assert await view.preferences.get(WHO, "n") == "300"


async def test_two_processes_given_the_same_transactions_take_each_event_once(store: SqlStore, shared_url: str) -> None:
    counts = await outputs(*[await start("accept", shared_url, "100") for _ in range(2)])
    assert sum(map(int, counts)) == 505
    async with store.view() as view:
        entries = await view.inbox.waiting(after=0, limit=1000)
    assert len({entry.event_id for entry in entries}) == len(entries) == 505


async def test_two_processes_that_want_a_lease_get_it_one_of_them(store: SqlStore, shared_url: str) -> None:
    assert sorted(await outputs(*[await start("lease", shared_url, name) for name in ("one", "two")])) == [
        "False",
        "True",
    ]


async def test_a_process_killed_inside_a_unit_of_work_leaves_nothing_of_it(store: SqlStore, shared_url: str) -> None:
    await store.accept("1", [IncomingEvent(f"${number}", "!room", b"{}") for number in range(5)], START)
    killed = await start("die_inside", shared_url, "50")
    await killed.communicate()
    assert killed.returncode == -9
    async with store.work() as work:
        assert [await work.preferences.get(WHO, f"key{number}") for number in range(50)] == [None] * 50
        counts = await work.inbox.counts()
    assert (counts.waiting, counts.handled) == (5, 0)


async def test_a_process_killed_while_accepting_keeps_every_transaction_it_told_of(
    store: SqlStore, shared_url: str
) -> None:
    size = 20
    accepting = await start("accept_for_ever", shared_url, str(size))
    assert accepting.stdout is not None
    told = [int(await accepting.stdout.readline()) for _ in range(40)]
    accepting.kill()
    rest, _ = await accepting.communicate()
    told += [int(line) for line in rest.splitlines()]
    async with store.view() as view:
        entries = await view.inbox.waiting(after=0, limit=100_000)
    assert len(entries) % size == 0
    assert told[-1] * size <= len(entries) <= (told[-1] + 1) * size
    assert await store.accept(str(told[-1]), [IncomingEvent("$new", "!room", b"{}")], START) == 1
    assert await store.accept("again", [IncomingEvent(f"${told[-1]}.0", "!room", b"{}")], START) == 0
