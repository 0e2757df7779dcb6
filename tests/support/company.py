"""A company with a bridge of its own on a real homeserver: what end-to-end and command-line tests play with.

``park.py`` makes them. ``~`` in a directory stands for the installation's own suffix.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp

from bridge.adapters.matrix.unfinished import BEGUN
from bridge.config.loading import load_config
from bridge.domain.ids import localpart_of
from bridge.domain.rooms import MARKER
from deploy.demo.house import COMMAND, PROJECT, House
from deploy.demo.people import Person
from deploy.localnet.network import Network
from deploy.localnet.processes import GuardedProcess, minimal_environment
from deploy.localnet.requests import call
from deploy.localnet.server import Server
from tests.localnet.talk import eventually
from tests.support.dying import DIES_AT
from tests.support.preloaded import Outcome, parvis_forked

CORP, ACME, STRANGER = "corp.test", "acme.test", "stranger.test"

State = Mapping[tuple[str, str], Mapping[str, Any]]


@dataclass(kw_only=True)
class Company:
    """One installation of the bridge, its folder and its part of the homeserver."""

    suffix: str
    house: House
    network: Network
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def corp(self) -> Server:
        return self.network[CORP]

    @property
    def folder(self) -> Path:
        return self.house.folder

    @property
    def bot(self) -> str:
        return f"@parvis{self.suffix}:{CORP}"

    @property
    def database(self) -> Path:
        return self.folder / "parvis.db"

    @property
    def directory(self) -> Path:
        return self.house.directory

    def user(self, name: str, server: str = CORP) -> str:
        """The user id that stands for ``@name~:server``."""
        return f"@{name}{self.suffix}:{server}"

    def alias(self, group: str) -> str:
        return f"#grp{self.suffix}_{group}:{CORP}"

    def write(self, directory: str) -> None:
        """Make this the company's directory."""
        self.directory.write_text(directory.replace("~", self.suffix), encoding="utf-8")
        self.directory.chmod(0o600)

    async def hire(self, *names: str, server: str = CORP) -> list[Person]:
        """Accounts for these people, not following yet; ask for them again by ``people``."""
        target = self.network[server]
        for name in names:
            account = await target.register(localpart_of(self.user(name)), display_name=name.title())
            self.people[name] = Person(account, target, name)
        return [self.people[name] for name in names]

    async def hire_service(self) -> str:
        """An administrator's account for the bridge, put into its configuration; gives the user id."""
        account = await self.corp.register(f"svc{self.suffix}", admin=True)
        token = self.house.keep_secret("keys/admin.token", account.access_token)
        self.house.configure({"homeserver": {"admin_token": token}})
        return account.user_id

    # ------------------------------------------------------------------------------------------------ the bridge

    async def parvis(self, *words: str, seconds: float = 90, **environment: str) -> Outcome:
        """Call the command line in the company's folder, in English unless ``environment`` says otherwise."""
        process = await self.begin(*words, **environment)
        try:
            out, err = await asyncio.wait_for(process.communicate(), seconds)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode is not None
        return Outcome(process.returncode, out.decode(), err.decode())

    async def begin(self, *words: str, **environment: str) -> asyncio.subprocess.Process:
        """The same, without waiting for its end."""
        return await parvis_process(
            "--config", str(self.folder / "config.yaml"), *words, home=self.folder, **environment
        )

    def launch(self, *, dies_at: str = "") -> GuardedProcess:
        """``parvis run``, not waited for; killed at a point that ``dying.py`` names, if one is given."""
        program = (sys.executable, "-m", "tests.support.dying") if dies_at else COMMAND
        command = [*program, "--config", str(self.folder / "config.yaml"), "run"]
        environment = minimal_environment(self.folder) | {"PYTHONPATH": str(PROJECT), DIES_AT: dies_at}
        return GuardedProcess(command, log=self.house.log, folder=self.folder, env=environment)

    async def ready(self) -> bool:
        """Whether the running bridge says that it handles events."""
        try:
            return (await call("GET", f"http://127.0.0.1:{self.house.port}/health/ready", seconds=5)).status == 200
        except (OSError, TimeoutError, aiohttp.ClientError):
            return False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[GuardedProcess]:
        """``parvis run`` while the block does."""
        bridge = await self.house.start()
        try:
            yield bridge
        finally:
            await bridge.stop()

    async def undisturbed(self) -> None:
        """Wait until the homeserver has brought the beacon of the bridge's first start (``bridge.services.beacon``).
        Until then it catches up, one transaction after the other, and what is said in the last moment of that comes
        late: of hundreds of lines some always are."""
        told = f"Successfully recovered application service AS ID parvis{self.suffix}\n"

        async def brought() -> int:
            return self.corp.log_path.read_text(encoding="utf-8").count(told)

        await eventually(brought, lambda times: times >= 1, seconds=120)

    # ------------------------------------------------------------------------------------------------ its rooms

    async def rooms(self) -> dict[str, str]:
        """Marker → room id of every room that the bot is in; fails when two rooms carry one marker."""
        found: dict[str, str] = {}
        for room_id in await self.joined_rooms():
            marker = (await self.state(room_id)).get((MARKER, ""))
            if marker:
                assert marker["group"] not in found, f"two rooms for {marker['group']}"
                found[marker["group"]] = room_id
        return found

    async def joined_rooms(self) -> list[str]:
        """Every room of the bot."""
        reply = await self.as_bot("GET", "/_matrix/client/v3/joined_rooms")
        rooms: list[str] = reply["joined_rooms"]
        return rooms

    async def begun_rooms(self) -> list[str]:
        """Those that were begun for something declared, finished or not: a running bridge has one more, for itself."""
        states = {room_id: await self.state(room_id) for room_id in await self.joined_rooms()}
        return [room_id for room_id, state in states.items() if BEGUN in state["m.room.create", ""]]

    async def state(self, room_id: str) -> State:
        """The whole state of a room, as the bot's own client reads it from the homeserver."""
        events = await self.as_bot("GET", f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/state")
        return {(event["type"], event["state_key"]): event["content"] for event in events}

    async def set_state(self, room_id: str, kind: str, content: object, key: str = "") -> None:
        """Change a room with the bot's own power, as a vandal who has the homeserver would."""
        await self.as_bot(
            "PUT", f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/state/{kind}/{quote(key)}", content
        )

    async def as_bot(self, method: str, path: str, body: object = None) -> Any:
        """Any request as the bot; it must succeed."""
        token = load_config(self.folder / "config.yaml", {}).appservice.as_token.reveal()
        return (await self.corp.request(method, path, token=token, body=body)).ok(path)


def members(state: State, *memberships: str) -> set[str]:
    """Everybody with such a membership."""
    return {
        key for (kind, key), content in state.items()
        if kind == "m.room.member" and content["membership"] in (memberships or ("join",))
    }  # fmt: skip


def children(state: State) -> set[str]:
    """The rooms that a space lists."""
    return {key for (kind, key), content in state.items() if kind == "m.space.child" and content.get("via")}


async def parvis_process(*words: str, home: Path, **environment: str) -> asyncio.subprocess.Process:
    """The command line as a process of its own, under no shell and with nothing of this one's environment."""
    return await asyncio.create_subprocess_exec(
        *COMMAND, *words,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=home,
        env=_environment(home, environment),
    )  # fmt: skip


async def parvis(*words: str, home: Path, seconds: float = 90, **environment: str) -> Outcome:
    """One call of the command line, waited for, in the same surroundings."""
    return await parvis_forked(words, home, _environment(home, environment), seconds)


def _environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    return minimal_environment(home) | {"PYTHONPATH": str(PROJECT), "LANG": "en_GB.UTF-8", **more}


async def ended(process: asyncio.subprocess.Process, *, order: signal.Signals, seconds: float = 10) -> Outcome:
    """Send a signal and wait for the end."""
    os.kill(process.pid, order)
    try:
        out, err = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode is not None
    return Outcome(process.returncode, out.decode(), err.decode())
