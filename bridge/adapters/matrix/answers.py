"""What an unsuccessful call means: did it take effect, may it be repeated, what to tell people. Pure; for calls.py."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Message, say

REGISTERED: Final = "appservice.as_token"
"""The setting of the token that the homeserver reads in a registration; it makes all others itself."""
FIRST_PAUSE: Final = 0.25
LONGEST_PAUSE: Final = 8.0
UNTOLD_PAUSE: Final = 1.0
"""Seconds to wait after a 429 that does not say how long."""

REFUSALS: Final = {
    "M_INVITE_BLOCKED": say("This person does not accept invitations."),
    "INVITE_BLOCKED": say("This person does not accept invitations."),
    "M_UNSUPPORTED_ROOM_VERSION": say("The homeserver does not support this room version."),
    "M_INCOMPATIBLE_ROOM_VERSION": say("A homeserver that takes part does not support the version of this room."),
    "M_TOO_LARGE": say("The homeserver finds this too large."),
    "M_NOT_FOUND": say("The homeserver does not know what was asked for."),
}


class Fate(Enum):
    """How far a call came."""

    UNSENT = auto()
    """No connection: it certainly did nothing."""
    UNKNOWN = auto()
    """The connection broke, or the answer is no homeserver's: it may have taken effect."""
    LIMITED = auto()
    """429: it did nothing, and may come again after ``retry_after`` seconds."""
    FAILED = auto()
    """The homeserver failed (5xx): it may have taken effect."""
    UPSTREAM = auto()
    """The homeserver says that another server, or another process of its own, failed it."""
    REFUSED = auto()
    """A clear no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One unsuccessful call. ``said`` is the homeserver's own text: for the log alone, it may name rooms and people."""

    fate: Fate
    status: int = 0
    errcode: str = ""
    said: str = ""
    retry_after: float | None = None

    @property
    def certain(self) -> bool:
        """Whether the call certainly did not take effect."""
        return self.fate in {Fate.UNSENT, Fate.LIMITED, Fate.REFUSED}


def judge(status: int, errcode: str, said: str, retry_after: float | None) -> Failure:
    """The failure that an answer means. A 5xx without ``errcode`` comes from a proxy before the homeserver."""
    if status == 429:
        fate = Fate.LIMITED
    elif status in {502, 504} and errcode:
        fate = Fate.UPSTREAM
    elif status >= 500:
        fate = Fate.FAILED
    elif status < 300:
        fate = Fate.UNKNOWN
    else:
        fate = Fate.REFUSED
    return Failure(fate=fate, status=status, errcode=errcode, said=said, retry_after=retry_after)


def pause(failure: Failure, *, repeatable: bool, failures: int, left: float) -> float | None:
    """Seconds to wait before the same call once more; None when it must not be repeated here.

    ``failures`` counts this one; ``left`` are the seconds of patience that remain.
    """
    if failure.fate is Fate.LIMITED:
        seconds = UNTOLD_PAUSE if failure.retry_after is None else failure.retry_after
    elif failure.fate is Fate.UNSENT or (repeatable and failure.fate in {Fate.UNKNOWN, Fate.FAILED}):
        seconds = min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)
    else:
        return None
    return seconds if seconds <= left else None


def explain(failure: Failure, *, address: str, token_setting: str, verb: str) -> HomeserverError:
    """The error for people; ``token_setting`` names the configuration key of the token that was used."""
    kind = ErrorKind.REFUSED
    if failure.fate not in {Fate.REFUSED, Fate.UNKNOWN} or failure.status == 0:
        kind = ErrorKind.TEMPORARY
    elif failure.status == 409 or failure.errcode == "M_ROOM_IN_USE":
        kind = ErrorKind.CONFLICT
    return HomeserverError(
        _sentence(failure, address, token_setting),
        kind=kind,
        status=failure.status,
        errcode=failure.errcode,
        certain=failure.certain,
        detail=f"{verb}: {failure.status} {failure.errcode} {failure.said}",
    )


def _sentence(failure: Failure, address: str, token_setting: str) -> Message:
    if failure.fate is Fate.REFUSED:
        return _refusal(failure, address, token_setting)
    if failure.fate is Fate.LIMITED:
        return say(
            "The homeserver at {address} asks Parvis to slow down. Set rate_limited: false in the registration file"
            " that the homeserver reads, then restart the homeserver.",
            address=address,
        )
    if failure.fate is Fate.UPSTREAM:
        return say("Another homeserver that takes part does not answer. Parvis will try again later.")
    if failure.fate is Fate.FAILED:
        return say(
            "The homeserver at {address} failed (status {status}). Its log tells why; Parvis will try again.",
            address=address,
            status=failure.status,
        )
    if failure.status:
        return _no_homeserver(address)
    return say(
        "The homeserver at {address} does not answer. Start it, or correct homeserver.address in the configuration.",
        address=address,
    )


def _refusal(failure: Failure, address: str, token_setting: str) -> Message:
    if failure.status == 401 and token_setting == REGISTERED:
        return say(
            "The homeserver at {address} does not know the token in {setting}. Put the same value into the"
            " configuration and into what the homeserver reads, then restart the homeserver.",
            address=address,
            setting=token_setting,
        )
    if failure.status == 401:
        return say(
            "The homeserver at {address} does not know the token in {setting}. Log its account in again, or make a new"
            " token for it, and put that into {setting}.",
            address=address,
            setting=token_setting,
        )
    if 300 <= failure.status < 400 or (failure.status == 404 and not failure.errcode):
        return _no_homeserver(address)
    errcode = failure.errcode.removeprefix("ORG.MATRIX.MSC4155.")
    return REFUSALS.get(errcode) or say(
        "The homeserver does not allow this ({errcode}).", errcode=errcode or str(failure.status)
    )


def _no_homeserver(address: str) -> Message:
    return say(
        "What answers at {address} is not a Matrix homeserver. Put the address of the homeserver's client-server"
        " API into homeserver.address.",
        address=address,
    )


def told(error: HomeserverError, message: Message, *, certain: bool = False) -> HomeserverError:
    """The same error in better words; ``certain`` when we know more than the answer says."""
    return HomeserverError(
        message,
        kind=error.kind,
        status=error.status,
        errcode=error.errcode,
        certain=certain or error.certain,
        detail=error.detail,
    )
