"""A network of real, federating homeservers: the one entry point of tests, demo and command line.

async with network([ServerSpec("corp.test"), ServerSpec("acme.test")], folder=tmp_path) as net:
    ann = await net["corp.test"].register("ann")
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import permutations
from pathlib import Path
from typing import Protocol

from deploy.localnet.cache import ClaimedFolder, make_folder
from deploy.localnet.certificates import keys_for
from deploy.localnet.configuration import Place
from deploy.localnet.errors import LocalnetError
from deploy.localnet.installation import installed_synapse
from deploy.localnet.ports import ReservedPort
from deploy.localnet.server import Server, Surroundings
from deploy.localnet.specs import Progress, ServerSpec, silent
from deploy.localnet.template import template_database

FEDERATION_PATIENCE = 30


class Releasable(Protocol):
    """A port or a folder that is ours until released."""

    def release(self) -> None: ...


class Network:
    """The servers by name. Bound to no event loop: any loop may use it, also several `asyncio.run`."""

    def __init__(self, servers: Sequence[Server], folder: Path, held: Sequence[Releasable]) -> None:
        self._servers = {server.server_name: server for server in servers}
        self._held = held
        self.folder = folder

    def __getitem__(self, server_name: str) -> Server:
        return self._servers[server_name]

    def __iter__(self) -> Iterator[Server]:
        return iter(self._servers.values())

    def __len__(self) -> int:
        return len(self._servers)

    async def start(self) -> None:
        """All at once; if one cannot start, none stays."""
        try:
            async with asyncio.TaskGroup() as group:
                for server in self:
                    group.create_task(server.start())
        except* LocalnetError as errors:
            raise _first(errors) from None

    async def stop(self) -> None:
        try:
            await asyncio.gather(*(server.stop() for server in self))
        finally:  # also if we are cancelled while the servers take their time
            for server in self:
                server.kill_now()

    async def close(self) -> None:
        """End every server and give ports and folder back."""
        try:
            await self.stop()
        finally:
            _release(self._held)
            self._held = ()

    async def federated(self) -> None:
        """Return once every server has had a signed answer from every other, else LocalnetError."""
        await asyncio.gather(*(_reaches(one, other) for one, other in permutations(self, 2)))


async def prepared(specs: Sequence[ServerSpec], *, folder: Path, progress: Progress = silent) -> Network:
    """A network with all its files written and ports reserved, not started: for those without `async with`."""
    names = [spec.server_name for spec in specs]
    if len(set(names)) != len(names):
        raise LocalnetError(f"two servers have the same name: {', '.join(names)}")
    python = await installed_synapse(progress)
    template = await template_database(python, progress)
    keys = await keys_for(names)
    held: list[Releasable] = [ClaimedFolder(folder)]
    try:
        ports = {name: (ReservedPort(), ReservedPort()) for name in names}
        held.extend(port for pair in ports.values() for port in pair)
        routes = {name: federation.number for name, (_, federation) in ports.items()}
        servers = []
        for spec in specs:
            name, (client, federation) = spec.server_name, ports[spec.server_name]
            place = Place(folder=folder / name, client_port=client.number, federation_port=federation.number)
            surroundings = Surroundings(python=python, names=routes, keys=keys[name], template=template)
            servers.append(Server(spec, place, surroundings))
            servers[-1].prepare()
    except BaseException:
        _release(held)
        raise
    return Network(servers, folder, held)


@asynccontextmanager
async def network(
    specs: Sequence[ServerSpec], *, folder: Path | None = None, progress: Progress = silent
) -> AsyncIterator[Network]:
    """Servers that run while the block does. Without a folder their data is removed at the end."""
    home = make_folder(folder) if folder else Path(tempfile.mkdtemp(prefix="localnet-"))
    try:
        net = await prepared(specs, folder=home, progress=progress)
        try:
            progress(f"Starting {', '.join(server.server_name for server in net)}")
            await net.start()
            yield net
        finally:
            await net.close()
    finally:
        if folder is None:
            shutil.rmtree(home, ignore_errors=True)


def _release(held: Iterable[Releasable]) -> None:
    for each in held:
        each.release()


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _reaches(one: Server, other: Server) -> None:
    """Ask for an alias that does not exist there: 404 proves name, TLS, keys and signature; 502, a failure."""
    path = f"/_matrix/client/v3/directory/room/%23localnet-probe%3A{other.server_name}"
    deadline = time.monotonic() + FEDERATION_PATIENCE
    while (reply := await one.request("GET", path)).status != 404:
        if time.monotonic() > deadline:
            raise LocalnetError(f"{one.server_name} does not reach {other.server_name}: {reply.status} {reply.content}")
        await asyncio.sleep(0.1)
