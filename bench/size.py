"""A bridge for 5,000 people and 600 groups: what it asks of the homeserver, counted in the homeserver's own log.

``python -m bench.size [--join]``. The first run prepares the homeserver, which is kept. Ends with 1 when a pass with
nothing to change made a call, or when adding one person to ten groups took more than ten writes.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.company import SERVER, configured, homeserver_of, user, write
from bench.counting import AccessLog, Requests
from bench.prepared import SIZE, copied, prepared
from bridge.app.logs import configure_logs
from bridge.app.wiring import Assembly, assembly
from bridge.config.loading import load_config
from deploy.localnet.network import network

GROUPS: Final = 10
PERSON: Final = "u4711"

Figures = dict[str, Any]


@dataclass(frozen=True)
class Pass:
    """What one pass took and asked."""

    seconds: float
    requests: Requests
    changed: int

    def figures(self) -> Figures:
        """For the page."""
        return {
            "seconds": round(self.seconds, 2),
            "writes": self.requests.writes,
            "reads": self.requests.reads,
            "of_which": self.requests.kinds(),
        }


@dataclass
class Counted:
    """One bridge, passes of which are counted."""

    parts: Assembly
    log: AccessLog
    directory: Path

    async def one(self, *, verify: bool = False) -> Pass:
        """A pass as the watch makes it: look at the directory and at what is known of the rooms, apply, look again."""
        await self.log.since()
        start = time.perf_counter()
        _, result, findings = await self.parts.reconciler.settle(verify=verify)
        seconds = time.perf_counter() - start
        if findings:
            raise SystemExit(f"the pass found something: {findings[0]}")
        return Pass(seconds, await self.log.since(), result.done if result else 0)

    def join(self, person: str, groups: int) -> list[str]:
        """Write the person into so many groups of the directory; gives their visibilities."""
        content = json.loads(self.directory.read_text(encoding="utf-8"))
        chosen = [group for group in content["groups"] if person not in group["members"]][2 : 2 + groups]
        for group in chosen:
            group["members"].append(person)
        write(self.directory, content)
        return [group["visibility"] for group in chosen]


async def measure(counted: Counted) -> Figures:
    """Nothing to change, one person into ten groups, nothing again, every room read."""
    while (await counted.one()).changed:
        print("Rooms are brought up to date with this version of the rules.")
    still = await counted.one()
    visibilities = counted.join(PERSON, GROUPS)
    ten = await counted.one()
    after = await counted.one()
    full = await counted.one(verify=True)
    if ten.changed != GROUPS:
        raise SystemExit(f"{user(PERSON)} should have come into {GROUPS} rooms, not {ten.changed}")
    return {
        "people": SIZE.people,
        "groups": SIZE.groups,
        "nothing to change": still.figures(),
        "one person into ten groups": ten.figures() | {"visibilities": visibilities},
        "nothing to change, after that": after.figures(),
        "every room read": full.figures(),
        "holds": not still.requests.seen and not after.requests.seen and ten.requests.writes <= GROUPS,
    }


async def main() -> int:
    """Prepare when needed, then measure on a copy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--join", action="store_true", help="with a service account, which joins people at once")
    join = parser.parse_args().join
    configure_logs(verbose=False)
    folder = await prepared(SIZE, join=join)
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as name, copied(folder, Path(name)) as (project, servers):
        async with network([homeserver_of(project)], folder=servers, progress=print) as net:
            kept = load_config(project / "config.yaml", {}).homeserver.admin_token
            config = configured(project, net[SERVER].client_url, admin_token=kept.reveal() if kept else None)
            async with assembly(config) as parts:
                await parts.prepare()
                figures = await measure(Counted(parts, AccessLog(net[SERVER]), project / "directory.json"))
    print(json.dumps(figures, ensure_ascii=False))
    return 0 if figures["holds"] else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
