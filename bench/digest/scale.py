"""What the digests of a large company take, and how much memory: ``python -m bench digest-scale``.

By default 10 million messages of half a year, 2,000 groups, 100,000 readers, in SQLite, on one core: all of it is read,
and for each reader a digest is ranked, composed and put into words, in both languages by turns. The homeserver alone is
not there: what is asked of it is answered at once (``around``). ``--messages``, ``--groups``, ``--people`` make it
smaller, ``--readers`` makes digests for some alone, ``--database`` keeps what was made.
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
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.digest.around import END, SERVER, Answering, world_of
from bench.digest.large import KEY
from bots.digest.preparing import Preparing, Told
from bots.digest.words import document_of
from bots.kit.rendering import Renderer
from bridge.adapters.language import Catalogues
from bridge.adapters.ranking.source import shipped_weights
from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import open_store
from bridge.adapters.time import SystemClock
from bridge.app.memory import settle_memory
from bridge.domain.digest import LENGTH, NO_TASTE, Digest, Taste, Week
from bridge.domain.messages import LANGUAGES
from bridge.services.digests.asking import Asking
from bridge.services.digests.digests import NOTHING_SHOWN, Digests
from bridge.services.digests.gathering import Gatherer
from bridge.services.society import Society
from bridge.services.world import World

ROOT: Final = Path(__file__).parents[2]
WEEK: Final = Week(END.date())
STEPS: Final = 10
"""Parts of the readers, to see whether a reader costs the same in each."""
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


@dataclass(frozen=True, slots=True)
class Composing:
    """``Digests`` with what it costs; ``seconds`` are those of the processor, by what was done."""

    digests: Digests
    seconds: dict[str, float]

    async def of(
        self, reader: str, week: Week, *, taste: Taste = NO_TASTE, shown: Told = NOTHING_SHOWN, secrets: bool = True
    ) -> Digest | None:
        """One digest; without ``secrets`` where there is one with a hidden group, which costs as much again."""
        begun = time.process_time()
        made = await self.digests.of(reader, week, taste=taste, shown=shown, secrets=secrets)
        self.seconds["ranked and composed"] += time.process_time() - begun
        return made

    async def of_room(
        self, group: str, week: Week, *, taste: Taste = NO_TASTE, shown: Told = NOTHING_SHOWN
    ) -> Digest | None:
        """That of a room, which nobody asks for here."""
        return await self.digests.of_room(group, week, taste=taste, shown=shown)

    def readers(self) -> list[str]:
        """Everybody."""
        return self.digests.readers()


@dataclass(frozen=True, slots=True)
class Press:
    """Makes digests as the bot does, and throws them away."""

    composing: Composing
    preparing: Preparing
    renderer: Renderer

    async def print(self, readers: Sequence[str]) -> int:
        """Digests for these, in words; gives how many items they tell."""
        told = 0
        for number, reader in enumerate(readers):
            prepared = await self.preparing.prepare(reader, WEEK)
            made = time.process_time()
            if prepared.digest is not None:
                told += len(prepared.digest.items)
                self.renderer.pages(document_of(prepared.digest), LANGUAGES[number % len(LANGUAGES)])
            self.composing.seconds["put into words"] += time.process_time() - made
        return told


@asynccontextmanager
async def press(path: Path, world: World) -> AsyncIterator[Press]:
    """One for the company of a database."""
    store, clock = await open_store(f"sqlite:///{path}", DataKeySealer(KEY)), SystemClock()
    society = Society(store=store, world=lambda: world, server_name=SERVER, admins=frozenset(), ours=frozenset(),
                      default_language="en")  # fmt: skip
    gatherer = Gatherer(store=store, weights=shipped_weights())
    asking = Asking(conversations=Answering(), clock=clock)
    digests = Digests(society=society, gatherer=gatherer, asking=asking, clock=clock)
    composing = Composing(digests, defaultdict(float))
    preparing = Preparing(contents=composing, store=store, clock=clock, length=LENGTH)
    try:
        yield Press(composing, preparing, Renderer(Catalogues.load()))
    finally:
        await store.close()


async def judge(path: Path, few: int) -> int:
    """Make all digests; what it took against the limits: 0 where it held, else 1."""
    world = world_of(json.loads(path.with_suffix(".json").read_text()))
    settle_memory()
    print(f"a million steps of a loop: {pace():.0f} ms of the processor, {peak():.0f} MiB")
    watch, told, parts = Watch(), 0, []
    async with press(path, world) as one:
        await one.print(one.composing.readers()[:1])
        reading = watch.tell("half a year was read")
        one.composing.seconds.clear()
        readers = one.composing.readers()[: few or None]
        for step in range(STEPS):
            some = readers[step * len(readers) // STEPS : (step + 1) * len(readers) // STEPS]
            told += await one.print(some)
            parts.append(watch.tell(f"{len(some):,} digests") / max(1, len(some)))
    done = one.composing.seconds
    chosen = watch.spent - reading - sum(done.values())
    print(", ".join(f"{what}: {seconds:.1f} s" for what, seconds in done.items()), end="; ")
    print(f"asking the store what each reader chose, as for sending: {chosen:.1f} s")
    print(f"{told / len(readers):.1f} items, {1000 * sum(parts) / STEPS:.2f} ms for each of {len(readers):,} readers")
    print(f"a million steps of a loop: {pace():.0f} ms of the processor")
    print(f"the dearest part of the readers against the cheapest: {max(parts) / min(parts):.2f}")
    minutes, mib = (watch.spent - chosen) / 60, peak()
    held = minutes <= MINUTES and mib <= MIB
    print(f"read, ranked, composed, worded: {minutes:.1f} minutes of the processor (limit {MINUTES:.0f}),", end=" ")
    print(f"{mib:.0f} MiB (limit {MIB})", end=": ")
    print("held" if held else "MISSED")
    return 0 if held else 1


def main() -> int:
    """Make the company, then its digests; 1 when they took too long or too much."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=10_000_000)
    parser.add_argument("--groups", type=int, default=2_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--readers", type=int, default=0, help="digests for so many alone")
    parser.add_argument("--database", type=Path, help="made if it is not there, and kept")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.database or Path(folder) / "company.db"
        if not path.exists():
            size = map(str, (chosen.messages, chosen.groups, chosen.people))
            subprocess.run([sys.executable, "-m", "bench.digest.company", str(path), *size], check=True, cwd=ROOT)
        print(f"database: {path.stat().st_size / 2**20:,.0f} MiB")
        return asyncio.run(judge(path, chosen.readers))


if __name__ == "__main__":
    sys.exit(main())
