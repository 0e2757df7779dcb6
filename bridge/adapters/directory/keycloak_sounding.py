"""A realm of Keycloak looked at step by step: does it answer, is its certificate good, does it let us in.

For ``parvis doctor``.
"""

import asyncio
import ssl
from dataclasses import replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from shlex import quote
from typing import Final
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from bridge.adapters.directory.certificates import Door, handshake
from bridge.adapters.directory.keycloak_calls import Realm
from bridge.adapters.directory.keycloak_server import KeycloakPlace
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.problems import InvalidInput
from bridge.domain.soundings import Sounding, Step, Trust
from bridge.ports.clock import Clock
from bridge.ports.directory import Reading

HTTPS: Final = 443


async def keycloak_sounding(place: KeycloakPlace, clock: Clock) -> tuple[Sounding, Reading | None]:
    """What is so with the server, and the whole reading where there is one."""
    realm, parts = place.realm, urlsplit(place.realm.address)
    found = Sounding(place=str(realm), look=f"curl -i {quote(str(realm))}")
    if parts.scheme == "https":
        door = Door(
            host=parts.hostname or "", port=parts.port or HTTPS, ca_file=realm.ca_file, timeout=realm.timeout
        )  # fmt: skip
        found = replace(found, handshake=await asyncio.to_thread(handshake, door))
        if found.handshake and found.handshake.trust is not Trust.GOOD:
            return replace(found, failed=Step.TLS), None
    try:
        reading = await place.read(clock)
    except InvalidInput as invalid:
        return found.unread(invalid), None
    except ParvisError as error:
        step = Step.CONNECT if error.kind is ErrorKind.TEMPORARY else Step.BIND
        return replace(found, failed=step, error=error.message), None
    return replace(found, ahead=await _ahead(realm, clock)), reading


async def _ahead(realm: Realm, clock: Clock) -> float | None:
    """Seconds by which its clock is before ours, as its answer to anybody says; None where it does not."""
    connector = TCPConnector(ssl=ssl.create_default_context(cafile=realm.ca_file))
    try:
        async with (
            ClientSession(connector=connector, timeout=ClientTimeout(total=realm.timeout)) as http,
            http.get(str(realm), allow_redirects=False) as answer,
        ):
            told = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (ClientError, TimeoutError, OSError, ValueError):
        return None
    return (told.astimezone(UTC) - clock.now()).total_seconds()
