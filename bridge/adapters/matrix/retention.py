"""Whether the homeserver deletes what is older than a room says (MSC1763). For homeserver.py."""

from typing import Final

from mautrix.api import ClientPath

from bridge.adapters.matrix.calls import Caller
from bridge.domain.errors import ErrorKind, HomeserverError

RETENTION: Final = ClientPath.unstable["org.matrix.msc1763"].retention.configuration


async def deletes(bot: Caller) -> bool:
    """Synapse answers only where both deleting and this question are switched on (docs/homeserver.md)."""
    try:
        await bot.call("read retention", "GET", RETENTION)
    except HomeserverError as error:
        if error.kind is ErrorKind.TEMPORARY:
            raise
        return False
    return True
