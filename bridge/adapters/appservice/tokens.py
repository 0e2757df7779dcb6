"""Whether a request comes from the homeserver; used by the inbound endpoint before anything else is read."""

import hmac
from enum import Enum, auto


class Verdict(Enum):
    """What the Authorization header proves."""

    RIGHT = auto()
    MISSING = auto()
    WRONG = auto()


class TokenCheck:
    """Knows the homeserver's token and compares in constant time. A token in the address is no token."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def __call__(self, authorization: str | None) -> Verdict:
        scheme, _, given = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not given:
            return Verdict.MISSING
        # Headers may carry bytes that are no text; aiohttp hands them over as surrogates.
        right = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), self._token)
        return Verdict.RIGHT if right else Verdict.WRONG
