"""The bot's last steps in a room: leaving it, having the homeserver delete it. For homeserver.py."""

from typing import Final

from mautrix.api import ClientPath, SynapseAdminPath

from bridge.adapters.matrix.calls import Caller
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say

GONE: Final = frozenset({"M_NOT_FOUND", "M_UNKNOWN"})
"""Synapse says the second while a deletion that was asked for earlier is under way."""


async def leave(bot: Caller, room_id: str) -> None:
    """Leave; being out already is success."""
    try:
        await bot.call("leave", "POST", ClientPath.v3.rooms[room_id].leave, repeatable=True)
    except HomeserverError as error:
        if error.kind is ErrorKind.TEMPORARY:
            raise
        if room_id in (await bot.call("joined rooms", "GET", ClientPath.v3.joined_rooms))["joined_rooms"]:
            raise


async def delete(admin: Caller | None, room_id: str) -> None:
    """Have Synapse delete the room and all that was said there. It goes on by itself; a room that is gone is success.

    Raises ``HomeserverError`` (usage) when there is no account that may ask for it.
    """
    if admin is None:
        raise HomeserverError(
            say(
                "A room can only be deleted with homeserver.admin_token: leave lifecycle.delete_retired off without it."
            ),
            kind=ErrorKind.USAGE,
        )
    try:
        await admin.call("delete room", "DELETE", SynapseAdminPath.v2.rooms[room_id], {"purge": True}, repeatable=True)
    except HomeserverError as error:
        if error.status not in {400, 404} or error.errcode not in GONE:
            raise
