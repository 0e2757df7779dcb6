"""Addresses of rooms (aliases): given, asked for, and taken away, as the bot or as the homeserver's administrator. For
homeserver.py.
"""

from typing import Final

from mautrix.api import ClientPath

from bridge.adapters.matrix.answers import told
from bridge.adapters.matrix.calls import Caller
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say
from bridge.ports.homeserver import RESERVED

V3: Final = ClientPath.v3


async def addresses(bot: Caller, room_id: str) -> tuple[str, ...]:
    """Those on our server that lead to the room, sorted."""
    answer = await bot.call("read aliases", "GET", V3.rooms[room_id].aliases)
    return tuple(sorted(answer["aliases"]))


async def give(bot: Caller, alias: str, room_id: str) -> None:
    """Point the alias to the room; raises a conflict when it leads elsewhere."""
    path = V3.directory.room[alias]
    try:
        await bot.call("add alias", "PUT", path, {"room_id": room_id}, repeatable=True)
    except HomeserverError as error:
        if error.kind is not ErrorKind.CONFLICT:
            raise
        if await _target(bot, alias) != room_id:
            raise told(error, say("The alias {alias} belongs to another room.", alias=alias)) from error


async def take_away(bot: Caller, admin: Caller | None, alias: str) -> None:
    """Forget the alias; unknown is success.

    Synapse lets an application service forget names of its own namespaces alone, whatever its power in the room (seen),
    and an administrator all that no application service has reserved. Raises ``HomeserverError`` (``RESERVED``) where
    neither may.
    """
    try:
        await _forget(bot, alias)
    except HomeserverError as error:
        if error.errcode != RESERVED:
            raise
        if admin is None:
            message = say("The homeserver does not let the bridge take away the address {alias}.", alias=alias)
            raise told(error, message) from error
        await _forget(admin, alias)


async def _forget(caller: Caller, alias: str) -> None:
    try:
        await caller.call("remove alias", "DELETE", V3.directory.room[alias], repeatable=True)
    except HomeserverError as error:
        if error.errcode != "M_NOT_FOUND":
            raise


async def _target(bot: Caller, alias: str) -> str | None:
    try:
        answer = await bot.call("resolve alias", "GET", V3.directory.room[alias])
    except HomeserverError as error:
        if error.errcode != "M_NOT_FOUND":
            raise
        return None
    return str(answer["room_id"])
