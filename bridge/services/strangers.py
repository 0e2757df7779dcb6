"""What people call themselves who stand in no directory: as they last came into a room of ours. For ``status``.

Not by their profile: homeservers that are set up as we recommend show it to nobody who shares no room with them any
more.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

import structlog

from bridge.domain.errors import HomeserverError
from bridge.domain.ids import localpart_of
from bridge.domain.rooms import RoomRef
from bridge.ports.homeserver import Homeserver
from bridge.ports.store import AuditEntry
from bridge.services.world import World

MEMBER: Final = "m.room.member"
FEW: Final = 5
"""Events of theirs that are looked at; a change of picture is one, too."""

log = structlog.get_logger()


async def names_of(entries: Sequence[AuditEntry], world: World, homeserver: Homeserver) -> Mapping[str, str]:
    """By user id, on one line, of those who did this and say more than the beginning of their user id."""
    rooms, found = world.room_ids(), dict[str, str]()
    for entry in entries:
        room_id = rooms.get(RoomRef.parse(entry.detail["room"]))
        if room_id and entry.actor and entry.actor not in world.facts.accounts and entry.actor not in found:
            found[entry.actor] = await _name(homeserver, room_id, entry.actor)
    return {user: name for user, name in found.items() if name and name != localpart_of(user)}


async def _name(homeserver: Homeserver, room_id: str, user: str) -> str:
    """Empty where it cannot be read, for what they did is told all the same."""
    query = {"dir": "b", "limit": str(FEW), "filter": json.dumps({"types": [MEMBER], "senders": [user]})}
    path = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/messages?{urlencode(query)}"
    try:
        events = (await homeserver.request("GET", path)).get("chunk", ())
    except HomeserverError as error:
        log.info("how somebody calls themselves cannot be read", errcode=error.errcode)
        return ""
    names = (_named(event) for event in events if event.get("state_key") == user)
    return next((name for name in names if name), "")


def _named(event: Mapping[str, Any]) -> str:
    name = event.get("content", {}).get("displayname")
    return " ".join(name.split()) if isinstance(name, str) else ""
