"""The HTTP endpoint that the homeserver pushes to, and health and metrics beside it. Made and stopped by wiring."""

import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import structlog
from aiohttp import web

from bridge.adapters.appservice import replies
from bridge.adapters.appservice.metrics import CONTENT_TYPE, Metrics
from bridge.adapters.appservice.tokens import TokenCheck, Verdict
from bridge.adapters.appservice.wire import NotATransaction, NotJson, read_transaction
from bridge.domain.errors import ErrorKind, ParvisError, StoreError
from bridge.domain.messages import say
from bridge.domain.secrecy import Standing
from bridge.files.refusals import reason_of
from bridge.ports.store import InboxCounts, IncomingEvent
from bridge.services.counting import Counting
from bridge.services.intake import Intake

log = structlog.get_logger()

API: Final = "/_matrix/app/v1/"
TRANSACTIONS: Final = API + "transactions/"
QUERIES: Final = (API + "users/", API + "rooms/")
PING: Final = API + "ping"

MAX_BODY: Final = 128 * 2**20
"""Bytes of a transaction at most. 100 events of 64 KiB, with the previous content and the state that the homeserver
adds to each, stay far below. A refused transaction would be repeated for ever: the limit is only against accidents."""

STOP_WITHIN: Final = 3.0
"""Seconds that a transaction in progress gets when the server stops."""


class Health(Protocol):
    """Who can say how the rest of the bridge is (``Dispatcher``)."""

    async def status(self, counted: Callable[[str], bool] | None = None) -> InboxCounts: ...

    def missing(self) -> Sequence[str]: ...


class Door(Protocol):
    """A page or an interface of somebody else behind this port: everything whose path begins with ``prefix``."""

    @property
    def prefix(self) -> str: ...

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse: ...


class InboundServer:
    """Authenticates, stores, then answers. Routes by hand: this is the hot path, and the paths are few."""

    def __init__(
        self,
        *,
        hs_token: str,
        intake: Intake,
        health: Health,
        counting: Counting | None = None,
        max_body: int = MAX_BODY,
        doors: Sequence[Door] = (),
        refuses: Callable[[Sequence[IncomingEvent]], bool] = lambda _: False,
        disturbed: Callable[[], None] = lambda: None,
        secrecy: Callable[[], Standing] = Standing,
    ) -> None:
        """``refuses`` says whether the homeserver is to bring events again (``Beacon``); ``disturbed`` hears of
        transactions that could not be stored, or that were stored before; ``counting`` says what metrics may count,
        ``secrecy`` how it stands with the secrecy check."""
        self._check = TokenCheck(hs_token)
        self._intake = intake
        self._health = health
        self._metrics = Metrics()
        self._counting = counting or Counting()
        self._secrecy = secrecy
        self._max_body = max_body
        self._doors = tuple(doors)
        self._refuses = refuses
        self._disturbed = disturbed
        self._runner: web.ServerRunner | None = None
        self._port = 0
        self._store_failed = False

    @property
    def port(self) -> int:
        """Where it listens, once started (0 before)."""
        return self._port

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one. Raises ``ParvisError`` when the address cannot be had."""
        # No access log: it would name transactions and, from misconfigured homeservers, tokens.
        runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=STOP_WITHIN)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            await runner.cleanup()
            raise _cannot_listen(host, port, error) from error
        self._runner = runner
        self._port = int(runner.addresses[0][1])
        log.info("listening", host=host, port=self._port)

    async def stop(self) -> None:
        """Listen no more; a transaction being stored is answered."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # ------------------------------------------------------------------------------------------------ requests

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await self._route(request)
        except ConnectionError:
            raise
        except Exception:
            log.exception("request not answered")
            return replies.broken()

    async def _route(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.rel_url.raw_path
        if path.startswith(TRANSACTIONS) and path != TRANSACTIONS:
            return self._refused(request, "PUT") or await self._transaction(request, path[len(TRANSACTIONS) :])
        if path.startswith(QUERIES):
            return self._refused(request, "GET") or replies.not_found()
        if path == PING:
            return self._refused(request, "POST") or replies.done()
        return await self._open_paths(request, path)

    async def _open_paths(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        pages = {"/health/live": self._live, "/health/ready": self._ready, "/metrics": self._show_metrics}
        page = pages.get(path)
        if page is None:
            door = next((one for one in self._doors if path.startswith(one.prefix)), None)
            return await door.answer(request) if door else replies.unknown_path()
        return await page() if request.method == "GET" else replies.wrong_method("GET")

    def _refused(self, request: web.BaseRequest, method: str) -> web.Response | None:
        """The answer to who may not come in."""
        if request.method != method:
            return replies.wrong_method(method)
        verdict = self._check(request.headers.get("Authorization"))
        if verdict is Verdict.RIGHT:
            return None
        self._metrics.unauthorised.inc()
        return replies.missing_token() if verdict is Verdict.MISSING else replies.wrong_token()

    async def _transaction(self, request: web.BaseRequest, transaction_id: str) -> web.Response:
        """``transaction_id`` as the path has it, still percent-encoded: decoding could make two ids equal."""
        body = await _read(request, self._max_body)
        if body is None:
            log.error("transaction refused: too large", limit=self._max_body)
            self._metrics.malformed.inc()
            return replies.too_large()
        start = time.perf_counter()
        try:
            transaction = read_transaction(body)
        except (NotJson, NotATransaction) as error:
            log.warning("transaction refused", reason=type(error).__name__, bytes=len(body))
            self._metrics.malformed.inc()
            return replies.not_json() if isinstance(error, NotJson) else replies.not_a_transaction()
        if transaction.passed_over:
            log.warning("events passed over: no event id or room id", events=transaction.passed_over)
            self._metrics.passed_over.inc(transaction.passed_over)
        if self._refuses(transaction.events):
            return replies.try_again()
        counted = sum(self._counting.traffic(event.room_id) for event in transaction.events)
        try:
            new = await self._intake.accept(transaction_id, transaction.events)
        except StoreError as error:
            return self._not_stored(error, counted)
        if transaction.events and not new:
            self._disturbed()
        if counted:
            # Which events of a part were new is not told: such a part is no more than an accident.
            self._count(counted if new == len(transaction.events) else 0, time.perf_counter() - start)
        self._stored()
        await self._intake.head_start(transaction.events, new=new)
        return replies.done()

    def _count(self, events: int, seconds: float) -> None:
        self._metrics.accepted.inc()
        self._metrics.events.inc(events)
        self._metrics.seconds.observe(seconds)

    def _stored(self) -> None:
        if self._store_failed:
            self._store_failed = False
            log.info("transactions are stored again")

    def _not_stored(self, error: StoreError, counted: int) -> web.Response:
        """Logged once per outage: the homeserver repeats the transaction until it is taken."""
        if counted:
            self._metrics.failed.inc()
        self._disturbed()
        if not self._store_failed:
            log.error(
                "transactions cannot be stored; the homeserver will repeat them", reason=str(error), detail=error.detail
            )
        self._store_failed = True
        return replies.try_again()

    # ------------------------------------------------------------------------------------------------ open to monitors

    async def _live(self) -> web.Response:
        return replies.done()

    async def _ready(self) -> web.Response:
        missing = list(self._health.missing())
        try:
            await self._health.status()
        except StoreError:
            missing.append("store")
        if not missing:
            return replies.reply(200, b'{"ready":true}')
        words = ",".join(f'"{word}"' for word in dict.fromkeys(missing))
        return replies.reply(503, f'{{"ready":false,"missing":[{words}]}}'.encode())

    async def _show_metrics(self) -> web.Response:
        try:
            counts = await self._health.status(self._counting.backlog)
        except StoreError:
            return replies.try_again()
        return replies.reply(200, self._metrics.show(counts, self._secrecy()), CONTENT_TYPE)


async def _read(request: web.BaseRequest, limit: int) -> bytes | None:
    """The body, or None when it is larger than ``limit`` bytes."""
    chunks, size = [], 0
    while chunk := await request.content.readany():
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _cannot_listen(host: str, port: int, error: OSError) -> ParvisError:
    return ParvisError(
        say(
            "Cannot listen on {host}, port {port}: {reason}. Is another program using it?",
            host=host,
            port=port,
            reason=reason_of(error),
        ),
        kind=ErrorKind.USAGE,
    )
