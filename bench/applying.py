"""Applying a plan against a bare client that reaches the same rooms with the fewest calls, on a real homeserver.

Both work on one Synapse in alternating rounds, with the same number of calls in flight. Prints medians and the ratio.
Run: ``python -m bench.applying [--people 120] [--groups 24] [--rounds 3] [--join]``.
"""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from bridge.adapters.matrix.creation import creation_body
from bridge.adapters.time import SystemChance
from bridge.app.logs import configure_logs
from bridge.app.wiring import IN_FLIGHT, assembly
from bridge.config.init import write_project
from bridge.config.loading import load_config
from bridge.config.registration import registration_of
from bridge.config.settings import Config
from bridge.domain.rooms import RoomRef
from bridge.planning.actions import AddMembers, CreateRoom, LinkChild
from bridge.planning.plan import Plan
from bridge.ports.homeserver import RoomCreation
from bridge.rules.naming import plain_marker
from bridge.rules.state import Frame, child_content, initial_state, power_levels, room_name
from deploy.localnet.network import network
from deploy.localnet.server import Server
from deploy.localnet.specs import ServerSpec

SERVER = "corp.test"


@dataclass(frozen=True)
class Size:
    """How large the company is."""

    people: int
    groups: int


def directory(size: Size, prefix: str, seed: int) -> dict[str, Any]:
    """A company of the size; group ids begin with ``prefix`` so that rounds do not meet."""
    chance = random.Random(seed)
    ids = [f"u{number:04d}" for number in range(size.people)]
    people = [{"id": one, "user": f"@{one}:{SERVER}", "name": one} for one in ids]
    groups = []
    for number in range(size.groups):
        members = chance.sample(ids, min(len(ids), 3 + int(chance.paretovariate(1.2) * 8)))
        groups.append(
            {
                "id": f"{prefix}{number}",
                "name": f"Groupe {number}",
                "visibility": ("public", "invite-only", "invite-only")[number % 3],
                "owners": [members[0]],
                "members": members,
            }
        )
    return {"people": people, "groups": groups}


def configured(folder: Path, address: str, *, admin: str | None) -> Config:
    """A configuration as ``parvis init`` makes it, for the homeserver at ``address``."""
    path = folder / "config.yaml"
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    values["homeserver"]["address"] = address
    values["homeserver"]["admin_token"] = admin
    values["directory"] = {"type": "json", "path": "directory.json"}
    if admin is None:
        del values["homeserver"]["admin_token"]
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return load_config(path, {})


async def ours(config: Config) -> tuple[float, Plan]:
    """Seconds that applying takes, planning included, and the plan that was applied."""
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
    return seconds, world.plan


async def planned(config: Config) -> Plan:
    """The first plan, not applied."""
    async with assembly(config) as parts:
        await parts.prepare()
        return (await parts.reconciler.look()).plan


class Bare:
    """The fewest calls to the same rooms: one to create each, one per link, one per membership. Nothing is kept."""

    def __init__(self, server: Server, token: str, admin: tuple[str, str] | None) -> None:
        self.url, self.admin = server.client_url, admin
        self.headers = {"Authorization": f"Bearer {token}"}
        self.slots = asyncio.Semaphore(IN_FLIGHT)
        self.rooms: dict[RoomRef, str] = {}
        self.calls = 0

    async def call(self, method: str, path: str, body: Any, *, admin: bool = False) -> Any:
        """One request; anything but success ends the bench."""
        self.calls += 1
        headers = {"Authorization": f"Bearer {self.admin[1]}"} if admin and self.admin else self.headers
        async with self.session.request(method, self.url + path, json=body, headers=headers) as answer:
            content = await answer.json()
            if answer.status != 200:
                raise SystemExit(f"{method} {path}: {answer.status} {content}")
            return content

    async def create(self, action: CreateRoom, version: str) -> None:
        """One room, whole."""
        frame = Frame(
            bot=f"@parvis:{SERVER}",
            room_version=version,
            marker=plain_marker(action.ref),
            room_ids=dict(self.rooms),
            service_user=self.admin[0] if self.admin else None,
        )
        creation = RoomCreation(
            name=room_name(action.settings, frame),
            space=action.settings.space,
            federate=action.settings.federate,
            version=version,
            power_levels=power_levels(action.settings, frame),
            initial_state=initial_state(action.settings, frame),
        )
        async with self.slots:
            answer = await self.call("POST", "/_matrix/client/v3/createRoom", creation_body(creation))
            room = self.rooms[action.ref] = answer["room_id"]
            if self.admin:
                await self.call("POST", f"/_matrix/client/v3/rooms/{room}/invite", {"user_id": self.admin[0]})
                await self.call("POST", f"/_matrix/client/v3/join/{room}", {}, admin=True)

    async def add(self, action: AddMembers) -> None:
        """The members of one room, one after the other."""
        room = self.rooms[action.ref]
        async with self.slots:
            for user in action.users:
                if self.admin:
                    await self.call("POST", f"/_synapse/admin/v1/join/{room}", {"user_id": user}, admin=True)
                else:
                    await self.call("POST", f"/_matrix/client/v3/rooms/{room}/invite", {"user_id": user})

    async def link(self, action: LinkChild) -> None:
        """One child of a space."""
        path = f"/_matrix/client/v3/rooms/{self.rooms[action.parent]}/state/m.space.child/{self.rooms[action.ref]}"
        async with self.slots:
            await self.call("PUT", path, child_content(SERVER))

    async def run(self, plan: Plan, version: str) -> float:
        """Seconds to do what ``plan`` says."""
        actions = list(plan.actions)
        creations = [one for one in actions if isinstance(one, CreateRoom)]
        additions = sorted((one for one in actions if isinstance(one, AddMembers)), key=lambda one: -len(one.users))
        links = [one for one in actions if isinstance(one, LinkChild)]
        if len(creations) + len(additions) + len(links) != len(actions):
            raise SystemExit("the plan holds actions that the bare client does not know")
        async with aiohttp.ClientSession() as self.session:
            start = time.perf_counter()
            await self.create(creations[0], version)
            await asyncio.gather(*(self.create(one, version) for one in creations[1:]))
            await asyncio.gather(*(self.add(one) for one in additions), *(self.link(one) for one in links))
            return time.perf_counter() - start


async def main() -> None:
    """All rounds, then the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=120)
    parser.add_argument("--groups", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--join", action="store_true", help="join people at once instead of inviting them")
    arguments = parser.parse_args()
    size = Size(arguments.people, arguments.groups)
    configure_logs(verbose=False)
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as name:
        folder = Path(name)
        write_project(folder / "parvis", server_name=SERVER, chance=SystemChance())
        first = load_config(folder / "parvis" / "config.yaml", {})
        registration = {**registration_of(first), "url": None}
        spec = ServerSpec(SERVER, appservices=(registration,))
        async with network([spec], folder=folder / "servers", progress=print) as net:
            print(json.dumps(await rounds(net[SERVER], folder, registration["as_token"], size, arguments)))


async def rounds(server: Server, folder: Path, token: str, size: Size, arguments: argparse.Namespace) -> dict[str, Any]:
    """Alternate; gives the medians in seconds."""
    for number in range(size.people):
        await server.register(f"u{number:04d}")
    service = await server.register("service", admin=True) if arguments.join else None
    admin = (service.user_id, service.access_token) if service else None
    parvis, bare = [], []
    calls = memberships = 0
    for number in range(arguments.rounds):
        project = folder / "parvis"
        (project / "parvis.db").unlink(missing_ok=True)
        (project / "directory.json").write_text(json.dumps(directory(size, f"r{number}-", seed=number)))
        config = configured(project, server.client_url, admin=admin[1] if admin else None)
        client = Bare(server, token, admin)
        if number % 2:  # who comes second finds a larger database: take turns
            plan = await planned(config)
            bare.append(await client.run(plan, "12"))
            parvis.append((await ours(config))[0])
        else:
            seconds, plan = await ours(config)
            parvis.append(seconds)
            bare.append(await client.run(plan, "12"))
        calls = client.calls
        memberships = sum(len(one.users) for one in plan.actions if isinstance(one, AddMembers))
        print(f"round {number + 1}: parvis {parvis[-1]:.1f} s, bare {bare[-1]:.1f} s, memberships {memberships}")
    ratio = statistics.median(parvis) / statistics.median(bare)
    return {
        "parvis_s": round(statistics.median(parvis), 2),
        "bare_s": round(statistics.median(bare), 2),
        "ratio": round(ratio, 3),
        "memberships": memberships,
        "bare_calls": calls,
        "in_flight": IN_FLIGHT,
    }


if __name__ == "__main__":
    asyncio.run(main())
