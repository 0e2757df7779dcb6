"""The few Matrix calls that the tests of the little network need, and waiting for an answer to come true."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import quote

from deploy.localnet.requests import Reply
from deploy.localnet.server import Server
from deploy.localnet.specs import Account

CLIENT = "/_matrix/client/v3"
transactions = itertools.count()
T = TypeVar("T")


async def create_room(server: Server, user: Account, **body: Any) -> str:
    reply = await server.request("POST", f"{CLIENT}/createRoom", token=user.access_token, body=body)
    room: str = reply.ok("creating a room")["room_id"]
    return room


async def join(server: Server, user: Account, room: str, via: str) -> Reply:
    path = f"{CLIENT}/join/{quote(room, safe='')}"
    return await server.request("POST", path, token=user.access_token, body={}, query={"server_name": via, "via": via})


async def say(server: Server, user: Account, room: str, text: str) -> Reply:
    path = f"{CLIENT}/rooms/{quote(room, safe='')}/send/m.room.message/t{next(transactions)}"
    return await server.request("PUT", path, token=user.access_token, body={"msgtype": "m.text", "body": text})


async def messages(server: Server, user: Account, room: str) -> list[str]:
    path = f"{CLIENT}/rooms/{quote(room, safe='')}/messages"
    reply = await server.request("GET", path, token=user.access_token, query={"dir": "b", "limit": "500"})
    found = reply.ok("reading messages")["chunk"]
    return [event["content"].get("body", "") for event in reversed(found) if event["type"] == "m.room.message"]


async def eventually(ask: Callable[[], Awaitable[T]], holds: Callable[[T], bool], seconds: float = 90) -> T:
    """Ask until the answer holds; the last answer is in the failure."""
    deadline = time.monotonic() + seconds
    while not holds(answer := await ask()):
        assert time.monotonic() < deadline, f"still {answer!r} after {seconds} s"
        await asyncio.sleep(0.05)
    return answer
