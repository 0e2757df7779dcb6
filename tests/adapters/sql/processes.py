"""What the tests of several processes run in each of them: ``python -m tests.adapters.sql.processes JOB URL …``."""

import asyncio
import os
import signal
import sys

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.ports.store import IncomingEvent
from tests.fakes.clock import START

WHO = "@counter:corp.test"


async def count_up(store: SqlStore, times: str) -> None:
    """Read, add one, write back."""
    for _ in range(int(times)):
        async with store.work() as work:
            present = int(await work.preferences.get(WHO, "n") or "0")
            await work.preferences.put(WHO, "n", str(present + 1))


async def accept(store: SqlStore, transactions: str) -> None:
    """Take the same transactions as the other processes; tell how many events were new."""
    new = 0
    for number in range(int(transactions)):
        events = [IncomingEvent(f"${number * 5 + index}", "!room", b"{}") for index in range(10)]
        new += await store.accept(str(number), events, START)
    sys.stdout.write(f"{new}\n")


async def lease(store: SqlStore, holder: str) -> None:
    """Try for the one lease; tell whether it was had."""
    async with store.work() as work:
        sys.stdout.write(f"{await work.leases.take('reconcile', holder, now=START, seconds=60)}\n")


async def die_inside(store: SqlStore, values: str) -> None:
    """Write many values in one unit of work and be killed before it ends."""
    async with store.work() as work:
        for number in range(int(values)):
            await work.preferences.put(WHO, f"key{number}", "half")
        await work.inbox.finish([1, 2, 3], START)
        os.kill(os.getpid(), signal.SIGKILL)


async def accept_for_ever(store: SqlStore, size: str) -> None:
    """Take transactions and tell each number once it is stored, until somebody ends this."""
    number = 0
    while True:
        number += 1
        events = [IncomingEvent(f"${number}.{index}", "!room", b"x" * 300) for index in range(int(size))]
        await store.accept(str(number), events, START)
        os.write(1, f"{number}\n".encode())


JOBS = {job.__name__: job for job in (count_up, accept, lease, die_inside, accept_for_ever)}


async def main(job: str, url: str, argument: str) -> None:
    store = await open_store(url, DataKeySealer(bytes(32)), busy_seconds=30)
    await JOBS[job](store, argument)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
