"""A conversation with Keycloak's admin API, as a client of the realm. For ``keycloak_server``."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import quote

import msgspec
from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Message, say
from bridge.files.refusals import reason_of, unknown_host
from bridge.ports.clock import Clock

Json: TypeAlias = Any
Row: TypeAlias = dict[str, Json]

MARGIN: Final = 10
"""Seconds before its end at which a token is renewed."""
OK, BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY, BROKEN = 200, 400, 401, 403, 404, 429, 500


class MovedError(Exception):
    """What is being read has changed meanwhile, or is not all there: ``message`` says so when it stays that way."""

    def __init__(self, message: Message | None = None) -> None:
        super().__init__()
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Realm:
    """Where a realm is, and which client reads it; ``timeout`` in seconds for one answer."""

    address: str
    realm: str
    client_id: str
    secret: str = field(repr=False)
    ca_file: Path | None = None
    page: int = 100
    timeout: int = 30

    def __str__(self) -> str:
        return f"{self.address}/realms/{quote(self.realm, safe='')}"


class RealmSession:
    """Asks with a token of its own, and has it renewed before it ends or when it is refused."""

    def __init__(self, http: ClientSession, realm: Realm, clock: Clock) -> None:
        self.realm = realm
        self._http, self._clock = http, clock
        self._token, self._end = "", 0.0
        self._renewing = asyncio.Lock()

    async def listed(self, *path: str, **query: str) -> list[Row]:
        """All rows of a list, page by page. Each page begins with the last row of the one before: where it does not,
        rows have moved between two pages, and one may have been passed over (``MovedError``)."""
        rows: list[Row] = []
        while True:
            start = max(len(rows) - 1, 0)
            page: list[Row] = await self.get(*path, first=str(start), max=str(self.realm.page), **query)
            if rows and (not page or page[0].get("id") != rows[-1].get("id")):
                raise MovedError
            rows += page[1:] if rows else page
            if len(page) < self.realm.page:
                return rows

    async def get(self, *path: str, **query: str) -> Json:
        """One answer of the admin API. Raises ``ParvisError``, or ``MovedError`` when what was listed is gone."""
        steps = "/".join(quote(step, safe="") for step in path)
        url = f"{self.realm.address}/admin/realms/{quote(self.realm.realm, safe='')}/{steps}"
        token = await self._bearer("")
        status, answer = await self._ask("GET", url, token, query)
        if status == UNAUTHORIZED:
            status, answer = await self._ask("GET", url, await self._bearer(token), query)
        if status == OK:
            return answer
        raise MovedError if status == NOT_FOUND and len(path) > 1 else _refused(self.realm, path[0], status)

    async def _bearer(self, refused: str) -> str:
        """A token that is good for a while, and is another one than ``refused``."""
        async with self._renewing:
            if self._token == refused or self._clock.monotonic() >= self._end:
                client = {"client_id": self.realm.client_id, "client_secret": self.realm.secret}
                form = {"grant_type": "client_credentials", **client}
                status, answer = await self._ask("POST", f"{self.realm}/protocol/openid-connect/token", "", form)
                if status != OK or not isinstance(answer, dict) or not answer.get("access_token"):
                    raise _no_token(self.realm, status)
                self._token = str(answer["access_token"])
                self._end = self._clock.monotonic() + max(float(answer.get("expires_in", 0)) - MARGIN, 1)
            return self._token

    async def _ask(self, method: str, url: str, token: str, values: Mapping[str, str]) -> tuple[int, Json]:
        sent: dict[str, Any] = {"data": values} if method == "POST" else {"params": values}
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with self._http.request(method, url, headers=headers, allow_redirects=False, **sent) as response:
                body = await response.read()
                return response.status, msgspec.json.decode(body) if response.status == OK else None
        except (ClientError, TimeoutError, OSError) as error:
            raise _unreachable(self.realm, error) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            message = say("{url} does not answer as Keycloak does: is this its address?", url=str(self.realm))
            raise ParvisError(message, kind=ErrorKind.REFUSED) from error


@asynccontextmanager
async def realm_session(realm: Realm, clock: Clock) -> AsyncIterator[RealmSession]:
    """A session for a while. Raises ``ParvisError`` with one sentence for whatever stands in the way."""
    try:
        verified = ssl.create_default_context(cafile=realm.ca_file)
    except (ssl.SSLError, OSError) as error:
        raise _no_tls(realm, error) from error
    async with ClientSession(
        connector=TCPConnector(ssl=verified),
        timeout=ClientTimeout(total=realm.timeout),
        cookie_jar=DummyCookieJar(),
    ) as http:
        yield RealmSession(http, realm, clock)


def _no_tls(realm: Realm, error: Exception) -> ParvisError:
    return ParvisError(
        say("There is no TLS with {url}: {reason}.", url=str(realm), reason=reason_of(error)), kind=ErrorKind.REFUSED
    )


def _unreachable(realm: Realm, error: Exception) -> ParvisError:
    url, detail = str(realm), type(error).__name__
    if isinstance(error, ClientConnectorCertificateError):
        reason = reason_of(error.certificate_error)
        message = say("The certificate of {url} is not accepted: {reason}.", url=url, reason=reason)
        return ParvisError(message, kind=ErrorKind.REFUSED, detail=detail)
    if isinstance(error, ClientConnectorSSLError):
        return _no_tls(realm, error.os_error)
    if isinstance(error, ClientConnectorDNSError):
        return ParvisError(unknown_host(url), kind=ErrorKind.TEMPORARY, detail=detail)
    if isinstance(error, ClientConnectorError | TimeoutError):
        return ParvisError(say("{url} does not answer.", url=url), kind=ErrorKind.TEMPORARY, detail=detail)
    message = say("The connection to {url} was lost in the middle of an answer, which so counts for nothing.", url=url)
    return ParvisError(message, kind=ErrorKind.TEMPORARY, detail=detail)


def _no_token(realm: Realm, status: int) -> ParvisError:
    url = str(realm)
    if status in (BAD_REQUEST, UNAUTHORIZED):
        message = say("{url} does not accept client_id with this client_secret, or the client has no service account.",
                      url=url)  # fmt: skip
        return ParvisError(message, kind=ErrorKind.REFUSED, detail=str(status))
    if status == NOT_FOUND:
        return ParvisError(say("There is no realm at {url}.", url=url), kind=ErrorKind.REFUSED, detail=str(status))
    return _troubled(realm, status)


def _refused(realm: Realm, what: str, status: int) -> ParvisError:
    if status in (UNAUTHORIZED, FORBIDDEN):
        message = say("The client may not read {what} of {url}: give its service account the role view-users of"
                      " realm-management.", what=what, url=str(realm))  # fmt: skip
        return ParvisError(message, kind=ErrorKind.REFUSED, detail=str(status))
    return _troubled(realm, status)


def _troubled(realm: Realm, status: int) -> ParvisError:
    message: Message = say("{url} answers with status {status}.", url=str(realm), status=status)
    passing = status == TOO_MANY or status >= BROKEN
    return ParvisError(message, kind=ErrorKind.TEMPORARY if passing else ErrorKind.REFUSED, detail=str(status))
