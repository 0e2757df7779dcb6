"""Rooms whose creation ended before they carried a marker: known by their first event, and left. For homeserver.py.

A homeserver that dies inside createRoom may leave one. Only its first event is certain to be there, so that one says
for whose sake the room was begun, in a way that tells nobody else.
"""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from mautrix.api import ClientPath

from bridge.adapters.matrix.calls import Caller
from bridge.adapters.matrix.reading import MEMBER
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.rooms import MARKER

CREATE: Final = "m.room.create"
BEGUN: Final = "io.parvis.begun"
V3: Final = ClientPath.v3


def begun_for(marker: str) -> str:
    """What stands under ``BEGUN`` in the first event of a room that is to carry ``marker``."""
    return sha256(f"{BEGUN}\0{marker}".encode()).hexdigest()[:32]


async def leave_unfinished(me: Caller, bot: str, marker: str, *, at_once: int) -> int:
    """Leave the rooms that were begun for ``marker``, do not carry it, and have never held anybody but ``bot``.

    Gives how many these were. Raises ``HomeserverError``. One call per room of the bot's, ``at_once`` at a time.
    """
    joined: Sequence[str] = (await me.call("joined rooms", "GET", V3.joined_rooms))["joined_rooms"]
    wanted, left = begun_for(marker), 0
    for start in range(0, len(joined), at_once):
        rooms = joined[start : start + at_once]
        begun = await asyncio.gather(*(_begun(me, room_id) for room_id in rooms))
        for room_id, found in zip(rooms, begun, strict=True):
            if found == wanted and _is_unfinished(await _state(me, room_id), bot):
                await me.call("leave", "POST", V3.rooms[room_id].leave, repeatable=True)
                left += 1
    return left


async def _begun(me: Caller, room_id: str) -> str | None:
    try:
        content = await me.call("read state", "GET", V3.rooms[room_id].state[CREATE][""])
    except HomeserverError as error:
        if error.kind is not ErrorKind.REFUSED:
            raise
        return None  # left meanwhile
    found = content.get(BEGUN)
    return found if isinstance(found, str) else None


async def _state(me: Caller, room_id: str) -> Sequence[Any]:
    events: Sequence[Any] = await me.call("read room", "GET", V3.rooms[room_id].state)
    return events


def _is_unfinished(state: Sequence[Any], bot: str) -> bool:
    others = {event["state_key"] for event in state if event["type"] == MEMBER} - {bot}
    ours = any(event["type"] == CREATE and event["sender"] == bot for event in state)
    return ours and not others and not any(event["type"] == MARKER for event in state)
