"""The first apply of a plan against a bare client that makes the same rooms with the fewest calls, on a real Synapse.

Both in turns, with the same number of calls in flight. Prints the medians and their ratio, and calls and events as the
homeserver counts them. Run: ``python -m bench.applying [--people 500] [--groups 60] [--memberships 2000] [--join]``.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.bare import Bare
from bench.company import Size, accounts, configured, directory, homeserver_database, names, project, write
from bench.counting import AccessLog, Requests, member_events, processor_seconds
from bridge.app.logs import configure_logs
from bridge.app.wiring import IN_FLIGHT, assembly
from bridge.config.settings import Config
from bridge.planning.actions import AddMembers
from bridge.planning.plan import Plan
from deploy.localnet.network import network
from deploy.localnet.server import Server

Figures = dict[str, Any]


@dataclass
class Side:
    """One of the two: what it took in each round, by the clock and of processor time, the homeserver's and its own."""

    server: Server
    seconds: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    calls: int = 0
    events: float = 0.0
    _begun: tuple[float, float] = (0.0, 0.0)

    def begin(self) -> None:
        """A round begins."""
        self._begun = processor_seconds(self.server), time.process_time()

    def end(self, seconds: float, requests: Requests, rooms: Iterable[str], plan: Plan) -> None:
        """It has ended; calls and events are the last round's, as sizes hardly differ."""
        work, own = self._begun
        self.work.append(processor_seconds(self.server) - work)
        self.own.append(time.process_time() - own)
        people = {one for action in plan.actions if isinstance(action, AddMembers) for one in action.users}
        self.seconds.append(seconds)
        self.calls = len(requests.seen)
        database = homeserver_database(self.server.folder.parent)
        self.events = member_events(database, rooms, people) / memberships(plan)

    def figures(self) -> Figures:
        """For the page."""
        return {
            "median_s": round(statistics.median(self.seconds), 2),
            "rounds_s": [round(one, 1) for one in self.seconds],
            "homeserver_work_s": round(statistics.median(self.work), 2),
            "own_work_s": round(statistics.median(self.own), 2),
            "calls": self.calls,
            "events_per_membership": round(self.events, 2),
        }


def memberships(plan: Plan) -> int:
    """How many people are to be added, counted once per room."""
    return sum(len(action.users) for action in plan.actions if isinstance(action, AddMembers))


async def ours(config: Config) -> tuple[float, Plan, frozenset[str]]:
    """Seconds that applying takes, planning included; the plan that was applied; the rooms."""
    async with assembly(config) as parts:
        await parts.prepare()
        start = time.perf_counter()
        world = await parts.reconciler.look(keep=True)
        result = await parts.reconciler.apply(world, world.plan)
        seconds = time.perf_counter() - start
        if not result.complete:
            raise SystemExit(f"not everything was applied: {result}")
        again = await parts.reconciler.look()
        if not again.plan.empty:
            raise SystemExit("applying did not converge")
    return seconds, world.plan, frozenset(again.refs)


async def planned(config: Config) -> Plan:
    """The first plan, not applied."""
    async with assembly(config) as parts:
        await parts.prepare()
        return (await parts.reconciler.look()).plan


@dataclass
class Match:
    """Both on one homeserver; ``admin`` is the account that joins people, when there is one."""

    folder: Path
    server: Server
    size: Size
    token: str
    admin: tuple[str, str] | None
    gather: bool

    async def play(self, rounds: int) -> Figures:
        """Alternate: who comes second finds a larger database."""
        self.log, self.parvis, self.bare = AccessLog(self.server), Side(self.server), Side(self.server)
        await self._warm_up()
        for number in range(rounds):
            config = self._company(self.size, f"r{number}-", seed=number)
            if number % 2:
                plan = await planned(config)
                await self._bare(plan)
                await self._parvis(config)
            else:
                plan = await self._parvis(config)
                await self._bare(plan)
            print(f"round {number + 1}: parvis {self.parvis.seconds[-1]:.1f} s, bare {self.bare.seconds[-1]:.1f} s")
        parvis, bare = self.parvis.figures(), self.bare.figures()
        return {
            "ratio": round(parvis["median_s"] / bare["median_s"], 3),
            "ratio_of_work": round(parvis["homeserver_work_s"] / bare["homeserver_work_s"], 3),
            "parvis": parvis,
            "bare": bare,
            "memberships": memberships(plan),
            "rooms": len({action.ref for action in plan.actions}),
            "in_flight": IN_FLIGHT,
        }

    async def _warm_up(self) -> None:
        """A homeserver that has just started makes its first rooms slowly."""
        config = self._company(Size(people=10, groups=3), "warm-", seed=0)
        await Bare(self.server.client_url, self.token, self.admin).run(await planned(config))

    def _company(self, size: Size, prefix: str, *, seed: int) -> Config:
        """Groups that no round had before, and a bridge that knows nothing."""
        (self.folder / "parvis.db").unlink(missing_ok=True)
        write(self.folder / "directory.json", directory(size, prefix, seed=seed))
        return configured(self.folder, self.server.client_url, admin_token=self.admin[1] if self.admin else None)

    async def _parvis(self, config: Config) -> Plan:
        await self.log.since()
        self.parvis.begin()
        seconds, plan, rooms = await ours(config)
        self.parvis.end(seconds, await self.log.since(), rooms, plan)
        return plan

    async def _bare(self, plan: Plan) -> None:
        await self.log.since()
        self.bare.begin()
        client = Bare(self.server.client_url, self.token, self.admin, gather=self.gather)
        seconds = await client.run(plan)
        self.bare.end(seconds, await self.log.since(), client.rooms.values(), plan)


async def main() -> None:
    """All rounds, then the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--groups", type=int, default=60)
    parser.add_argument("--memberships", type=int, default=2000, help="at most, those of the company space included")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--join", action="store_true", help="join people at once instead of inviting them")
    parser.add_argument("--gather", action="store_true", help="the bare client makes rooms with their invitations")
    arguments = parser.parse_args()
    size = Size(arguments.people, arguments.groups, arguments.memberships)
    configure_logs(verbose=False)
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as name:
        folder, servers = Path(name) / "parvis", Path(name) / "servers"
        spec = project(folder)
        await accounts(names(size.people), servers)
        async with network([spec], folder=servers, progress=print) as net:
            (server,) = net
            service = await server.register("service", admin=True) if arguments.join else None
            admin = (service.user_id, service.access_token) if service else None
            token = str(spec.appservices[0]["as_token"])
            match = Match(folder, server, size, token, admin, arguments.gather)
            print(json.dumps(await match.play(arguments.rounds)))


if __name__ == "__main__":
    asyncio.run(main())
