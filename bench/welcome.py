"""Many people arrive on one day: everybody is welcomed, against a client written by hand with the fewest calls.

Both on one real Synapse, with as many calls in flight; the client says the very messages that Parvis said. Calls are
counted by the homeserver. Run: ``python -m bench.welcome [--people 500]``.
"""

import argparse
import asyncio
import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench.bare_welcome import Content, Welcoming
from bench.company import SERVER, accounts, configured, names, project, user, write
from bench.counting import AccessLog, processor_seconds
from bots.onboarding.bot import OnboardingBot
from bridge.adapters.matrix.accounts import ensure_registered
from bridge.app.bots import bot_user
from bridge.app.doors import Doors, Signals
from bridge.app.logs import configure_logs
from bridge.app.wiring import IN_FLIGHT, assembly
from bridge.config.settings import Config
from bridge.services.rounds import Rounds
from bridge.services.watch import LastLook, Watch
from bridge.services.world import World
from deploy.localnet.network import network
from deploy.localnet.server import Server

Figures = dict[str, Any]
Said = dict[str, list[Content]]
"""What was said to each person, by user id."""

LIMIT: Final = 1.25
SPEAKER: Final = f"@parvis_{OnboardingBot.localpart}:{SERVER}"
RAW: Final = f"@parvis_raw:{SERVER}"
NAME: Final = OnboardingBot.title.en
"""As what the bot speaks to these people."""
SAID: Final = """
    SELECT e.room_id, j.json FROM events e JOIN event_json j ON j.event_id = e.event_id
    WHERE e.type = 'm.room.message' AND e.sender = ? ORDER BY e.stream_ordering
"""
INVITED: Final = "SELECT room_id, state_key FROM current_state_events WHERE type = 'm.room.member' AND state_key != ?"


@dataclass
class Stage:
    """The homeserver, and the bridge's project."""

    folder: Path
    server: Server
    config: Config
    people: Sequence[str]
    held: float = 0.0
    """MiB that this process held after the first round, in which some of them were welcomed."""

    def said(self, sender: str) -> Said:
        """What somebody said to each person alone, as it stands on the homeserver."""
        database = self.server.folder / "homeserver.db"
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            readers = dict(connection.execute(INVITED, (sender,)).fetchall())
            found: Said = {}
            for room_id, event in connection.execute(SAID, (sender,)):
                found.setdefault(readers[room_id], []).append(json.loads(event)["content"])
        return found


@asynccontextmanager
async def staged(people: int, folder: Path) -> AsyncIterator[Stage]:
    """A company without rooms to make."""
    spec = project(folder / "parvis")
    await accounts(names(people), folder / "servers")
    ids = names(people)
    rows = [{"id": one, "user": user(one), "name": f"Person {one}", "language": "en"} for one in ids]
    write(folder / "parvis" / "directory.json", {"people": rows, "groups": []})
    async with network([spec], folder=folder / "servers", progress=print) as (server,):
        yield Stage(folder, server, configured(folder / "parvis", server.client_url), [user(one) for one in ids])


@asynccontextmanager
async def bot(stage: Stage) -> AsyncIterator[Rounds]:
    """The bot as the running bridge has it; its rounds are gone by hand."""
    speaker = bot_user(stage.config, OnboardingBot.localpart)
    ours = frozenset({bot_user(stage.config), speaker})
    async with assembly(stage.config, bots=ours) as parts:
        await parts.prepare()
        for one in (speaker, RAW):
            await ensure_registered(parts.calls, one)
        rounds = Rounds(clock=parts.clock)
        watch = Watch(reconciler=parts.reconciler, clock=parts.clock, every=timedelta(hours=1), seen=_nothing)
        world = await parts.reconciler.look(keep=True)
        watch.last = LastLook(at=parts.clock.now(), world=world)
        signals = Signals(watch=watch, rounds=rounds, slow_rounds=rounds, far_rounds=rounds, changed=rounds.wake,
                          contained=rounds.wake)  # fmt: skip
        Doors(parts, ours, signals).bots([(OnboardingBot, {})])
        yield rounds


def _nothing(_: World) -> None:
    return None


async def measure(people: int) -> Figures:
    """In turns, some people each, for whatever else the machine does should meet both alike. Parvis first, for the
    client says what it said."""
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as name:
        async with staged(people, Path(name)) as stage:
            log = AccessLog(stage.server)
            ours, bare = Side(stage, log), Side(stage, log)
            client = Welcoming(stage.server.client_url, stage.config.appservice.as_token.reveal(), RAW, NAME)
            async with bot(stage) as rounds:
                await client.run(warming(stage.people))
                await log.since()
                said: Said = {}
                while said.keys() < set(stage.people):
                    await ours.does(partial(_round, rounds))
                    stage.held = stage.held or memory()
                    fresh = {one: texts for one, texts in stage.said(SPEAKER).items() if one not in said}
                    if not fresh:
                        raise SystemExit(f"{people - len(said)} were not welcomed")
                    await bare.does(partial(client.run, fresh))
                    said |= fresh
                held = memory()
                await _round(rounds)
                again = len((await log.since()).seen)
    return {
        "ratio": round(ours.seconds / bare.seconds, 3),
        "ratio_of_work": round(ours.work / bare.work, 3),
        "people": people,
        "messages": sum(map(len, said.values())),
        "in_flight": IN_FLIGHT,
        "calls_of_a_round_with_nothing_to_do": again,
        "MiB_after_the_first_round": round(stage.held),
        "MiB_after_the_last": round(held),
        "parvis": ours.figures(),
        "bare": bare.figures(),
    }


def warming(people: Sequence[str]) -> Mapping[str, Sequence[Content]]:
    """A homeserver that has just started makes its first rooms slowly."""
    return {one: [{"msgtype": "m.text", "body": "warm"}] for one in people[:10]}


async def _round(rounds: Rounds) -> None:
    """A turn for as many people as have theirs in one round."""
    if not await rounds.go():
        raise SystemExit("a round failed")


@dataclass
class Side:
    """What one of the two has cost so far: seconds by the clock, the homeserver's processor seconds and its own, and
    how often it asked what."""

    stage: Stage
    log: AccessLog
    seconds: float = 0.0
    work: float = 0.0
    own: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)

    async def does(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do it, and count."""
        begun, used, own = time.perf_counter(), processor_seconds(self.stage.server), time.process_time()
        await work()
        self.seconds += time.perf_counter() - begun
        self.work += processor_seconds(self.stage.server) - used
        self.own += time.process_time() - own
        for kind, times in (await self.log.since()).kinds().items():
            # Every message has a number of its own, which does not matter.
            self.kinds[kind.rpartition("/")[0] if "/send/" in kind else kind] += times

    def figures(self) -> Figures:
        """The same as JSON."""
        return {
            "seconds": round(self.seconds, 2),
            "homeserver_work_s": round(self.work, 2),
            "own_work_s": round(self.own, 2),
            "calls": self.kinds.total(),
            "kinds": dict(self.kinds.most_common()),
        }


def memory() -> float:
    """What this process holds now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> int:
    """Measure and print; 1 when the limit was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500)
    arguments = parser.parse_args()
    configure_logs(verbose=False)
    figures = asyncio.run(measure(arguments.people))
    print(json.dumps(figures, indent=2))
    held = figures["ratio"] <= LIMIT
    print(f"{figures['ratio']} times the bare client (limit {LIMIT}: {'held' if held else 'MISSED'})")
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
