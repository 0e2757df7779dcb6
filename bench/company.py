"""A made-up company on a real homeserver, with or without the bridge: what the benches of applying work on."""

import json
import random
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from bridge.adapters.time import SystemChance
from bridge.config.init import write_project
from bridge.config.loading import load_config
from bridge.config.registration import registration_of
from bridge.config.settings import Config
from deploy.localnet.cache import make_folder
from deploy.localnet.installation import installed_synapse
from deploy.localnet.specs import Progress, ServerSpec
from deploy.localnet.template import copy_database, template_database

SERVER: Final = "corp.test"
BOT: Final = f"@parvis:{SERVER}"
FEWEST: Final = 3
"""Members of the smallest group."""

Row = dict[str, Any]
Kind = tuple[str, bool]
"""A visibility, and whether such a group is listed."""

PLAIN: Final[Sequence[Kind]] = (("public", False), ("invite-only", False), ("invite-only", False))
"""What a bare client makes as well in one call per room."""


@dataclass(frozen=True)
class Size:
    """How large the company is. ``memberships`` is how many there are at most, those of the company space included."""

    people: int
    groups: int
    memberships: int | None = None


def directory(size: Size, prefix: str = "", *, seed: int = 0, kinds: Sequence[Kind] = PLAIN) -> Row:
    """A company of the size; group ids begin with ``prefix`` so that rounds do not meet, kinds take turns."""
    chance = random.Random(seed)
    ids = names(size.people)
    groups = []
    for number, crowd in enumerate(_crowds(size, chance)):
        members = chance.sample(ids, crowd)
        visibility, listed = kinds[number % len(kinds)]
        groups.append(
            {
                "id": f"{prefix}{number}",
                "name": f"Groupe {number}",
                "visibility": visibility,
                "owners": [members[0]],
                "members": members,
            }
            | ({"listed": True} if listed else {})
        )
    people = [{"id": one, "user": user(one), "name": one} for one in ids]
    return {"people": people, "groups": groups}


def write(path: Path, content: Row) -> None:
    """Write a directory file, for its owner only: hidden groups are in it."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(content), encoding="utf-8")


def names(people: int) -> list[str]:
    """Ids of people, which are the localparts of their accounts."""
    return [f"u{number:04d}" for number in range(people)]


def user(name: str) -> str:
    """The account of a person."""
    return f"@{name}:{SERVER}"


def _crowds(size: Size, chance: random.Random) -> list[int]:
    """How many members each group has: a few are large, most are small."""
    crowds = [min(size.people, FEWEST + int(chance.paretovariate(1.2) * 8)) for _ in range(size.groups)]
    if size.memberships is None:
        return crowds
    spare = size.memberships - size.people - FEWEST * size.groups
    if spare < 0:
        raise SystemExit(f"{size.memberships} memberships are too few for {size.people} people, {size.groups} groups")
    total = sum(crowds)
    return [min(size.people, FEWEST + spare * crowd // total) for crowd in crowds]


def project(folder: Path) -> ServerSpec:
    """Write the bridge's project into ``folder``; gives a homeserver that knows it and pushes nothing to it."""
    write_project(folder, server_name=SERVER, chance=SystemChance())
    # Whoever is put into the administrators' room must have an account.
    _set(folder, {"admins": [user(names(1)[0])]})
    return homeserver_of(folder)


def homeserver_of(folder: Path) -> ServerSpec:
    """The homeserver for the project in ``folder``."""
    config = load_config(folder / "config.yaml", {})
    return ServerSpec(SERVER, appservices=({**registration_of(config), "url": None},), durable=True)


def configured(folder: Path, address: str, *, admin_token: str | None = None) -> Config:
    """The project's configuration, for the homeserver at ``address``, with the directory in directory.json."""
    homeserver = {"address": address, "server_name": SERVER} | ({"admin_token": admin_token} if admin_token else {})
    _set(folder, {"homeserver": homeserver, "directory": {"type": "json", "path": "directory.json"}})
    return load_config(folder / "config.yaml", {})


def _set(folder: Path, values: Row) -> None:
    """Write these parts of the project's configuration anew."""
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text(encoding="utf-8")) | values), encoding="utf-8")


async def accounts(people: Iterable[str], servers: Path, progress: Progress = print) -> None:
    """Make a database for the homeserver in the network's folder ``servers`` with these people's accounts.

    They are written into it directly, as registering would: through the API each takes two calls.
    """
    database = homeserver_database(servers)
    copy_database(await template_database(await installed_synapse(progress), progress), database)
    with closing(sqlite3.connect(database)) as connection, connection:
        for name in people:
            connection.execute(
                "INSERT INTO users (name, creation_ts, is_guest, approved) VALUES (?, 0, 0, TRUE)", (user(name),)
            )
            connection.execute(
                "INSERT INTO profiles (user_id, displayname, full_user_id) VALUES (?, ?, ?)", (name, name, user(name))
            )


def homeserver_database(servers: Path) -> Path:
    """Where the homeserver in the network's folder keeps its data; one that is there already stays."""
    return make_folder(servers / SERVER) / "homeserver.db"
