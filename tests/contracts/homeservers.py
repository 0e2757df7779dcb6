"""What the contract suites do to a homeserver from outside, on the fake and on real Synapses alike."""

import itertools
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

from bridge.adapters.matrix.accounts import ensure_registered
from bridge.adapters.matrix.calls import Calls
from bridge.adapters.matrix.homeserver import MatrixHomeserver
from bridge.adapters.time import SystemClock
from bridge.ports.clock import Clock
from bridge.ports.homeserver import RoomCreation
from deploy.localnet.requests import Reply
from deploy.localnet.specs import Account
from tests.fakes.homeserver import ADMIN_TOKEN, FakeHomeserver
from tests.fakes.synapse_rooms import No
from tests.support.synapse import AS_TOKEN, BOT, CORP, RealServers

V3 = "/_matrix/client/v3"
DEAD = "dead.test"
"""A server that nobody reaches."""


class World(Protocol):
    """A homeserver with our bot, people of ours and of a partner's server, and what they do in their clients."""

    homeserver: MatrixHomeserver
    calls: Calls
    admin_token: str

    async def person(self, name: str, *, partner: bool = False) -> str:
        """A new user; gives the user id."""

    async def act(self, user: str, verb: str, room: str, **body: Any) -> bool:
        """A person's POST to /rooms/{room}/{verb}; gives whether the homeserver did it."""

    async def write(self, user: str, room: str, kind: str, content: Mapping[str, Any]) -> bool:
        """A person's state event."""

    async def address(self, room: str, alias: str) -> None:
        """An administrator of the homeserver gives the room, which they are in, an alias by hand."""

    async def timeline(self, room: str) -> list[Mapping[str, Any]]:
        """The contents of the room's messages, oldest first, as the bot reads them."""

    async def close(self) -> None: ...


class FakeWorld:
    """The fake."""

    def __init__(self, version: str) -> None:
        self.synapse = FakeHomeserver(server_name=CORP, bot=BOT, room_version=version).synapse
        self.synapse.silent_servers.add(DEAD)
        self.calls: Calls = self.synapse
        # Not the fake itself: its service account counts as checked.
        self.homeserver = MatrixHomeserver(self.synapse, server_name=CORP, bot=BOT, admin_token=ADMIN_TOKEN)
        self.admin_token = ADMIN_TOKEN
        self._numbers = itertools.count(1)

    async def person(self, name: str, *, partner: bool = False) -> str:
        return f"@{name}{next(self._numbers)}:{'acme.test' if partner else CORP}"

    async def act(self, user: str, verb: str, room: str, **body: Any) -> bool:
        there = self.synapse.room(room)
        target = body.get("user_id", "")
        acts = {
            "join": lambda: there.join(user),
            "leave": lambda: there.leave(user),
            "knock": lambda: there.knock(user),
            "ban": lambda: there.ban(user, target),
            "kick": lambda: there.kick(user, target, None),
            "invite": lambda: self.synapse.invite(user, room, target, None),
        }
        try:
            acts[verb]()
        except No:
            return False
        return True

    async def write(self, user: str, room: str, kind: str, content: Mapping[str, Any]) -> bool:
        try:
            self.synapse.room(room).write(user, kind, "", content)
        except No:
            return False
        return True

    async def address(self, room: str, alias: str) -> None:
        self.synapse.set_alias(self.synapse.owners[ADMIN_TOKEN], alias, room)

    async def timeline(self, room: str) -> list[Mapping[str, Any]]:
        events = self.synapse.rooms[room].timeline
        return [event["content"] for event in events if event["type"] == "m.room.message"]

    async def close(self) -> None:
        """Nothing is open."""


class RealWorld:
    """Two Synapses that federate."""

    def __init__(
        self, servers: RealServers, admin_token: str, address: str | None = None, clock: Clock | None = None
    ) -> None:
        self.servers, self.admin_token = servers, admin_token
        self.calls = Calls(address or servers.corp.client_url, AS_TOKEN, clock=clock or SystemClock())
        self.homeserver = MatrixHomeserver(self.calls, server_name=CORP, bot=BOT, admin_token=admin_token)
        self._accounts: dict[str, Account] = {}

    async def person(self, name: str, *, partner: bool = False) -> str:
        server = self.servers.acme if partner else self.servers.corp
        account = await server.register(self.servers.fresh(name))
        self._accounts[account.user_id] = account
        return account.user_id

    async def act(self, user: str, verb: str, room: str, **body: Any) -> bool:
        path = f"{V3}/{verb}" if verb in {"join", "knock"} else f"{V3}/rooms"
        path += f"/{quote(room, safe='')}" + ("" if verb in {"join", "knock"} else f"/{verb}")
        query = {"server_name": CORP, "via": CORP} if verb in {"join", "knock"} else {}
        return (await self._ask(user, "POST", path, body, query)).status == 200

    async def write(self, user: str, room: str, kind: str, content: Mapping[str, Any]) -> bool:
        return (await self._ask(user, "PUT", f"{V3}/rooms/{quote(room, safe='')}/state/{kind}/", content)).status == 200

    async def address(self, room: str, alias: str) -> None:
        path = f"{V3}/directory/room/{quote(alias, safe='')}"
        body = {"room_id": room}
        (await self.servers.corp.request("PUT", path, token=self.admin_token, body=body)).ok("giving an address")

    async def timeline(self, room: str) -> list[Mapping[str, Any]]:
        path = f"{V3}/rooms/{quote(room, safe='')}/messages?dir=b&limit=500"
        page = await self.homeserver.request("GET", path)
        return [event["content"] for event in reversed(page["chunk"]) if event["type"] == "m.room.message"]

    async def close(self) -> None:
        await self.calls.close()

    async def _ask(
        self, user: str, method: str, path: str, body: Mapping[str, Any], query: Mapping[str, str] | None = None
    ) -> Reply:
        account = self._accounts.get(user)
        server = self.servers.network[user.partition(":")[2]]
        token = account.access_token if account else (await server.admin()).access_token
        return await server.request(method, path, token=token, body=dict(body), query=query)


async def real_world(servers: RealServers, address: str | None = None, clock: Clock | None = None) -> RealWorld:
    """With the bot registered; ``address`` of a proxy before the company's server."""
    admin = await servers.corp.admin()
    world = RealWorld(servers, admin.access_token, address, clock)
    await ensure_registered(world.calls, BOT)
    return world


def room(marker: str = "sales", *, version: str = "12", **changes: Any) -> RoomCreation:
    """A room as the executor makes them: marked, closed, with the bot on top."""
    powers: dict[str, Any] = {"invite": 50, "kick": 50}
    # In version 12 the creator must not be named; before, whoever overrides the users must name the bot.
    powers["users"] = {} if version == "12" else {BOT: 100}
    state = (
        ("io.parvis.group", "", {"group": marker}),
        ("m.room.guest_access", "", {"guest_access": "forbidden"}),
        ("m.room.history_visibility", "", {"history_visibility": "joined"}),
    )
    creation = {"name": marker, "version": version, "power_levels": powers, "initial_state": state}
    return RoomCreation(**(creation | changes))
