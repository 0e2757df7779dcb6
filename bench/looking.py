"""Looking at the largest world from a running event loop: how long the loop waits, how long it takes, what memory.

``python -m bench.looking [--size 200000/30000] [--folder DIR]``. Two situations, as in ``planning``: no room exists
yet, and everything is in step but for a hundred changes. A ticker asks for its turn every millisecond; processor time
between two turns is what we did, wall time also what else the machine did. The floor is that of ``planning``, where
the limit of time is judged too: a look is also the child's start, the projection from the store, and the way back.
"""

import argparse
import asyncio
import json
import pickle
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.planning import SITUATIONS, generator, make, run
from bench.planning_worker import BOT, HOUSE, SERVER, TODAY
from bridge.adapters.directory.files import DirectoryFile, Format
from bridge.adapters.sealing import DataKeySealer, generate_key, key_from_text
from bridge.adapters.sql.store import open_store
from bridge.app.apart.looking import Apart, NamedPlace, Task
from bridge.domain.viewers import alone
from bridge.planning.plan import Brake
from bridge.services.groups import Groups
from bridge.services.looking import Errand
from bridge.services.showing import plan_document
from bridge.services.society import Society
from bridge.services.world import World

STALL_LIMIT_MS: Final = 50
MEMORY_LIMIT_MIB: Final = 1024
TICK: Final = 0.001

Figures = dict[str, Any]


async def fill(folder: Path, situation: str) -> Task:
    """A store whose projection holds the rooms of the situation, and the task of looking at it."""
    key = generate_key()
    database = f"sqlite:///{folder / situation}.db"
    store = await open_store(database, DataKeySealer(key_from_text(key)))
    actual, bindings = pickle.loads((folder / f"ours-{situation}.pickle").read_bytes())
    async with store.work() as work:
        for ref, binding in bindings.items():
            await work.rooms.intend(ref, binding.marker)
            await work.rooms.bind(ref, binding.room_id, binding.version)
            await work.rooms.replace(actual[ref], at=datetime.now(UTC))
            if actual[ref].told:
                await work.rooms.told(ref, actual[ref].told)
    await store.close()
    file = DirectoryFile(format=Format.JSON, path=folder / "parvis.json", server_name=SERVER)
    return Task(
        places=(NamedPlace(name="", called=file.path.name, place=file),),
        database=database,
        data_key=key,
        house=HOUSE,
        brake=Brake(),
        bot=BOT,
    )


class Ticker:
    """Takes a turn every millisecond and remembers the longest waits, in seconds."""

    def __init__(self) -> None:
        self.figures: dict[str, Figures] = {}
        self._waited, self._busy = 0.0, 0.0

    @asynccontextmanager
    async def during(self, name: str) -> AsyncIterator[None]:
        """Watch what happens in the block."""
        self._waited, self._busy = 0.0, 0.0
        ticking = asyncio.create_task(self._tick())
        await asyncio.sleep(0)
        begin, children = time.perf_counter(), _children()
        yield
        await asyncio.sleep(0.01)
        ticking.cancel()
        self.figures[name] = {
            "seconds": round(time.perf_counter() - begin, 2),
            "child_cpu": round(_children() - children, 2),
            "stall_ms": round(self._waited * 1000, 1),
            "stall_cpu_ms": round(self._busy * 1000, 1),
        }

    async def _tick(self) -> None:
        wall, busy = time.perf_counter(), time.thread_time()
        while True:
            await asyncio.sleep(TICK)
            now, worked = time.perf_counter(), time.thread_time()
            self._waited, self._busy = max(self._waited, now - wall - TICK), max(self._busy, worked - busy)
            wall, busy = now, worked


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def measure(task: Task) -> Figures:
    """Look once and again, and after somebody has left; then what people ask for."""
    ticker, apart = Ticker(), Apart(task)
    async with ticker.during("first"):
        world = await apart.look(Errand(today=TODAY, keep=True))
    actions = sum(1 for _ in world.plan.actions)
    async with ticker.during("again"):
        world = await apart.look(Errand(today=TODAY, keep=True))
    assert isinstance(task.places[0].place, DirectoryFile)
    _somebody_leaves(task.places[0].place.path)
    async with ticker.during("changed"):
        world = await apart.look(Errand(today=TODAY + timedelta(days=1), keep=True))
    await ask(world, task, ticker)
    return {
        "actions": actions,
        "steps": ticker.figures,
        "mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "child_mib": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    }


async def ask(world: World, task: Task, ticker: Ticker) -> None:
    """What commands in chat do with a world."""
    store = await open_store(task.database, DataKeySealer(key_from_text(task.data_key)))
    society = Society(
        store=store,
        world=lambda: world,
        server_name=SERVER,
        admins=frozenset({BOT}),
        ours=frozenset({BOT}),
        default_language="en",
    )
    groups = Groups(society=society, server_name=SERVER)
    insider = alone(next(iter(world.facts.accounts)))
    group = next(iter(world.facts.directory.groups.values()))
    async with ticker.during("!group list"):
        await groups.visible(insider)
    async with ticker.during("!group list by a stranger"):
        await groups.visible(alone("@nobody:evil.test"))
    async with ticker.during("!group show"):
        await groups.find(insider, group.name.en)
    async with ticker.during("rights and language"):
        await society.roles_of(insider.asker)
        await society.language_of(insider.asker)
    async with ticker.during("!plan"):
        access = society.gate(world)
        plan_document(world.plan.seen_by(access.compartments(insider)), world.facts, apply="!apply")
    await store.close()


def _somebody_leaves(path: Path) -> None:
    content = path.read_text()
    path.write_text(content.replace('"active":true', '"active":false', 1))


def compare(folder: Path, situation: str) -> Figures:
    """One line: the floor first, then ours, each in a process of its own."""
    floor = json.loads(run("bench.floor_planning", folder / "parvis.json", folder / f"floor-{situation}.pickle"))
    task = asyncio.run(fill(folder, situation))
    (folder / "task.pickle").write_bytes(pickle.dumps(task))
    ours: Figures = json.loads(run("bench.looking", "--measure", folder / "task.pickle"))
    ours |= {"situation": situation, "floor_seconds": round(floor["seconds"], 2)}
    ours["ratio"] = round(ours["steps"]["first"]["seconds"] / floor["seconds"], 2)
    print(json.dumps(ours, indent=1), flush=True)
    return ours


def within(ours: Figures) -> bool:
    """Whether all limits were kept; the machine may be busy, so our own processor time counts, not the wait."""
    stall = max(step["stall_cpu_ms"] for step in ours["steps"].values())
    memory = max(ours["mib"], ours["child_mib"])
    return bool(stall <= STALL_LIMIT_MS and memory <= MEMORY_LIMIT_MIB)


def main() -> int:
    """Measure both situations; 1 when a limit is broken, 2 when make_directory.py is not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="200000/30000")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(asyncio.run(measure(pickle.loads(options.measure.read_bytes())))))
        return 0
    script = generator()
    if script is None:
        print("make_directory.py not found: set PARVIS_SHARED", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(options.size, folder, script)
        kept = [within(compare(folder, situation)) for situation in SITUATIONS]
    print("limits:", "kept" if all(kept) else "BROKEN")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
