"""Asks the homeserver to reach us (application-service API, ping). Called at start by ``bridge/app/running``.

After our absence a homeserver tries again at growing intervals, minutes apart in the end; a ping that succeeds makes
Synapse push at once. One that fails tells why nothing will ever arrive.
"""

from typing import Final

from mautrix.api import ClientPath

from bridge.adapters.matrix.calls import Calls
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Message, say

CAUSES: Final[dict[str, Message]] = {
    "M_BAD_STATUS": say(
        "The homeserver reaches Parvis with another hs_token, so nothing that it sends is taken. Put the same"
        " hs_token into the configuration and into what the homeserver reads, then restart the homeserver."
    ),
    "M_CONNECTION_FAILED": say(
        "The homeserver does not reach Parvis. Correct the url in the registration that the homeserver reads,"
        " then restart the homeserver."
    ),
    "M_CONNECTION_TIMEOUT": say("The homeserver waited in vain for Parvis to answer."),
    "M_URL_NOT_SET": say(
        "The registration that the homeserver reads has no url, so it sends nothing. Put the output of parvis"
        " registration there, then restart the homeserver."
    ),
    "M_FORBIDDEN": say(
        "The homeserver knows our token under another name. Make appservice.id agree with the registration that the"
        " homeserver reads."
    ),
}


async def ask_for_ping(calls: Calls, user_id: str, appservice_id: str) -> None:
    """Return once the homeserver has reached us. Raises ``HomeserverError`` that says what stands in the way."""
    path = ClientPath.v1.appservice[appservice_id].ping
    try:
        await calls.user(user_id).call("ping", "POST", path, {}, patience=0)
    except HomeserverError as error:
        cause = CAUSES.get(error.errcode)
        if cause is None:
            raise
        raise HomeserverError(
            cause, kind=ErrorKind.REFUSED, status=error.status, errcode=error.errcode, detail=error.detail
        ) from error
