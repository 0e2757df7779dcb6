"""How long it takes to rank for everybody in a large company, and how much memory: ``python -m bench digest-scale``.

By default 10 million messages of half a year, 2,000 groups, 100,000 readers, in SQLite, on one core. ``--messages``,
``--groups``, ``--people`` make it smaller, ``--readers`` ranks for some alone, ``--database`` keeps what was made.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from bench.digest.large import KEY, UNTIL, WEEKS, group_id, user_id
from bridge.adapters.ranking.source import shipped_weights
from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import open_store
from bridge.app.memory import settle_memory
from bridge.domain.activity import WEEK, moment_of
from bridge.rules.ranking.memory import Memory
from bridge.rules.ranking.ranking import Ranking
from bridge.services.digests.gathering import BEST

ROOT: Final = Path(__file__).parents[2]
SHOWN: Final = 5
STEPS: Final = 10
"""Parts of the readers, to see whether a reader costs the same in each."""
DAY: Final = timedelta(days=1)
MINUTES: Final = 5.0
MIB: Final = 1024


@dataclass(slots=True)
class Watch:
    """Time by the clock and by the processor: the second counts where others use the machine, too."""

    spent: float = 0.0
    _begun: float = field(default_factory=time.monotonic)
    _used: float = field(default_factory=time.process_time)

    def tell(self, what: str) -> float:
        """Since the last time; gives seconds of the processor."""
        now, used = time.monotonic(), time.process_time()
        seconds, clock = used - self._used, now - self._begun
        self._begun, self._used, self.spent = now, used, self.spent + seconds
        print(f"{what}: {seconds:.1f} s of the processor, {clock:.1f} s by the clock, {peak():.0f} MiB", flush=True)
        return seconds


def peak() -> float:
    """The most memory so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def pace() -> float:
    """Milliseconds that a loop takes: what other work on the machine does to everything else, too."""
    begun, total = time.process_time(), 0
    for number in range(1_000_000):
        total += number
    return 1000 * (time.process_time() - begun)


async def remembered(path: Path) -> tuple[Memory, dict[str, list[str]]]:
    """Half a year, day by day; and which threads of each group were written in during the last week."""
    store = await open_store(f"sqlite:///{path}", DataKeySealer(KEY))
    memory, end = Memory(UNTIL), moment_of(UNTIL)
    lively: dict[str, dict[str, None]] = defaultdict(dict)
    day = end - timedelta(weeks=WEEKS)
    async with store.view() as view:
        while day < end:
            posts = await view.activity.posts(day, day + DAY)
            memory.remember(posts)
            for post in posts:
                if post.minute >= UNTIL - WEEK:
                    lively[post.group][post.thread] = None
            day += DAY
    await store.close()
    return memory, {group: list(threads) for group, threads in lively.items()}


@dataclass(frozen=True, slots=True)
class Offer:
    """What readers choose from, as ``services/digests/gathering`` bounds it: the most appealing threads of each group,
    and those that concern them."""

    best: Mapping[str, Sequence[str]]
    personal: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, ranking: Ranking, lively: Mapping[str, Sequence[str]]) -> "Offer":
        """Of the threads of the last week, by group."""
        personal: dict[str, list[str]] = defaultdict(list)
        for thread in (thread for threads in lively.values() for thread in threads):
            for person in ranking.concerned(thread):
                personal[person].append(thread)
        best = {group: sorted(threads, key=ranking.appeal)[-BEST:] for group, threads in lively.items()}
        return cls(best, personal)


def rank(ranking: Ranking, offer: Offer, readers: Sequence[tuple[str, list[str]]]) -> int:
    """For these readers and their groups; how many threads they could choose from."""
    offered = 0
    for user, groups in readers:
        best = (thread for group in groups for thread in offer.best.get(group, ()))
        candidates = {*best, *offer.personal.get(user, ())}
        ranking.pick(ranking.reader(user, frozenset(groups)), candidates, SHOWN)
        offered += len(candidates)
    return offered


def main() -> int:
    """Make the company, read it, rank for everybody; 1 when it took too long or too much."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=10_000_000)
    parser.add_argument("--groups", type=int, default=2_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--readers", type=int, default=0, help="rank for so many alone")
    parser.add_argument("--database", type=Path, help="made if it is not there, and kept")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.database or Path(folder) / "company.db"
        if not path.exists():
            size = map(str, (chosen.messages, chosen.groups, chosen.people))
            subprocess.run([sys.executable, "-m", "bench.digest.company", str(path), *size], check=True, cwd=ROOT)
        print(f"database: {path.stat().st_size / 2**20:,.0f} MiB")
        return judge(path, chosen.readers)


def judge(path: Path, few: int) -> int:
    """Read and rank; what it took against the limits."""
    numbers = json.loads(path.with_suffix(".json").read_text())
    people = [(user_id(number), [group_id(one) for one in groups]) for number, groups in enumerate(numbers, start=1)]
    readers = people[: few or len(people)]
    settle_memory()
    print(f"a million steps of a loop: {pace():.0f} ms of the processor")
    watch = Watch()
    memory, lively = asyncio.run(remembered(path))
    watch.tell(f"read {len(memory.threads):,} threads")
    ranking, offered, parts = Ranking(memory, shipped_weights()), 0, []
    offer = Offer.of(ranking, lively)
    watch.tell("chose the best of each group")
    for step in range(STEPS):
        some = readers[step * len(readers) // STEPS : (step + 1) * len(readers) // STEPS]
        offered += rank(ranking, offer, some)
        parts.append(watch.tell(f"ranked for {len(some):,}") / max(1, len(some)))
    print(f"{offered / len(readers):.0f} threads for each, {1000 * sum(parts) / STEPS:.2f} ms for each")
    print(f"a million steps of a loop: {pace():.0f} ms of the processor")
    print(f"the dearest part of the readers against the cheapest: {max(parts) / min(parts):.2f}")
    minutes, mib = watch.spent / 60, peak()
    held = minutes <= MINUTES and mib <= MIB
    print(f"{minutes:.1f} minutes of the processor (limit {MINUTES:.0f}), {mib:.0f} MiB (limit {MIB})", end=": ")
    print("held" if held else "MISSED")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
