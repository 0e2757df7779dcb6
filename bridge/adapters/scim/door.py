"""The SCIM 2.0 server (RFC 7644) on the bridge's port: who may, one unit of work, the answer. Made by the wiring."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import msgspec
import structlog
from aiohttp import web
from scim2_models import SCIMException, ScimProvider, UnauthorizedException
from scim2_server.requests import ScimRequest
from scim2_server.responses import SCIM_MEDIA_TYPE, ScimResponse
from scim2_server.routing import Operation
from scim2_server.service import ScimService

from bridge.adapters.scim.handling import Handler
from bridge.adapters.scim.models import provider
from bridge.adapters.scim.storage import StoredResources
from bridge.adapters.scim.tokens import AGAIN, Gate, Verdict
from bridge.domain.errors import StoreError
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import Store, UnitOfWork

PREFIX: Final = "/scim/v2"
MAX_BODY: Final = 16 * 2**20
"""Bytes of a request: a group of 100,000 members is half of it."""
WRITING: Final = frozenset({Operation.create, Operation.replace, Operation.patch, Operation.delete})
OWN_HEADERS: Final = {"Server": "parvis", "Cache-Control": "no-store"}

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class ScimDoor:
    """Answers everything below ``PREFIX``. ``changed`` is called after whatever changed something; after ``settle``
    without a change the first load is over. ``address`` is the server's own, as clients see it; empty: as they say."""

    store: Store
    clock: Clock
    chance: Chance
    changed: Callable[[], None]
    settle: timedelta
    address: str = ""
    _provider: ScimProvider = field(default_factory=provider, init=False)
    _service: ScimService = field(init=False)
    _gate: Gate = field(init=False)
    _loaded: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._service = ScimService(self._provider)
        self._gate = Gate(self.store, self.clock)

    @property
    def prefix(self) -> str:
        """Below which path it answers."""
        return f"{PREFIX}/"

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """The answer to any request below it, authenticated here."""
        try:
            verdict = await self._gate.judge(request.headers.get("Authorization"), request.remote or "")
            if verdict is not Verdict.RIGHT:
                return self._refusal(verdict)
            if (asked := await self._read(request)) is None:
                return _trouble(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large")
            return _answer(await self._served(asked))
        except SCIMException as error:
            log.info("SCIM request refused", status=error.status, kind=type(error).__name__)
            return _answer(self._service.error_response(error))
        except StoreError as error:
            log.warning("SCIM request not stored; the client will repeat it", reason=str(error), detail=error.detail)
            return _trouble(HTTPStatus.SERVICE_UNAVAILABLE, "Try again", retry_after=1)

    async def _read(self, request: web.BaseRequest) -> ScimRequest | None:
        """None when its body is too large."""
        chunks, size = [], 0
        while chunk := await request.content.readany():
            size += len(chunk)
            if size > MAX_BODY:
                return None
            chunks.append(chunk)
        path = request.rel_url.path.removeprefix(PREFIX).removesuffix(".scim")
        return ScimRequest(
            method=request.method,
            base_url=self.address or f"{request.scheme}://{request.host}{PREFIX}",
            path=path,
            query=dict(request.rel_url.query),
            headers=list(request.headers.items()),
            body=b"".join(chunks),
        )

    async def _served(self, request: ScimRequest) -> ScimResponse:
        writing = self._service.match(request).operation in WRITING
        way: AbstractAsyncContextManager[UnitOfWork] = self.store.work() if writing else self.store.view()
        async with way as work:
            if writing:
                await self._note_the_end_of_loading(work)
            storage = StoredResources(
                work.scim, self._provider, clock=self.clock, chance=self.chance, with_members=False
            )
            response = await Handler(self._service, storage, work.scim, self.clock).handle(request)
        if writing:
            self.changed()
        return response

    async def _note_the_end_of_loading(self, work: UnitOfWork) -> None:
        """It was over when nothing had come for a while; what comes now is a change like any other."""
        if self._loaded:
            return
        state = await work.scim.state()
        self._loaded = state.loaded
        if not state.loaded and state.changed and self.clock.now() - state.changed >= self.settle:
            await work.scim.loaded()

    def _refusal(self, verdict: Verdict) -> web.Response:
        if verdict is Verdict.TOO_MANY:
            return _trouble(HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong tokens", retry_after=round(AGAIN))
        if verdict is Verdict.WRONG:
            log.warning("SCIM request with a wrong token")
        return _answer(self._service.error_response(UnauthorizedException()))


def _answer(response: ScimResponse) -> web.Response:
    body = None if response.body is None else msgspec.json.encode(response.body)
    return web.Response(status=response.status, body=body, headers=response.headers | OWN_HEADERS)


def _trouble(status: HTTPStatus, detail: str, *, retry_after: int = 0) -> web.Response:
    """An error that the library does not know, as SCIM writes errors (RFC 7644 section 3.12)."""
    schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"]
    body = msgspec.json.encode({"schemas": schemas, "status": str(status.value), "detail": detail})
    headers = {"Content-Type": SCIM_MEDIA_TYPE} | ({"Retry-After": str(retry_after)} if retry_after else {})
    return web.Response(status=status, body=body, headers=headers | OWN_HEADERS)
