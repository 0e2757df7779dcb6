"""Asks a running homeserver what it tells the bridge and what it tells anybody. Called by ``parvis doctor``.

Changes nothing there: whether accounts can be made is asked without making one.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from bridge.domain.diagnosis import Answers, ServiceAccount, Status
from bridge.ports.clock import Clock

TIMEOUT: Final = ClientTimeout(total=15)
NOWHERE: Final = "io.parvis.nowhere"
"""The localpart of an alias that nobody makes."""
CLIENT: Final = "/_matrix/client/v3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, and of whom: ``token`` is the bridge's, ``admin_token`` an administrator's, empty where there is none,
    ``service`` the registration's id; ``bots`` are the user ids of all bots, the application service's own ``bot``
    among them."""

    address: str
    token: str
    admin_token: str
    service: str
    bot: str
    bots: frozenset[str]
    clock: Clock


async def ask(asked: Asked, partners: Collection[str] = ()) -> Answers:
    """Everything that ``Answers`` holds. Never raises for what the homeserver does: no answer is one, too."""
    async with ClientSession(asked.address.rstrip("/"), timeout=TIMEOUT) as session:
        door = _Door(session, asked)
        token, _, sent = await door.ours("GET", f"{CLIENT}/account/whoami")
        service = await door.service_account(asked.admin_token) if asked.admin_token else None
        pinged, _, _ = await door.ours("POST", f"/_matrix/client/v1/appservice/{asked.service}/ping")
        _, capabilities, _ = await door.ours("GET", f"{CLIENT}/capabilities")
        rooms, _, _ = await door.anybody("GET", f"{CLIENT}/publicRooms")
        profile, _, _ = await door.anybody("GET", f"{CLIENT}/profile/{asked.bot}")
        account, _, _ = await door.anybody("POST", f"{CLIENT}/register")
        administration, _, _ = await door.anybody("GET", "/_synapse/admin/v1/rooms")
        _, version, _ = await door.anybody("GET", "/_matrix/federation/v1/version")
        reached = {server: await door.speaks_with(server) for server in partners}
        devices = {bot: await door.devices_of(bot) for bot in sorted(asked.bots)}
    server, rooms_made = version.get("server", {}), _room_versions(capabilities)
    return Answers(
        address=asked.address,
        software=f"{server.get('name', '')} {server.get('version', '')}".strip(),
        ahead=(sent - asked.clock.now()).total_seconds() if sent else None,
        versions=frozenset(rooms_made.get("available", {})),
        default_version=str(rooms_made.get("default", "")),
        token=token,
        service=service,
        pinged=pinged,
        devices={bot: ids for bot, ids in devices.items() if ids is not None},
        rooms=rooms,
        profile=profile,
        account=account,
        administration=administration,
        reached=reached,
    )


@dataclass(frozen=True, slots=True)
class _Door:
    session: ClientSession
    asked: Asked

    async def ours(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> tuple[Status, Mapping[str, Any], datetime | None]:
        return await self._ask(method, path, _bearing(self.asked.token), body)

    async def anybody(self, method: str, path: str) -> tuple[Status, Mapping[str, Any], datetime | None]:
        return await self._ask(method, path, {})

    async def service_account(self, token: str) -> ServiceAccount:
        """Whose ``token`` is, and whether the homeserver takes them for an administrator."""
        known, whose, _ = await self._ask("GET", f"{CLIENT}/account/whoami", _bearing(token))
        owner = str(whose.get("user_id", ""))
        if not owner:
            return ServiceAccount(token=known)
        page = f"/_synapse/admin/v1/users/{quote(owner, safe='')}/admin"
        administration, told, _ = await self._ask("GET", page, _bearing(token))
        administrator = told.get("admin") is True if administration.answered else None
        return ServiceAccount(token=known, owner=owner, administration=administration, administrator=administrator)

    async def speaks_with(self, server: str) -> bool:
        """Synapse asks the other server for the alias each time: not to know it is an answer."""
        status, _, _ = await self.ours("GET", f"{CLIENT}/directory/room/%23{NOWHERE}%3A{server}")
        return status.answered or status.code == HTTPStatus.NOT_FOUND

    async def devices_of(self, bot: str) -> frozenset[str] | None:
        """Those of a bot, as ``MatrixDevices.of`` finds them; None where that cannot be told."""
        query = f"user_id={quote(bot, safe='')}"
        own, listed, _ = await self.ours("GET", f"{CLIENT}/devices?{query}")
        if own.code == HTTPStatus.FORBIDDEN:
            return frozenset()  # no account: this bot has never run, and nobody can sign in as it
        told, keys, _ = await self.ours("POST", f"{CLIENT}/keys/query?{query}", {"device_keys": {bot: []}})
        if not (own.answered and told.answered):
            return None
        return frozenset(str(one.get("device_id")) for one in listed.get("devices", ())).union(
            keys.get("device_keys", {}).get(bot, {})
        )

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], content: Mapping[str, Any] | None = None
    ) -> tuple[Status, Mapping[str, Any], datetime | None]:
        body = content or {} if method == "POST" else None
        try:
            async with self.session.request(method, path, headers=headers, json=body) as response:
                answer = await _json(response)
        except (ClientError, TimeoutError):
            return Status(), {}, None
        status = Status(code=response.status, errcode=str(answer.get("errcode", "")))
        return status, answer, _sent(response)


def _bearing(token: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def _json(response: ClientResponse) -> Mapping[str, Any]:
    """The answer, empty where it is none of Matrix'."""
    try:
        content = await response.json(content_type=None)
    except ValueError:
        return {}
    return content if isinstance(content, Mapping) else {}


def _sent(response: ClientResponse) -> datetime | None:
    """When the homeserver answered, by its own clock."""
    with suppress(ValueError, KeyError):
        return parsedate_to_datetime(response.headers["Date"])
    return None


def _room_versions(capabilities: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = capabilities.get("capabilities", {}).get("m.room_versions", {})
    return found
