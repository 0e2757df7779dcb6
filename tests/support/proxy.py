"""A reverse proxy that misbehaves on request, between the bridge and a homeserver, either way: for tests and benches.

async with FaultyProxy(server.client_url) as proxy:
    proxy.cause(Trouble.DROP_AFTER, method="PUT", contains="/send/")
    ... talk to proxy.url ...
    assert proxy.count("PUT", "/send/") == 1
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from yarl import URL

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "host", "date"}


class Trouble(Enum):
    """What happens to a request; AFTER: the homeserver has done it all the same."""

    LIMIT = auto()
    """429 with ``retry_after_ms``."""
    BAD_GATEWAY = auto()
    """502 with HTML, as proxies do."""
    BAD_GATEWAY_AFTER = auto()
    DROP = auto()
    """The connection breaks."""
    DROP_AFTER = auto()
    SWALLOW = auto()
    """200 with an empty object, and nobody behind hears of it."""
    DELAY = auto()
    """The request is passed on when ``seconds`` have gone by."""


@dataclass
class Order:
    """Trouble for the next ``times`` requests that match; ``before_answer`` runs between doing and answering."""

    trouble: Trouble
    method: str
    contains: str
    times: int
    seconds: float
    before_answer: Callable[[], Awaitable[None]] | None


class FaultyProxy:
    """Passes everything on, byte for byte, until told otherwise."""

    def __init__(self, target: str, *, port: int = 0) -> None:
        """``port`` 0 takes a free one."""
        self._target, self._port = target, port
        self._orders: list[Order] = []
        self._runner: web.AppRunner | None = None
        self._session: ClientSession | None = None
        self.url = ""
        self.requests: list[tuple[str, str]] = []
        """Method and path of everything that arrived."""
        self.at_once = 0
        self.most_at_once = 0
        self.swallowed = b""

    def relent(self) -> None:
        """No more trouble."""
        self._orders.clear()

    def cause(
        self,
        trouble: Trouble,
        *,
        method: str = "",
        contains: str = "",
        times: int = 1,
        seconds: float = 0.0,
        before_answer: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Trouble for coming requests; ``seconds`` for LIMIT (how long to wait) and DELAY."""
        self._orders.append(Order(trouble, method, contains, times, seconds, before_answer))

    def count(self, method: str = "", contains: str = "") -> int:
        return sum(method in {"", seen} and contains in path for seen, path in self.requests)

    def instead(self, _request: web.Request) -> dict[str, str]:
        """Headers that are passed on in place of those that came: none."""
        return {}

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._session = ClientSession(timeout=ClientTimeout(total=120), auto_decompress=False)
        self._session._retry_connection = False  # aiohttp would pass a PUT on twice
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        assert self._session is not None
        await self._runner.cleanup()
        await self._session.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.method, request.raw_path))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._answer(request)
        finally:
            self.at_once -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        order = next((each for each in self._orders if _matches(each, request)), None)
        if order is None:
            return await self._forward(request)
        order.times -= 1
        if order.trouble is Trouble.LIMIT:
            body = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": order.seconds * 1000}
            return web.json_response(body, status=429)
        if order.trouble is Trouble.SWALLOW:
            self.swallowed += await request.read()
            return web.json_response({})
        if order.trouble is Trouble.DELAY:
            await asyncio.sleep(order.seconds)
            return await self._forward(request)
        if order.trouble in {Trouble.BAD_GATEWAY_AFTER, Trouble.DROP_AFTER}:
            await self._forward(request)
        if order.before_answer is not None:
            await order.before_answer()
        if order.trouble in {Trouble.DROP, Trouble.DROP_AFTER}:
            assert request.transport is not None
            request.transport.abort()
        return _bad_gateway()

    async def _forward(self, request: web.Request) -> web.Response:
        assert self._session is not None
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        headers |= self.instead(request)
        url = URL(self._target + request.raw_path, encoded=True)
        body = await request.read()
        try:
            async with self._session.request(
                request.method, url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
                return web.Response(status=answer.status, body=await answer.read(), headers=kept)
        except ClientError:
            return _bad_gateway()


class Mistaking(FaultyProxy):
    """Shows whoever asks what somebody else sees, whose ``token`` that is; only who they are it still tells."""

    def __init__(self, target: str, token: str) -> None:
        super().__init__(target)
        self._token = token

    def instead(self, request: web.Request) -> dict[str, str]:
        return {} if request.path.endswith("/account/whoami") else {"Authorization": f"Bearer {self._token}"}


def _matches(order: Order, request: web.Request) -> bool:
    return order.times > 0 and order.method in {"", request.method} and order.contains in request.raw_path


def _bad_gateway() -> web.Response:
    return web.Response(status=502, text="<html><body><h1>502 Bad Gateway</h1></body></html>", content_type="text/html")
