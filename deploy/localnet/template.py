"""An empty database with Synapse's schema, made once per version, so that servers start quickly."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from deploy.localnet.cache import cache_folder, locked, make_folder
from deploy.localnet.certificates import keys_for
from deploy.localnet.configuration import Place
from deploy.localnet.errors import LocalnetError
from deploy.localnet.ports import ReservedPort
from deploy.localnet.server import Server, Surroundings
from deploy.localnet.specs import SYNAPSE_VERSION, Progress, ServerSpec, silent
from deploy.localnet.waiting import until

NAME = "template.test"
PATIENCE = 120


async def template_database(python: Path, progress: Progress = silent, version: str = SYNAPSE_VERSION) -> Path:
    """The cached template; made on first use by running a server that nobody ever talks to."""
    folder = make_folder(cache_folder() / "templates")
    template = folder / f"synapse-{version}.db"
    if not template.exists():
        async with locked(folder / f"synapse-{version}.lock"):
            if not template.exists():
                progress("Preparing an empty database (once)")
                await _make(template, python)
    return template


async def _make(template: Path, python: Path) -> None:
    folder = template.parent / f"making-{template.stem}"
    shutil.rmtree(folder, ignore_errors=True)  # left by somebody who was killed
    client, federation = ReservedPort(), ReservedPort()
    place = Place(folder=folder, client_port=client.number, federation_port=federation.number)
    keys = (await keys_for([NAME]))[NAME]
    spec = ServerSpec(NAME, extra={"background_updates": {"sleep_enabled": False}})
    server = Server(spec, place, Surroundings(python=python, names={}, keys=keys))
    try:
        server.prepare()
        await server.start()
        await _until_settled(place.database)
        await server.stop()
        copy_database(place.database, folder / "copy.db")
        (folder / "copy.db").replace(template)
    finally:
        server.kill_now()
        client.release()
        federation.release()
        shutil.rmtree(folder, ignore_errors=True)


async def _until_settled(database: Path) -> None:
    """Wait for Synapse's background updates: done here, no later server spends time on them."""
    query = "SELECT count(*) FROM background_updates"
    try:
        await until(lambda: _count(database, query) == 0, PATIENCE)
    except TimeoutError:
        raise LocalnetError(f"Synapse's background updates did not end within {PATIENCE} s") from None


def _count(database: Path, query: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(query).fetchone()[0])


def copy_database(source: Path, target: Path) -> None:
    """Copy a homeserver's database, whether it runs or not."""
    # The backup API includes what the write-ahead log still holds.
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as write:
        read.backup(write)
