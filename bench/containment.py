"""A partner is shut out on two real Synapses: from the confirmation to the last member out and the last door closed.

Against a bare client that does the same with the fewest calls, the same number in flight. Then what is said on either
side must not reach the other. Run: ``python -m bench.containment [--rooms 50] [--people 20]``.
"""

import argparse
import asyncio
import itertools
import json
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from bench.company import BOT, SERVER, configured, project, user, write
from bench.shutting import Shutting
from bridge.app.logs import configure_logs
from bridge.app.wiring import IN_FLIGHT, Assembly, assembly
from bridge.config.settings import Config
from bridge.domain.partners import PartnerState
from bridge.domain.rooms import RoomKind
from bridge.domain.viewers import COMMAND_LINE
from bridge.services.containing import Containing
from bridge.services.parting import Parting
from bridge.services.partnerships import Partnerships
from bridge.services.receipts import Receipt, Receipts
from bridge.services.society import Society
from bridge.services.world import World
from deploy.localnet.network import network
from deploy.localnet.server import Server
from deploy.localnet.specs import Account, ServerSpec

PARTNER: Final = "acme.test"
V3: Final = "/_matrix/client/v3"
AT_ONCE: Final = 8
"""People of the partner who come in at once while the stage is set."""
GRACE: Final = 5.0
"""Seconds in which what was said could still arrive: nothing is expected, so nothing can be waited for. Federation
takes a tenth of one here, and what was said before the receipt shows that it does arrive."""
ACL: Final = {"allow": [SERVER], "deny": [], "allow_ip_literals": False}


@dataclass
class Field:
    """Both homeservers, with the company's people and the partner's."""

    folder: Path
    corp: Server
    acme: Server
    token: str
    owner: Account
    theirs: Sequence[Account]
    rooms: int
    numbers: Any = field(default_factory=itertools.count)

    def directory(self, prefix: str) -> dict[str, Any]:
        """The groups of one round, in each of which everybody of the partner is."""
        users = [one.user_id for one in self.theirs]
        group = {"visibility": "invite-only", "owners": ["u0000"], "members": ["u0000", *users], "partners": ["acme"]}
        names = [f"{prefix}{number}" for number in range(self.rooms)]
        return {
            "people": [{"id": "u0000", "user": user("u0000"), "name": "Ines"}],
            "groups": [{"id": name, "name": f"Group {name}", **group} for name in names],
            "partners": [{"id": "acme", "name": "Acme", "servers": [PARTNER], "users": users, "sponsor": "u0000"}],
        }

    @asynccontextmanager
    async def staged(self, prefix: str) -> AsyncIterator[tuple[Assembly, Config, dict[str, list[str]]]]:
        """Rooms that no round had before, all of the partner's people in them; by room id."""
        (self.folder / "parvis.db").unlink(missing_ok=True)
        write(self.folder / "directory.json", self.directory(prefix))
        config = configured(self.folder, self.corp.client_url)
        async with assembly(config) as parts:
            await parts.prepare()
            for _ in range(2):
                await parts.reconciler.settle(verify=True)
            refs = (await parts.reconciler.look()).refs
            kinds = (RoomKind.GROUP, RoomKind.PARTNER_SPACE)
            rooms = [room_id for room_id, ref in refs.items() if ref.kind in kinds]
            slots = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(self._fill(room_id, slots) for room_id in rooms))
            await parts.reconciler.verifier.verify()
            yield parts, config, {room_id: [one.user_id for one in self.theirs] for room_id in rooms}

    async def _fill(self, room_id: str, slots: asyncio.Semaphore) -> None:
        async with slots:
            for account in self.theirs:
                await self._enter(self.acme, account, room_id)

    async def _enter(self, server: Server, account: Account, room_id: str) -> None:
        path, query = f"{V3}/join/{quote(room_id, safe='')}", {"via": SERVER, "server_name": SERVER}
        reply = await server.request("POST", path, token=account.access_token, body={}, query=query)
        reply.ok(f"{account.user_id} joining")

    async def say(self, server: Server, token: str, room_id: str) -> tuple[int, str]:
        """The status of an attempt to speak, and the event."""
        path = f"{V3}/rooms/{quote(room_id, safe='')}/send/m.room.message/b{next(self.numbers)}"
        body = {"msgtype": "m.text", "body": "anybody there?"}
        reply = await server.request("PUT", path, token=token, body=body)
        return reply.status, str(reply.content.get("event_id", ""))

    def last(self, rooms: Sequence[str], begun: float) -> float:
        """Seconds until our homeserver had the last removal and the last door closed, by its own events."""
        marks = ",".join("?" * len(rooms))
        found = _asked(
            self.corp,
            f"SELECT max(origin_server_ts) FROM events WHERE type IN ('m.room.member', 'm.room.server_acl')"
            f" AND sender = ? AND room_id IN ({marks})",
            (BOT, *rooms),
        )
        return float(found[0][0]) / 1000 - begun


def _asked(server: Server, question: str, values: Sequence[Any] = ()) -> list[Any]:
    with closing(sqlite3.connect(f"file:{server.folder / 'homeserver.db'}?mode=ro", uri=True)) as connection:
        return connection.execute(question, values).fetchall()


async def parvis(stage: Field, prefix: str) -> dict[str, Any]:
    """Seconds from the confirmation, as people give it, and what was said and did not arrive."""
    async with stage.staged(prefix) as (parts, config, rooms):
        world = await parts.reconciler.glance()
        parting, containing = _services(parts, config, world)
        heard = [await stage.say(stage.corp, stage.token, room_id) for room_id in rooms]
        talking = _talking(stage, list(rooms))
        begun = time.time()
        proposal = await parting.propose(COMMAND_LINE, "acme", PartnerState.SUSPENDED)
        assert proposal is not None
        await parting.take(proposal, actor="", origin="$bench")
        await containing.over()
        verified = time.time()
        seconds = stage.last(list(rooms), begun)
        receipt = await parting.receipts.newest(_access(parts, config, world), COMMAND_LINE, "acme")
        assert receipt is not None
        assert receipt.complete
        spoken = sum(await asyncio.gather(*talking))
        told = [await stage.say(stage.corp, stage.token, room_id) for room_id in rooms]
        await asyncio.sleep(GRACE)
        return {
            "seconds": round(seconds, 2),
            "receipt_after": round(verified - begun, 2),
            "people": len(receipt.people),
            "rooms": len(receipt.rooms),
            "said_there_while_it_went_on": spoken,
            "arrived_from_there_after_the_receipt": _from_there(stage, receipt),
            "heard_there_before": _known(stage.acme, [event for _, event in heard]),
            "heard_there_after_the_receipt": _known(stage.acme, [event for _, event in told]),
        }


def _access(parts: Assembly, config: Config, world: World) -> Any:
    return _society(parts, config, world).gate(world)


def _society(parts: Assembly, config: Config, world: World) -> Society:
    return Society(
        store=parts.store,
        world=lambda: world,
        server_name=SERVER,
        admins=frozenset(config.admins),
        ours=frozenset({BOT}),
        default_language="en",
    )


def _services(parts: Assembly, config: Config, world: World) -> tuple[Parting, Containing]:
    containing = Containing(
        store=parts.store,
        reconciler=parts.reconciler,
        executor=parts.emergency,
        clock=parts.clock,
        chance=parts.chance,
        ended=lambda: None,
    )
    partnerships = Partnerships(
        store=parts.store,
        reconciler=parts.reconciler,
        clock=parts.clock,
        chance=parts.chance,
        society=_society(parts, config, world),
        changed=lambda: None,
        urgent=containing.begin,
    )
    return Parting(partnerships=partnerships, receipts=Receipts(store=parts.store)), containing


def _talking(stage: Field, rooms: Sequence[str]) -> list[asyncio.Task[int]]:
    """Two of the partner's people, in the middle of a conversation."""
    return [asyncio.create_task(_talk(stage, one, rooms)) for one in stage.theirs[:2]]


async def _talk(stage: Field, account: Account, rooms: Sequence[str]) -> int:
    """Somebody of the partner goes on speaking, room after room, until they may nowhere; how often they could."""
    said, left = 0, list(rooms)
    while left:
        room_id = left.pop(0)
        status, _ = await stage.say(stage.acme, account.access_token, room_id)
        if status == 200:
            said += 1
            left.append(room_id)
    return said


def _from_there(stage: Field, receipt: Receipt) -> int:
    """Messages of the partner's that our homeserver let in after the receipt's time."""
    question = (
        "SELECT count(*) FROM events LEFT JOIN rejections USING (event_id) WHERE sender LIKE ? AND reason IS NULL"
        " AND type = 'm.room.message' AND received_ts > ?"
    )
    return int(_asked(stage.corp, question, (f"%:{PARTNER}", receipt.verified.timestamp() * 1000))[0][0])


def _known(server: Server, events: Sequence[str]) -> int:
    marks = ",".join("?" * len(events))
    found = _asked(server, f"SELECT count(*) FROM events WHERE event_id IN ({marks})", events)
    return int(found[0][0])


async def bare(stage: Field, prefix: str) -> float:
    """The same by hand; it begins as soon as it is told to."""
    async with stage.staged(prefix) as (_, _, rooms):
        talking = _talking(stage, list(rooms))
        begun = time.time()
        await Shutting(stage.corp.client_url, stage.token).run(rooms, ACL)
        await asyncio.gather(*talking)
        return stage.last(list(rooms), begun)


async def main() -> None:
    """Both, in turns; the medians would be the same figure twice with one round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    configure_logs(verbose=False)
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as name:
        folder = Path(name) / "parvis"
        spec = project(folder)
        async with network(
            [spec, ServerSpec(PARTNER, durable=True)], folder=Path(name) / "servers", progress=print
        ) as net:
            corp, acme = net
            await net.federated()
            owner = await corp.register("u0000")
            theirs = [await acme.register(f"p{number:02d}") for number in range(arguments.people)]
            token = str(_token(spec))
            stage = Field(folder, corp, acme, token, owner, theirs, arguments.rooms)
            print(json.dumps(await _played(stage, arguments.rounds)))


async def _played(stage: Field, rounds: int) -> Mapping[str, Any]:
    results, floors = [], []
    for number in range(rounds):
        floors.append(await bare(stage, f"b{number}-"))
        results.append(await parvis(stage, f"p{number}-"))
        print(f"round {number + 1}: parvis {results[-1]['seconds']} s, bare {floors[-1]:.2f} s")
    ratios = sorted(result["seconds"] / floor for result, floor in zip(results, floors, strict=True))
    return {
        "ratio": round(ratios[len(ratios) // 2], 3),
        "parvis": results,
        "bare_s": [round(one, 2) for one in floors],
        "in_flight": IN_FLIGHT,
    }


def _token(spec: ServerSpec) -> object:
    return spec.appservices[0]["as_token"]


if __name__ == "__main__":
    asyncio.run(main())
