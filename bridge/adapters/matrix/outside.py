"""Asks from outside how homeservers and clients come to ours: ``.well-known``, and what is found where it leads. Called
by ``parvis doctor``. Never shows a token to anybody.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from bridge.domain.diagnosis import Outside, Published, Status

TIMEOUT: Final = ClientTimeout(total=10)
LARGEST: Final = 51_200
"""Bytes of such a document; more are not read (Synapse's own limit)."""
FEDERATION_PORT: Final = 8448
NOWHERE: Final = "io.parvis.nowhere"
"""Of the id of a room that nobody makes."""
BY_ID: Final = (
    "v3/directory/list/room/{room}",
    "r0/directory/list/room/{room}",
    "api/v1/directory/list/room/{room}",
    "unstable/directory/list/room/{room}",
    "v1/room_summary/{room}",
    "unstable/im.nheko.summary/summary/{room}",
    "unstable/im.nheko.summary/rooms/{room}/summary",
)
"""Where Synapse tells anybody whether a room is there, below ``/_matrix/client``. So does giving a room an address
(``PUT``), which is not tried here."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """How an address answered: the HTTP status, 0 where nothing came, its JSON, and who else may read it."""

    code: int = 0
    content: object = None
    shared_with: str = ""


Fetch: TypeAlias = Callable[[str], Awaitable[Fetched]]
"""Gives what stands at an address. Never raises for what is found there."""


async def look(server_name: str, fetch: Fetch | None = None) -> Outside:
    """How the homeserver of this name looks to others; without ``fetch``, over the network."""
    if fetch is not None:
        return await _look(server_name, fetch)
    # Redirects are followed, as homeservers and clients do; certificates are judged by those whom this machine trusts.
    async with ClientSession(timeout=TIMEOUT) as session:
        return await _look(server_name, lambda url: _fetched(session, url))


async def _look(name: str, fetch: Fetch) -> Outside:
    told = await fetch(f"https://{name}/.well-known/matrix/server")
    shown = await fetch(f"https://{name}/.well-known/matrix/client")
    named = _text(told.content, "m.server") if told.code == 200 else ""
    destination = _with_port(named) if named else _with_port(name)
    keys = await fetch(f"https://{destination}/_matrix/key/v2/server")
    base = _base_url(shown)
    at = base or f"https://{name}"
    room = quote(f"!{NOWHERE}:{name}", safe="")
    # Together: a host that is silent takes the time of one answer.
    versions, administration, *by_id = await asyncio.gather(
        fetch(f"{at}/_matrix/client/versions"),
        fetch(f"{at}/_synapse/admin/v1/rooms"),
        *(fetch(f"{at}/_matrix/client/{way.format(room=room)}") for way in BY_ID),
    )
    return Outside(
        server=Published(status=_status(told), leads_to=named),
        client=Published(status=_status(shown), leads_to=base, for_browsers=shown.shared_with == "*"),
        destination=destination,
        answers_to=_text(keys.content, "server_name") if keys.code == 200 else "",
        clients=_status(versions),
        administration=_status(administration),
        room_ids=dict(zip(BY_ID, map(_status, by_id), strict=True)),
    )


def _base_url(shown: Fetched) -> str:
    """The address for clients, without a last slash; empty where it is none."""
    if shown.code != 200 or not isinstance(shown.content, Mapping):
        return ""
    url = _text(shown.content.get("m.homeserver"), "base_url").rstrip("/")
    return url if urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname else ""


def _with_port(destination: str) -> str:
    """Where homeservers go that were told no port."""
    host = destination.rpartition("]")[2] if destination.startswith("[") else destination
    return destination if ":" in host else f"{destination}:{FEDERATION_PORT}"


def _text(content: object, key: str) -> str:
    value = content.get(key) if isinstance(content, Mapping) else None
    return value if isinstance(value, str) else ""


def _status(fetched: Fetched) -> Status:
    return Status(code=fetched.code, errcode=_text(fetched.content, "errcode"))


async def _fetched(session: ClientSession, url: str) -> Fetched:
    try:
        async with session.get(url) as response:
            raw = await response.content.read(LARGEST)
            shared_with = response.headers.get("Access-Control-Allow-Origin", "")
            return Fetched(response.status, _json(raw), shared_with)
    except (ClientError, TimeoutError, ValueError):
        return Fetched()


def _json(raw: bytes) -> Any:
    """Its content, None where it is no JSON: clients and homeservers do not ask for what type it is said to be."""
    try:
        return json.loads(raw)
    except ValueError:
        return None
