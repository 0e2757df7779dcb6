"""A SCIM server over real HTTP on this machine, for tests: the bridge's endpoint over any store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp

from bridge.adapters.appservice.server import InboundServer
from bridge.adapters.scim.door import PREFIX, ScimDoor
from bridge.ports.scim import ScimToken
from bridge.ports.store import Store
from bridge.services.intake import Intake
from tests.adapters.appservice.test_inbound_server import TOKEN, FakeHealth
from tests.fakes.clock import FakeChance, FakeClock
from tests.services.inbox import Inbox

SECRET = "s" * 40
SETTLE = timedelta(minutes=10)


@dataclass(frozen=True)
class Answer:
    """One answer; ``json`` is None where it has no body, ``headers`` have their names in small letters."""

    status: int
    json: Any
    headers: dict[str, str]

    @property
    def id(self) -> str:
        return str(self.json["id"])


@dataclass
class Client:
    """An identity provider. ``woken`` has an item for each time that the bridge was told of a change."""

    base: str
    http: aiohttp.ClientSession
    store: Store
    clock: FakeClock
    woken: list[None] = field(default_factory=list)

    async def ask(self, method: str, path: str, body: Any = None, /, **headers: str) -> Answer:
        sent = {"Authorization": f"Bearer {SECRET}"} | {key.replace("_", "-"): one for key, one in headers.items()}
        async with self.http.request(method, self.base + path, json=body, headers=sent) as answer:
            told = await answer.json(content_type=None) if answer.content_length else None
            return Answer(answer.status, told, {name.lower(): one for name, one in answer.headers.items()})

    async def user(self, name: str, /, **more: Any) -> str:
        answer = await self.ask("POST", "/Users", {"userName": name, "active": True} | more)
        assert answer.status == 201, answer
        return answer.id

    async def group(self, name: str, *members: str) -> str:
        body = {"displayName": name, "members": [{"value": one} for one in members]}
        answer = await self.ask("POST", "/Groups", body)
        assert answer.status == 201, answer
        return answer.id

    async def members(self, group: str) -> list[str]:
        found = (await self.ask("GET", f"/Groups/{group}")).json
        return [one["value"] for one in found.get("members", ())]

    async def patch(self, path: str, *operations: dict[str, Any], **headers: str) -> Answer:
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}
        return await self.ask("PATCH", path, body, **headers)


@asynccontextmanager
async def served(store: Store) -> AsyncIterator[Client]:
    """A server with one client that may come in."""
    clock, inbox = FakeClock(), Inbox()
    woken: list[None] = []
    async with store.work() as work:
        await work.scim_tokens.add(ScimToken(id="1", client="entra", created=clock.now()), SECRET)
    door = ScimDoor(store=store, clock=clock, chance=FakeChance(), changed=lambda: woken.append(None), settle=SETTLE)
    intake = Intake(inbox, clock, lambda _: None)
    server = InboundServer(hs_token=TOKEN, intake=intake, health=FakeHealth(inbox), doors=[door])
    await server.start("127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession() as http:
            yield Client(f"http://127.0.0.1:{server.port}{PREFIX}", http, store, clock, woken)
    finally:
        await server.stop()
