"""A client written by hand that shuts people out of rooms with the fewest calls, and keeps nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import aiohttp

from bridge.app.wiring import IN_FLIGHT

V3: Final = "/_matrix/client/v3"


class Shutting:
    """One call per person and room, and one to close each door: rooms side by side, as many calls in flight as Parvis
    has. It knows beforehand who is where, and reads nothing back."""

    def __init__(self, address: str, token: str) -> None:
        self._address, self._headers = address, {"Authorization": f"Bearer {token}"}
        self._slots = asyncio.Semaphore(IN_FLIGHT)

    async def run(self, rooms: Mapping[str, Sequence[str]], acl: Mapping[str, Any]) -> None:
        """Everybody out of the ``rooms`` that they are in, then the server ACL of each."""
        async with aiohttp.ClientSession(headers=self._headers, trust_env=False) as self._session:
            await asyncio.gather(*(self._empty(room_id, users) for room_id, users in rooms.items()))
            await asyncio.gather(*(self._close(room_id, acl) for room_id in rooms))

    async def _empty(self, room_id: str, users: Sequence[str]) -> None:
        async with self._slots:
            for user in users:
                await self._call("POST", f"{V3}/rooms/{quote(room_id, safe='')}/kick", {"user_id": user})

    async def _close(self, room_id: str, acl: Mapping[str, Any]) -> None:
        async with self._slots:
            await self._call("PUT", f"{V3}/rooms/{quote(room_id, safe='')}/state/m.room.server_acl/", acl)

    async def _call(self, method: str, path: str, body: Any) -> None:
        """One request; anything but success ends the bench."""
        async with self._session.request(method, self._address + path, json=body) as answer:
            if answer.status != 200:
                raise SystemExit(f"{method} {path}: {answer.status} {await answer.text()}")
