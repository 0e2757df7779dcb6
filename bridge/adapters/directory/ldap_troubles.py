"""Why a conversation with an LDAP server is no answer, in one sentence each. For ``ldap_calls``."""

import socket
import ssl
from collections.abc import Mapping
from typing import Any, Final

from ldap3.core.exceptions import LDAPSocketOpenError

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Message, say
from bridge.files.refusals import NO_TLS, reason_of, unknown_host

SUCCESS, TIME_LIMIT, SIZE_LIMIT, REFERRAL, ADMIN_LIMIT, NO_SUCH_OBJECT = 0, 3, 4, 10, 11, 32
PASSING: Final = frozenset({TIME_LIMIT, 51, 52, 80})
"""Time limit, busy, unavailable, other: perhaps better in five minutes."""
NO_ADDRESS: Final = "invalid server address"
"""All that ldap3 says of a host whose name nobody knows."""


def unreachable(url: str, error: Exception) -> ParvisError:
    """Why there is no connection."""
    detail = type(error).__name__
    if isinstance(error, ssl.SSLCertVerificationError):
        message = say("The certificate of {url} is not accepted: {reason}.", url=url, reason=reason_of(error))
        return ParvisError(message, kind=ErrorKind.REFUSED, detail=detail)
    if isinstance(error, ssl.SSLError) and reason_of(error) == NO_TLS:
        message = say("{url} does not speak TLS on this port: is it that of ldap://?", url=url)
        return ParvisError(message, kind=ErrorKind.REFUSED, detail=detail)
    if isinstance(error, ssl.SSLError | FileNotFoundError | PermissionError):
        message = say("There is no TLS with {url}: {reason}.", url=url, reason=reason_of(error))
        return ParvisError(message, kind=ErrorKind.REFUSED, detail=detail)
    if isinstance(error, socket.gaierror) or (isinstance(error, LDAPSocketOpenError) and NO_ADDRESS in str(error)):
        return ParvisError(unknown_host(url), kind=ErrorKind.TEMPORARY, detail=detail)
    if isinstance(error, LDAPSocketOpenError | OSError):
        return ParvisError(say("{url} does not answer.", url=url), kind=ErrorKind.TEMPORARY, detail=detail)
    return lost(url, error)


def lost(url: str, error: Exception) -> ParvisError:
    """The connection ended while something was asked."""
    message = say("The connection to {url} was lost in the middle of an answer, which so counts for nothing.",
                  url=url)  # fmt: skip
    return ParvisError(message, kind=ErrorKind.TEMPORARY, detail=type(error).__name__)


def partial(url: str, base: str, result: Mapping[str, Any]) -> ParvisError:
    """Why an answer that ended with this result is none."""
    code = result["result"]
    message: Message
    if code in (SIZE_LIMIT, ADMIN_LIMIT):
        message = say(
            "{url} ends its answer at a limit ({limit}): what came is not the whole and counts for nothing."
            " Let the account read more, or make page smaller.",
            url=url,
            limit=str(result["description"]),
        )
    elif code == TIME_LIMIT:
        message = say("{url} ran out of time: what came is not the whole and counts for nothing.", url=url)
    elif code == REFERRAL:
        message = say("{url} sends us to another server for {base}: name that one.", url=url, base=base)
    elif code == NO_SUCH_OBJECT:
        message = say("There is no {base} on {url}, or the account may not see it.", url=url, base=base)
    else:
        return refused(url, result)
    return ParvisError(message, kind=_kind(code), detail=str(result["description"]))


def refused(url: str, result: Mapping[str, Any]) -> ParvisError:
    """The server said no."""
    message = say("{url} refuses: {reason}.", url=url, reason=str(result["description"]))
    return ParvisError(message, kind=_kind(result["result"]), detail=str(result["description"]))


def _kind(code: int) -> ErrorKind:
    return ErrorKind.TEMPORARY if code in PASSING else ErrorKind.REFUSED
