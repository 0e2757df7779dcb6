"""SCIM over real HTTP on this machine: what a change of members takes, and how long others wait for it meanwhile.

``python -m bench.scim [--members 5000] [--people 100000] [--groups 10000] [--rounds 100]``: client and server share a
process and its loop, so each figure has both in it. A heart beats every millisecond; how late it was at most is how
long the loop was held. ``library`` is the same server with members left to the library. Then the directory is read.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web
from scim2_models import PatchOp
from scim2_server.handler import AsyncScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.service import ScimService

from bench.ldap import peak_mib
from bridge.adapters.directory.scim import ScimPlace, ScimSource
from bridge.adapters.scim.door import PREFIX, ScimDoor
from bridge.adapters.scim.marking import marks_of
from bridge.adapters.scim.models import provider
from bridge.adapters.scim.storage import StoredResources
from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.adapters.time import SystemChance, SystemClock
from bridge.app.memory import settle_memory
from bridge.domain.directory import Visibility
from bridge.ports.scim import Change, ResourceKind, ScimResource, ScimToken

SECRET: Final = "token-of-the-bench-that-is-no-secret-at-all"
LIMIT: Final = 20.0
"""Milliseconds for one member of a group of 5,000, in the median."""
BEAT: Final = 0.001
INSIDE: Final = 20
"""Members of an ordinary group."""


@dataclass
class Heart:
    """Beats beside everything else; ``late`` is by how many milliseconds at most."""

    late: float = 0.0
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    async def __aenter__(self) -> "Heart":
        self._task = asyncio.create_task(self._beat())
        await asyncio.sleep(10 * BEAT)
        self.late = 0.0
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _beat(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(BEAT)
            self.late = max(self.late, 1000 * (time.perf_counter() - before - BEAT))


async def fill(store: SqlStore, people: int, groups: int, members: int) -> None:
    """A company: the last group has ``members``, each other one a few."""
    now = SystemClock().now()
    async with store.work() as work:
        await work.scim_tokens.add(ScimToken(id="1", client="bench", created=now), SECRET)
        for number in range(people):
            document = {
                "userName": f"p{number}@corp.example",
                "displayName": f"Élodie N{number}",
                "emails": [{"value": f"p{number}@corp.example", "type": "work"}],
                "title": "Ingénieure",
                "active": True,
            }
            await put(work.scim, f"p{number}", ResourceKind.USER, document, now)
        for number in range(groups):
            await put(work.scim, f"g{number}", ResourceKind.GROUP, {"displayName": f"Groupe {number}"}, now)
            inside = range(members) if number == groups - 1 else range(number, number + INSIDE)
            change = Change(add=tuple(f"p{one % people}" for one in inside))
            await work.scim.change_members(f"g{number}", change, at=now)


async def put(scim: Any, id_: str, kind: ResourceKind, document: dict[str, Any], now: Any) -> None:
    """One resource, as the server would store it."""
    resource = ScimResource(id=id_, kind=kind, document=document, created=now, changed=now)
    await scim.put(resource, marks_of(id_, document))


@asynccontextmanager
async def serving(store: SqlStore) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """A client's ``ask(method, path, body)``."""
    door = ScimDoor(store=store, clock=SystemClock(), chance=SystemChance(), changed=lambda: None, settle=timedelta(0))
    runner = web.ServerRunner(web.Server(door.answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}{PREFIX}"
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {SECRET}"}) as http:

        async def ask(method: str, path: str, body: Any = None) -> Any:
            async with http.request(method, base + path, json=body) as answer:
                text = await answer.read()
                if answer.status >= 400:
                    raise RuntimeError(f"{method} {path}: {answer.status} {text.decode()}")
                return json.loads(text) if text else None

        yield ask
    await runner.cleanup()


async def timed(jobs: list[Callable[[], Awaitable[Any]]]) -> dict[str, float]:
    """Milliseconds of each, and how late the heart was."""
    await jobs[0]()
    taken = []
    async with Heart() as heart:
        for job in jobs[1:]:
            started = time.perf_counter()
            await job()
            taken.append(1000 * (time.perf_counter() - started))
    return {
        "median_ms": round(statistics.median(taken), 2),
        "max_ms": round(max(taken), 2),
        "loop_held_ms": round(heart.late, 2),
    }


async def served(store: SqlStore, group: str, people: int, members: int, rounds: int) -> dict[str, Any]:
    """Requests as providers send them."""
    async with serving(store) as ask:

        def patch(op: str, ids: list[str]) -> Callable[[], Awaitable[Any]]:
            operation = {"op": op, "path": "members", "value": [{"value": one} for one in ids]}
            return lambda: ask("PATCH", f"/Groups/{group}", {"Operations": [operation]})

        new = [f"p{one % people}" for one in range(members, members + 100)]
        everybody = [f"p{one}" for one in range(members)]
        one = [patch(op, new[:1]) for _ in range(rounds) for op in ("add", "remove")]
        hundred = [patch(op, new) for _ in range(rounds // 5) for op in ("add", "remove")]
        whole = [patch("replace", everybody[:-turn]) for turn in (1, 2, 3, 1, 2, 3)]
        return {
            "add or remove one": await timed(one),
            "add or remove a hundred": await timed(hundred),
            "replace all": await timed(whole),
            "get all": await timed([lambda: ask("GET", f"/Groups/{group}")] * 5),
            "get without members": await timed(
                [lambda: ask("GET", f"/Groups/{group}?excludedAttributes=members")] * rounds
            ),
            "find a user": await timed([lambda: ask("GET", '/Users?filter=userName+eq+"P7@corp.example"')] * rounds),
        }


async def by_library(store: SqlStore, group: str, members: int) -> dict[str, float]:
    """The same change of one member when the library has the members, without HTTP."""
    service = ScimService(provider())
    parts = {"clock": SystemClock(), "chance": SystemChance()}

    async def change(op: str) -> None:
        operation = {"op": op, "path": f'members[value eq "p{members}"]'}
        if op == "add":
            # Its other operations hold words alone.
            operation = {"op": op, "path": "members", "value": [{"value": f"p{members}"}]}  # type: ignore[dict-item]
        body = json.dumps({"schemas": [PatchOp.__schema__], "Operations": [operation]}).encode()
        async with store.work() as work:
            # The same arguments for both storages.
            storage = StoredResources(work.scim, service.provider, **parts)  # type: ignore[arg-type]
            request = ScimRequest("PATCH", "http://bench", f"/Groups/{group}", body=body)
            await AsyncScimHandler(service, storage).handle(request)

    return await timed([lambda: change("add"), lambda: change("remove"), lambda: change("add")])


async def read(store: SqlStore) -> dict[str, float]:
    """The directory, whole and then after one change."""
    place = ScimPlace(server_name="corp.example", visibility=Visibility.INVITE_ONLY, settle=timedelta(0))
    source = ScimSource(place=place, shelf=store, clock=SystemClock())
    before = peak_mib()
    started = time.perf_counter()
    await source.read()
    whole = time.perf_counter() - started
    async with store.work() as work:
        await work.scim.change_members("g0", Change(remove=("p1",)), at=SystemClock().now())
    started = time.perf_counter()
    async with Heart() as heart:
        await source.read()
    return {
        "whole_s": round(whole, 2),
        "again_s": round(time.perf_counter() - started, 2),
        "again_loop_held_ms": round(heart.late, 1),
        "mib": round(peak_mib() - before),
    }


async def measure(people: int, groups: int, members: int, rounds: int) -> bool:
    """Everything once; whether the limit was kept."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{Path(folder)}/bench.db", DataKeySealer(bytes(32)))
        try:
            await fill(store, people, groups, members)
            settle_memory()
            group = f"g{groups - 1}"
            figures = await served(store, group, people, members, rounds)
            figures["library: add or remove one"] = await by_library(store, group, members)
            figures[f"read {people} people, {groups} groups"] = await read(store)
        finally:
            await store.close()
    for name, values in figures.items():
        print(f"{name:34}", "  ".join(f"{key} {value}" for key, value in values.items()))
    kept = bool(figures["add or remove one"]["median_ms"] <= LIMIT)
    print(f"limit: {LIMIT} ms in the median for one of {members}: {'kept' if kept else 'NOT kept'}")
    return kept


def main() -> int:
    """0 when the limit was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in (("people", 100_000), ("groups", 10_000), ("members", 5_000), ("rounds", 100)):
        parser.add_argument(f"--{name}", type=int, default=number)
    given = parser.parse_args()
    return 0 if asyncio.run(measure(given.people, given.groups, given.members, given.rounds)) else 1


if __name__ == "__main__":
    sys.exit(main())
