"""mautrix' application-service API with its traps closed: a refusal keeps its status, error code and waiting time.

Used by calls.py alone. mautrix drops ``retry_after_ms``, fails on error bodies that are no objects, follows redirects
(which turn a POST into a GET) and writes message bodies into its debug log.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession
from mautrix.api import Method
from mautrix.appservice import AppServiceAPI
from mautrix.errors import MatrixConnectionError, MatrixRequestError
from mautrix.types import UserID
from yarl import URL

from bridge.adapters.matrix.answers import Failure, judge


class Refusal(MatrixRequestError):
    """Any answer but success; the type that mautrix expects, with what it would forget."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.status} {failure.errcode}")
        self.failure = failure
        self.http_status = failure.status
        self.errcode = failure.errcode
        self.message = failure.said


class Line(AppServiceAPI):
    """One user's way to the homeserver; all lines share a session.

    With ``appservice`` the token is the application service's and ``user_id`` one of its users; without, the token is
    that user's own.
    """

    def __init__(self, session: ClientSession, address: str, token: str, user_id: str, *, appservice: bool) -> None:
        super().__init__(
            base_url=address,
            bot_mxid=UserID(user_id),
            token=token,
            identity=UserID(user_id),
            log=logging.getLogger("mautrix"),  # type: ignore[arg-type]  # needs getChild alone
            client_session=session,
            real_user=not appservice,
        )

    async def _send(
        self, method: Method, url: URL, content: Any, query_params: dict[str, str], headers: dict[str, str]
    ) -> tuple[Any, ClientResponse]:
        request = self.session.request(
            str(method), url, data=content, params=query_params, headers=headers, allow_redirects=False
        )
        async with request as response:
            body = _parsed(await response.read())
            if 200 <= response.status < 300 and isinstance(body, dict | list):
                return body, response
            raise Refusal(_failure(response.status, body, response.headers))

    async def download(self, path: str, query: dict[str, str], *, most: int) -> bytes:
        """A file; reading ends when there are more than ``most`` bytes.

        mautrix reads whole answers into memory, and media may be of any size. A homeserver may redirect to where it
        keeps them (specification, content repository); aiohttp sends the token nowhere else.
        """
        url = self.base_url.with_path("/" + path.lstrip("/"), encoded=True)
        if not self.is_real_user:
            query["user_id"] = self.bot_mxid
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            async with self.session.get(url, params=query, headers=headers) as response:
                if response.status != 200:
                    raise Refusal(_failure(response.status, _parsed(await response.read()), response.headers))
                return await _beginning(response, most)
        except ClientError as error:
            raise MatrixConnectionError(str(error)) from error

    def _log_request(self, *_: Any, **__: Any) -> None:
        """Nothing: message bodies never reach a log."""

    def _log_request_done(self, *_: Any, **__: Any) -> None:
        """Nothing: calls.py counts and logs, without room names."""


async def _beginning(response: ClientResponse, most: int) -> bytes:
    """The file, or where it is longer a byte more than ``most``."""
    parts, length = [], 0
    async for part in response.content.iter_any():
        parts.append(part)
        length += len(part)
        if length > most:
            break
    return b"".join(parts)[: most + 1]


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _failure(status: int, body: Any, headers: Mapping[str, str]) -> Failure:
    words = body if isinstance(body, dict) else {}
    return judge(status, _text(words.get("errcode")), _text(words.get("error")), _retry_after(words, headers))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _retry_after(body: Mapping[str, Any], headers: Mapping[str, str]) -> float | None:
    """Seconds; the header counts before the older field of the body (specification, rate limiting)."""
    header = headers.get("Retry-After", "")
    if header.isdigit():
        return float(header)
    milliseconds = body.get("retry_after_ms")
    return max(milliseconds / 1000, 0) if isinstance(milliseconds, int | float) else None
