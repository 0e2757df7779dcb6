"""A raw application service: answers from within the transaction, keeps nothing, asks nobody. Started by ``latency``.

What it says to a line is what Parvis said to it, from a file, so that both send the same bytes.
"""

import asyncio
import json
import sys
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import aiohttp
from aiohttp import web

from bench.targets import MAX_BODY, until_terminated

V3: Final = "/_matrix/client/v3"


class Bare:
    """``settings``: address, port, as_token, hs_token, bot, and ``answers``, the file of contents by line."""

    def __init__(self, settings: dict[str, Any], session: aiohttp.ClientSession) -> None:
        self._settings, self._session = settings, session
        self._headers = {"Authorization": f"Bearer {settings['as_token']}"}
        self._answers: dict[str, Any] = {}
        self._numbers = count()

    async def push(self, request: web.Request) -> web.Response:
        """A transaction: answered, then acknowledged."""
        if request.headers.get("Authorization") != f"Bearer {self._settings['hs_token']}":
            return web.Response(status=403)
        for event in (await request.json())["events"]:
            await self._take(event)
        return web.json_response({})

    async def _take(self, event: dict[str, Any]) -> None:
        room, content = f"{V3}/rooms/{quote(event['room_id'])}", event["content"]
        if event.get("state_key") == self._settings["bot"] and content.get("membership") == "invite":
            await self._call("POST", f"{room}/join", {})
        elif event["type"] == "m.room.message" and event["sender"] != self._settings["bot"]:
            reply = self._reply(content["body"], event["event_id"])
            await self._call("PUT", f"{room}/send/m.room.message/{next(self._numbers)}", reply)

    def _reply(self, line: str, event_id: str) -> dict[str, Any]:
        if line not in self._answers:
            self._answers = json.loads(Path(self._settings["answers"]).read_text(encoding="utf-8"))
        relation = {"m.relates_to": {"m.in_reply_to": {"event_id": event_id}}}
        return {**self._answers[line], **relation}

    async def _call(self, method: str, path: str, body: Any) -> None:
        url = self._settings["address"] + path
        async with self._session.request(method, url, json=body, headers=self._headers) as answer:
            answer.raise_for_status()
            await answer.read()


async def main(settings: dict[str, Any]) -> None:
    """Serve until terminated."""
    async with aiohttp.ClientSession(trust_env=False) as session:
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_put("/_matrix/app/v1/transactions/{id}", Bare(settings, session).push)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", settings["port"]).start()
        await until_terminated(lambda: print("ready", flush=True))
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
