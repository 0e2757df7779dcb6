"""A service for notifications, as telephones have one: homeservers bring it what they tell those who asked for it.

For ``probing``: what is pushed to the accounts of a secrecy check is kept here until it ends. Push Gateway API.
"""

import json
from typing import Any, Final

from aiohttp import web

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.files.refusals import reason_of

NOTIFY: Final = "/_matrix/push/v1/notify"
LOOPBACK: Final = "127.0.0.1"


class Gateway:
    """``host`` and ``port`` are where homeservers reach it; with the port 0 a free one, at each start another."""

    def __init__(self, host: str = LOOPBACK, port: int = 0) -> None:
        self._host, self._port = host, port
        self._runner: web.ServerRunner | None = None
        self._heard: dict[str, list[Any]] = {}

    async def open(self) -> str:
        """The address for pushers, from now on. Raises ``ParvisError`` where nobody can listen."""
        runner = web.ServerRunner(web.Server(self._answer, access_log=None))
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            await runner.cleanup()
            sentence = say("The secrecy check cannot listen on {host}, port {port}, for what is pushed: {reason}."
                           " Write another address to secrecy.gateway.",
                           host=self._host, port=self._port, reason=reason_of(error))  # fmt: skip
            raise ParvisError(sentence, kind=ErrorKind.USAGE) from error
        self._runner = runner
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{runner.addresses[0][1]}{NOTIFY}"

    def expect(self, key: str) -> None:
        """Keep what comes for the pusher with this key; what comes for others is refused, and not pushed again."""
        self._heard[key] = []

    def heard(self, key: str) -> str | None:
        """All that came for a pusher; None where it is not expected."""
        found = self._heard.get(key)
        return None if found is None else json.dumps(found, sort_keys=True, ensure_ascii=False)

    async def close(self) -> None:
        """Listen no more, and forget what came."""
        self._heard.clear()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method != "POST" or request.rel_url.path != NOTIFY:
            return web.json_response({"errcode": "M_UNRECOGNIZED"}, status=404)
        try:
            notification = dict((await request.json())["notification"])
            keys = [str(device["pushkey"]) for device in notification.pop("devices")]
        except (ValueError, KeyError, TypeError):
            return web.json_response({"errcode": "M_BAD_JSON"}, status=400)
        for key in keys:
            if key in self._heard:
                self._heard[key].append(notification)
        return web.json_response({"rejected": [key for key in keys if key not in self._heard]})
