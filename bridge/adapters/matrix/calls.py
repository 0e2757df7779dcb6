"""Requests to the homeserver: few at once, those in a hurry first, repeated only where that is harmless.

Made by wiring; homeserver.py, messenger.py and accounts.py speak through a ``Caller``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

import structlog
from aiohttp import ClientConnectorError, ClientSession, ClientTimeout, ConnectionTimeoutError
from mautrix.api import Method, PathBuilder
from mautrix.errors import MatrixConnectionError

from bridge.adapters.matrix.answers import REGISTERED, Failure, Fate, explain, pause
from bridge.adapters.matrix.gate import Gate
from bridge.adapters.matrix.wire import Line, Refusal
from bridge.ports.clock import Clock

Observe: TypeAlias = Callable[[str, str, float], None]
"""Told after every request: the verb ("invite"), the outcome ("ok", or a fate in lower case), the seconds it took."""

JUST_NOW: Final = 2.0
"""Seconds for which one answer shows that another call would be answered as well."""

log = structlog.get_logger()


def unobserved(_verb: str, _outcome: str, _seconds: float) -> None:
    """For those who do not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``at_once`` calls under way, and a few more in a hurry; one is given up after ``timeout`` seconds; a caller waits
    ``patience`` seconds."""

    at_once: int = 4
    timeout: float = 90.0
    connect: float = 10.0
    patience: float = 30.0


USUAL: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who calls, with which token, and which setting holds it."""

    user_id: str
    token: str = field(repr=False)
    appservice: bool
    setting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; ``verb`` is what counters and logs call it."""

    verb: str
    method: str
    path: PathBuilder | str
    content: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    file: tuple[str, bytes] | None = None
    """Sent in place of ``content``: its type and itself."""
    most: int = 0
    """More than 0 where the answer is a file: its bytes are read until there are more than this."""


class Calls:
    """The way to one homeserver; speak through ``user`` and ``owner``, ``close`` at the end."""

    def __init__(
        self, address: str, as_token: str, *, clock: Clock, limits: Limits = USUAL, observe: Observe = unobserved
    ) -> None:
        self.address, self.clock, self.limits = address, clock, limits
        self._as_token, self._observe = as_token, observe
        self._gate = Gate(limits.at_once)
        self._session: ClientSession | None = None
        self._lines: dict[Identity, Line] = {}
        self._down = False
        self._answered: dict[Identity, float] = {}

    def user(self, user_id: str, *, hurry: bool = False) -> "Caller":
        """Speak as a user of the application service; in a ``hurry`` when a person waits for the answer."""
        identity = Identity(user_id=user_id, token=self._as_token, appservice=True, setting=REGISTERED)
        return Caller(self, identity, hurry=hurry)

    def owner(self, token: str, setting: str) -> "Caller":
        """Speak as whoever owns ``token``, which stands in ``setting``."""
        return Caller(self, Identity(user_id="", token=token, appservice=False, setting=setting))

    def just_answered(self, identity: Identity) -> bool:
        """Whether the homeserver did a moment ago what ``identity`` asked."""
        return self.clock.monotonic() - self._answered.get(identity, -inf) <= JUST_NOW

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()

    async def ask(self, identity: Identity, request: Request, *, repeatable: bool, hurry: bool, patience: float) -> Any:
        """The answer's JSON; raises ``HomeserverError`` when ``patience`` (seconds) ends or repeating could harm."""
        end = self.clock.monotonic() + patience
        failures = 0
        while True:
            async with self._gate.passing(hurry=hurry):
                answer = await self._once(identity, request)
            if not isinstance(answer, Failure):
                self._down = False
                self._answered[identity] = self.clock.monotonic()
                return answer
            failures += 1
            # Who has waited in vain for a dead homeserver has waited for all: until it lives, each asks only once.
            left = 0.0 if self._down and answer.fate is Fate.UNSENT else end - self.clock.monotonic()
            seconds = pause(answer, repeatable=repeatable, failures=failures, left=left)
            if seconds is None:
                self._down = answer.fate is Fate.UNSENT
                raise explain(answer, address=self.address, token_setting=identity.setting, verb=request.verb)
            log.info("asking the homeserver again", verb=request.verb, fate=answer.fate.name, wait=seconds)
            await self.clock.sleep(seconds)

    async def _once(self, identity: Identity, request: Request) -> Any:
        started = self.clock.monotonic()
        answer: Any
        try:
            answer = await _carry(self._line(identity), request)
        except Refusal as refusal:
            answer = refusal.failure
        except MatrixConnectionError as error:
            unsent = isinstance(error.__cause__, ClientConnectorError | ConnectionTimeoutError)
            answer = Failure(fate=Fate.UNSENT if unsent else Fate.UNKNOWN, said=str(error))
        except TimeoutError:
            answer = Failure(fate=Fate.UNKNOWN, said="timeout")
        outcome = answer.fate.name.lower() if isinstance(answer, Failure) else "ok"
        self._observe(request.verb, outcome, self.clock.monotonic() - started)
        return answer

    def _line(self, identity: Identity) -> Line:
        if identity not in self._lines:
            session, appservice = self._open(), identity.appservice
            line = Line(session, self.address, identity.token, identity.user_id, appservice=appservice)
            self._lines[identity] = line
        return self._lines[identity]

    def _open(self) -> ClientSession:
        if self._session is None:
            timeout = ClientTimeout(total=self.limits.timeout, sock_connect=self.limits.connect)
            self._session = ClientSession(timeout=timeout)
            # aiohttp repeats PUT and DELETE by itself when a kept connection breaks; what may be repeated is for us to
            # say. There is no public switch: tests/adapters/matrix counts the requests.
            self._session._retry_connection = False
        return self._session


@dataclass(frozen=True, slots=True)
class Caller:
    """One identity's calls. After an unknown fate one is repeated only when ``repeatable`` (GET always is)."""

    calls: Calls
    identity: Identity
    hurry: bool = False

    async def call(
        self,
        verb: str,
        method: str,
        path: PathBuilder | str,
        content: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        repeatable: bool = False,
        patience: float | None = None,
    ) -> Any:
        """One request; gives the parsed JSON; raises ``HomeserverError``. ``patience`` in seconds, 0 for one try."""
        request = Request(verb=verb, method=method, path=path, content=content or {}, query=query or {})
        return await self.ask(request, repeatable=repeatable, patience=patience)

    async def ask(self, request: Request, *, repeatable: bool = False, patience: float | None = None) -> Any:
        """The same for a request that sends or wants a file, which is given as bytes."""
        return await self.calls.ask(
            self.identity,
            request,
            repeatable=repeatable or request.method == "GET",
            hurry=self.hurry,
            patience=self.calls.limits.patience if patience is None else patience,
        )

    def just_answered(self) -> bool:
        """Whether a call of this identity was answered a moment ago, and not refused."""
        return self.calls.just_answered(self.identity)

    async def plain(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Any:
        """Any path, quoted, with or without a query."""
        path, _, query = path.partition("?")
        return await self.call("other", method.upper(), path, content, query=dict(parse_qsl(query)))


async def _carry(line: Line, request: Request) -> Any:
    if request.most:
        return await line.download(str(request.path), dict(request.query), most=request.most)
    kind, data = request.file or ("application/json", None)
    return await line.request(
        Method(request.method),
        request.path,  # type: ignore[arg-type]  # a plain path works as well
        dict(request.content) if data is None else data,
        headers={"Content-Type": kind},
        # A copy, as of the content, because mautrix writes into them.
        query_params=dict(request.query),
    )
