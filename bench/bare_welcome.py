"""A client written by hand that opens a conversation with each person and says what it is given, with the fewest calls.

It keeps nothing, reads nothing back, and would welcome everybody again after a crash. Used by ``welcome``.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import aiohttp

from bridge.app.wiring import IN_FLIGHT

V3: Final = "/_matrix/client/v3"
Content = Mapping[str, Any]


class Welcoming:
    """``user_id`` speaks as ``name``, with the application service's token; as many calls in flight as Parvis has."""

    def __init__(self, address: str, token: str, user_id: str, name: str) -> None:
        self._address, self._headers = address, {"Authorization": f"Bearer {token}"}
        self._named = {
            "type": "m.room.member",
            "state_key": user_id,
            "content": {"membership": "join", "displayname": name},
        }
        self._query = {"user_id": user_id}
        self._slots = asyncio.Semaphore(IN_FLIGHT)

    async def run(self, said: Mapping[str, Sequence[Content]]) -> float:
        """Say these messages to these people; gives seconds."""
        async with aiohttp.ClientSession(headers=self._headers, trust_env=False) as self._session:
            begun = time.perf_counter()
            await asyncio.gather(*(self._welcome(person, messages) for person, messages in said.items()))
            return time.perf_counter() - begun

    async def _welcome(self, person: str, messages: Sequence[Content]) -> None:
        async with self._slots:
            room_id = (await self._call("POST", f"{V3}/createRoom", self._room(person)))["room_id"]
            for number, content in enumerate(messages):
                path = f"{V3}/rooms/{quote(room_id, safe='')}/send/m.room.message/{quote(person, safe='')}-{number}"
                await self._call("PUT", path, content)

    def _room(self, person: str) -> dict[str, Any]:
        """Such a room as Parvis makes, without the mark by which it finds it again after a crash."""
        state = {
            "m.room.guest_access": {"guest_access": "forbidden"},
            "m.room.history_visibility": {"history_visibility": "invited"},
        }
        closed = [{"type": kind, "state_key": "", "content": content} for kind, content in state.items()]
        return {
            "preset": "private_chat",
            "visibility": "private",
            "is_direct": True,
            "invite": [person],
            "initial_state": [*closed, self._named],
        }

    async def _call(self, method: str, path: str, body: Any) -> Any:
        """One request; anything but success ends the bench."""
        async with self._session.request(method, self._address + path, json=body, params=self._query) as answer:
            content = await answer.json()
            if answer.status != 200:
                raise SystemExit(f"{method} {path}: {answer.status} {content}")
            return content
