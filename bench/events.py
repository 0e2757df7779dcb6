"""How many events one membership takes, by visibility, with and without a service account: counted in the homeserver.

``python -m bench.events``. An invitation that is still to be accepted counts as the event that it is.
"""

import argparse
import asyncio
import json
import tempfile
from collections import defaultdict
from pathlib import Path

from bench.company import Row, Size, accounts, configured, directory, homeserver_database, names, project, user, write
from bench.counting import member_events
from bench.prepared import MIXED
from bridge.app.logs import configure_logs
from bridge.app.wiring import assembly
from bridge.config.settings import Config
from bridge.domain.rooms import RoomKind
from deploy.localnet.network import network

SIZE = Size(people=30, groups=12, memberships=200)


def kinds(company: Row) -> dict[str, str]:
    """What decides how many events a membership takes, by group."""
    return {
        group["id"]: "public, listed" if group.get("listed") else group["visibility"] for group in company["groups"]
    }


async def counted(config: Config, database: Path, kind_of: dict[str, str]) -> dict[str, float]:
    """Events per membership after a first apply, by kind of room."""
    people = [user(name) for name in names(SIZE.people)]
    events: dict[str, int] = defaultdict(int)
    memberships: dict[str, int] = defaultdict(int)
    async with assembly(config) as parts:
        await parts.prepare()
        world = await parts.reconciler.look(keep=True)
        await parts.reconciler.apply(world, world.plan)
        world = await parts.reconciler.look()
        for room_id, ref in world.refs.items():
            kind = kind_of[ref.id] if ref.kind is RoomKind.GROUP else str(ref.kind)
            events[kind] += member_events(database, [room_id], people)
            memberships[kind] += len(world.desired.rooms[ref].members)
    return {name: round(count / memberships[name], 2) for name, count in sorted(events.items())}


async def run(*, join: bool) -> dict[str, float]:
    """The same company on a homeserver of its own."""
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as name:
        folder, servers = Path(name) / "parvis", Path(name) / "servers"
        spec = project(folder)
        company = directory(SIZE, kinds=MIXED)
        write(folder / "directory.json", company)
        await accounts(names(SIZE.people), servers)
        async with network([spec], folder=servers) as net:
            (server,) = net
            token = (await server.register("service", admin=True)).access_token if join else None
            config = configured(folder, server.client_url, admin_token=token)
            return await counted(config, homeserver_database(servers), kinds(company))


async def main() -> None:
    """Both ways."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    configure_logs(verbose=False)
    print(json.dumps({"invited": await run(join=False), "joined": await run(join=True)}))


if __name__ == "__main__":
    asyncio.run(main())
