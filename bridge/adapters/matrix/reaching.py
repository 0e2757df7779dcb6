"""Whether our homeserver can speak with another one, and that one knows somebody: it is asked for an address that does
not exist there, then for their profile.

For homeserver.py.
"""

from typing import Final

from mautrix.api import ClientPath

from bridge.adapters.matrix.calls import Caller
from bridge.domain.errors import HomeserverError
from bridge.domain.ids import server_of
from bridge.ports.homeserver import Reach

NOWHERE: Final = "io.parvis.nowhere"
"""The localpart of an alias that nobody makes."""


async def reach(bot: Caller, user_id: str) -> Reach:
    """Where Synapse shows profiles only to who shares a room (``limit_profile_requests_to_users_who_share_rooms``), it
    answers 403 without asking anybody."""
    reached = await _speaks_with(bot, server_of(user_id))
    if reached is not Reach.YES:
        return reached
    try:
        await bot.call("look for a person", "GET", ClientPath.v3.profile[user_id], patience=0)
    except HomeserverError as error:
        not_found = error.status == 404 and error.errcode == "M_NOT_FOUND"
        return Reach.NOBODY if not_found else Reach.UNSEEN
    return Reach.YES


async def _speaks_with(bot: Caller, server: str) -> Reach:
    """Synapse asks the other server each time, also one that it takes to be down (directory queries ignore back-off).

    Its own list of servers that it may speak with answers 403, as does a server that does not want ours.
    """
    path = ClientPath.v3.directory.room[f"#{NOWHERE}:{server}"]
    try:
        await bot.call("reach", "GET", path, patience=0)
    except HomeserverError as error:
        if error.errcode == "M_NOT_FOUND":
            return Reach.YES
        if error.errcode and error.status in {502, 504}:
            return Reach.NO
        return Reach.FORBIDDEN if error.status == 403 else Reach.UNKNOWN
    return Reach.YES
