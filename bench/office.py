"""Where ``latency`` asks: one Synapse, Parvis with a company on it, a raw application service, and bulk work to do."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from bench.asker import Asker
from bench.company import (
    BOT,
    SERVER,
    Row,
    Size,
    accounts,
    configured,
    directory,
    homeserver_database,
    names,
    user,
    write,
)
from bridge.adapters.time import SystemChance
from bridge.config.init import write_project
from bridge.config.loading import load_config
from bridge.config.registration import registration_of
from deploy.demo.house import House
from deploy.localnet.network import network
from deploy.localnet.ports import ReservedPort
from deploy.localnet.server import Server
from deploy.localnet.specs import ServerSpec
from deploy.localnet.waiting import until

ROOT: Final = Path(__file__).parents[1]
ASKER: Final = "asker"
RAW: Final = f"@raw:{SERVER}"
COUNT: Final = "SELECT count(*) FROM current_state_events WHERE type = 'm.room.member'"
SMALL: Final = Size(people=20, groups=6)
LOOK_EVERY: Final = "5s"
BEGUN: Final = 50
"""Memberships after which bulk work is well under way."""
PATIENCE: Final = 300


@dataclass
class Bulk:
    """Makes the company larger; the bridge then has work for some minutes. Counted in the homeserver's own table."""

    server: Server
    folder: Path
    size: Size

    def done(self) -> int:
        """How many memberships there are."""
        database = homeserver_database(self.server.folder.parent)
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return int(connection.execute(COUNT).fetchone()[0])

    async def begin(self) -> None:
        """Returns when members are being added."""
        company = peopled(self.size, "bulk-")
        before = self.done()
        self._end = before + sum(len(group["members"]) for group in company["groups"]) - BEGUN
        write(self.folder / "directory.json", company)
        await until(lambda: self.done() > before + len(company["groups"]) + BEGUN, PATIENCE, pause=0.5)
        self._known, self._began = self.done(), time.perf_counter()

    async def going(self) -> bool:
        """Whether there is still something to do."""
        return self.done() < self._end

    def speed(self) -> float:
        """Memberships a second since ``begin``: replies must not be quick because nothing else gets done."""
        return round((self.done() - self._known) / (time.perf_counter() - self._began), 1)


@dataclass(frozen=True)
class Office:
    """Everything runs, and somebody has a conversation with each of the two."""

    asker: Asker
    parvis: str
    raw: str
    answers: Path
    bulk: Bulk


@asynccontextmanager
async def office(folder: Path, large: Size) -> AsyncIterator[Office]:
    """While the block runs; the company has its first rooms."""
    async with AsyncExitStack() as stack:
        ports = [ReservedPort(), ReservedPort()]
        for port in ports:
            stack.callback(port.release)
        house, ours = _house(folder / "parvis", ports[0].number)
        raw = _raw(ports[1].number)
        spec = ServerSpec(SERVER, appservices=(ours, raw), durable=True)
        await accounts(names(large.people), folder / "servers")
        (server,) = await stack.enter_async_context(network([spec], folder=folder / "servers", progress=print))
        person = await server.register(ASKER)
        write(house.folder / "directory.json", peopled(SMALL, ""))
        configured(house.folder, server.client_url)
        house.configure({"directory": {"every": LOOK_EVERY}})
        bridge = await house.start()
        stack.push_async_callback(bridge.stop)
        stack.enter_context(_raw_service(folder, raw, server.client_url, ports[1].number))
        session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
        asker = Asker(session, server.client_url, person.access_token)
        following = asyncio.create_task(asker.follow())
        stack.callback(following.cancel)
        bulk = Bulk(server, house.folder, large)
        await _settled(house)
        parvis, raw_room = await asker.conversation(BOT), await asker.conversation(RAW)
        yield Office(asker, parvis, raw_room, folder / "answers.json", bulk)


def peopled(size: Size, prefix: str) -> Row:
    """The company of ``bench.company``, with the one who asks."""
    company = directory(size, prefix)
    company["people"].append({"id": ASKER, "user": user(ASKER), "name": "Asker", "language": "en"})
    if prefix:  # nothing of what is there goes away
        company["groups"] += directory(SMALL)["groups"]
    return company


def _house(folder: Path, port: int) -> tuple[House, dict[str, Any]]:
    """The bridge's project, and what the homeserver knows of it."""
    write_project(folder, server_name=SERVER, chance=SystemChance())
    house, address = House(folder=folder, port=port, server_name=SERVER), f"127.0.0.1:{port}"
    house.configure(
        {
            "appservice": {"listen": address, "address": f"http://{address}"},
            "admins": [user(ASKER)],
            "bots": [{"module": "bots.admin.bot.AdminBot"}],
        }
    )
    return house, registration_of(load_config(folder / "config.yaml", {}))


def _raw(port: int) -> dict[str, Any]:
    """The registration of the raw service."""
    return {
        "id": "raw",
        "url": f"http://127.0.0.1:{port}",
        "as_token": "raw-as-token-of-the-bench",
        "hs_token": "raw-hs-token-of-the-bench",
        "sender_localpart": "raw",
        "rate_limited": False,
        "namespaces": {"users": [{"exclusive": True, "regex": RAW}], "aliases": [], "rooms": []},
    }


@contextmanager
def _raw_service(folder: Path, registration: dict[str, Any], address: str, port: int) -> Iterator[None]:
    """The raw service as a process of its own, as the bridge is."""
    settings = folder / "raw.json"
    answers = str(folder / "answers.json")
    settings.write_text(
        json.dumps({**registration, "address": address, "port": port, "bot": RAW, "answers": answers}), encoding="utf-8"
    )
    command = [sys.executable, "-m", "bench.bare_replies", str(settings)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline(), "the raw service did not start"
            yield
        finally:
            process.terminate()


async def _settled(house: House) -> None:
    """Wait until the first rooms are made and filled: asked of the command line, nothing is left to do."""
    async with asyncio.timeout(PATIENCE):
        while (await house.plan())["actions"]:
            pass
