"""Whether a line still stands when its turn comes late: after an outage, somebody may have taken it back meanwhile.

Called by ``talk`` before it answers a line that has waited.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.events import Event
from bridge.domain.relations import REPLACE
from bridge.ports.messenger import Messenger

FRESH: Final = timedelta(minutes=1)
"""Until then the line is believed to stand: nobody is faster than the bot, and asking costs a request."""

LATE: Final = timedelta(hours=1)
"""After that a command is no longer carried out: the world and its author have moved on. They are told."""


async def still_stands(messenger: Messenger, event: Event) -> bool:
    """Whether the message is there as it was said: not redacted, not edited. Raises ``HomeserverError``."""
    path = f"/_matrix/client/v3/rooms/{quote(event.room_id, safe='')}/event/{quote(event.id, safe='')}"
    try:
        found = await messenger.request("GET", path)
    except HomeserverError as error:
        if error.kind is ErrorKind.TEMPORARY:
            raise
        return False
    unsigned = _mapping(found, "unsigned")
    return "redacted_because" not in unsigned and REPLACE not in _mapping(unsigned, "m.relations")


def _mapping(value: Any, key: str) -> Mapping[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
