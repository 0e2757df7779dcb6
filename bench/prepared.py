"""A company whose rooms exist on a homeserver: made once, kept in the cache of deploy/localnet, copied for every run.

Synapse makes every event itself. What is cheap is that most invitations stand in the initial state of their room, so
that they are stored as one batch: some six milliseconds each instead of twenty. The bridge itself does not do so: it
passes by the filters for invitations of people and servers, and no other homeserver promises to take it.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.company import BOT, SERVER, Size, accounts, configured, directory, homeserver_database, names, project, write
from bridge.adapters.matrix.calls import Calls
from bridge.adapters.matrix.homeserver import MatrixHomeserver
from bridge.app.wiring import assembly
from bridge.config.settings import Config
from bridge.domain.rooms import MARKER
from bridge.ports.homeserver import RoomCreation
from bridge.rules.naming import plain_marker
from deploy.localnet.cache import cache_folder, locked, make_folder
from deploy.localnet.network import network
from deploy.localnet.specs import SYNAPSE_VERSION, Progress
from deploy.localnet.template import copy_database

SIZE: Final = Size(people=5000, groups=600, memberships=32_000)
MIXED: Final = (
    (("public", False), ("invite-only", False)) * 4
    + (("public", True), ("invite-only", False), ("public", False), ("hidden", False))
)  # fmt: skip
"""Every visibility, in groups of twelve."""
AT_ONCE: Final = 60
"""Invitations in an initial state: what a batch costs grows with the square of its length."""


async def prepared(size: Size, *, join: bool, progress: Progress = print) -> Path:
    """The cached folder, with ``homeserver.db`` and the bridge's ``parvis``; made on first use, in some minutes."""
    worlds = make_folder(cache_folder() / "worlds")
    mode = "joined" if join else "invited"
    folder = worlds / f"synapse-{SYNAPSE_VERSION}-{size.people}-{size.groups}-{size.memberships}-{mode}"
    if not folder.exists():
        async with locked(
            folder.with_name(f"{folder.name}.lock"), lambda: progress("Waiting for another process that does this")
        ):
            if not folder.exists():
                progress(
                    f"Preparing {size.people} people and {size.groups} groups in a homeserver (once, some minutes)"
                )
                await _make(folder, size, join=join, progress=progress)
    return folder


@contextmanager
def copied(folder: Path, into: Path) -> Iterator[tuple[Path, Path]]:
    """A copy of the cached folder to work on: the bridge's project and the folder of the network."""
    project_copy, servers = into / "parvis", into / "servers"
    shutil.copytree(folder / "parvis", project_copy)
    shutil.copyfile(folder / "homeserver.db", homeserver_database(servers))
    yield project_copy, servers


async def _make(folder: Path, size: Size, *, join: bool, progress: Progress) -> None:
    making = folder.with_name(f"making-{folder.name}")
    shutil.rmtree(making, ignore_errors=True)  # left by somebody who was killed
    done, servers = make_folder(making / "done"), making / "servers"
    spec = project(done / "parvis")
    write(done / "parvis" / "directory.json", directory(size, kinds=MIXED))
    await accounts(names(size.people), servers, progress)
    async with network([spec], folder=servers, progress=progress) as net:
        token = (await net[SERVER].register("service", admin=True)).access_token if join else None
        await _fill(configured(done / "parvis", net[SERVER].client_url, admin_token=token), progress)
    copy_database(homeserver_database(servers), done / "homeserver.db")
    done.replace(folder)
    shutil.rmtree(making)


async def _fill(config: Config, progress: Progress) -> None:
    """Apply the first plan, and whatever it leaves."""
    told = -1

    def tell(done: int, total: int) -> None:
        nonlocal told
        if done * 20 // total != told:
            told = done * 20 // total
            progress(f"… {done} of {total}")

    token = config.homeserver.admin_token
    async with assembly(config) as parts:
        await parts.prepare()
        while not (world := await parts.reconciler.look(keep=True)).plan.empty:
            crowds = {plain_marker(ref): tuple(sorted(room.members)) for ref, room in world.desired.rooms.items()}
            filling = Filling(parts.calls, crowds, admin_token=token.reveal() if token else None)
            await filling.check_admin(world.facts.employees)
            executor = replace(parts.reconciler.executor, homeserver=filling)
            await executor.apply(world.plan, employees=world.facts.employees, progress=tell)


class Filling(MatrixHomeserver):
    """Makes rooms with their first members invited; ``crowds`` are user ids by the marker of their room."""

    def __init__(self, calls: Calls, crowds: Mapping[str, tuple[str, ...]], *, admin_token: str | None) -> None:
        super().__init__(calls, server_name=SERVER, bot=BOT, admin_token=admin_token)
        self._crowds = crowds
        self._invited: dict[str, frozenset[str]] = {}

    async def create_room(self, creation: RoomCreation) -> str:
        (marker,) = (content["group"] for kind, _, content in creation.initial_state if kind == MARKER)
        users = self._crowds.get(marker, ())[:AT_ONCE]  # those of hidden rooms, whose markers say nothing, come singly
        invited = tuple(("m.room.member", user, {"membership": "invite"}) for user in users)
        room_id = await super().create_room(replace(creation, initial_state=(*creation.initial_state, *invited)))
        self._invited[room_id] = frozenset(users)
        return room_id

    async def invite(self, room_id: str, user_id: str, reason: str | None = None) -> None:
        if user_id not in self._invited.get(room_id, ()):
            await super().invite(room_id, user_id, reason)

    async def join_directly(self, room_id: str, user_id: str) -> None:
        """Who is invited stays so: for planning they are in."""
        if user_id not in self._invited.get(room_id, ()):
            await super().join_directly(room_id, user_id)
