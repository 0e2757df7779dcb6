"""Who may talk SCIM with us: the token of a request, and patience with those who try others. Used by ``door``."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from enum import Enum, auto
from hashlib import sha256
from typing import Final

from bridge.ports.clock import Clock
from bridge.ports.scim import ScimToken
from bridge.ports.store import Store

TRIES: Final = 10
"""Wrong tokens that an address may send in a row."""
AGAIN: Final = 6.0
"""Seconds after which it may send one more."""
ADDRESSES: Final = 1000
"""So many are remembered; whoever tried longest ago is forgotten first."""
KNOWN: Final = 100


class Verdict(Enum):
    """What a request proves of its sender."""

    RIGHT = auto()
    MISSING = auto()
    WRONG = auto()
    TOO_MANY = auto()


@dataclass(slots=True)
class _Tries:
    left: float
    at: float


class Gate:
    """Judges tokens. An address that sends wrong ones is soon not even looked up, except with a token that was right
    before: behind a proxy everybody has the same address, and nobody may shut others out by guessing."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._right: OrderedDict[bytes, None] = OrderedDict()

    async def judge(self, authorization: str | None, address: str) -> Verdict:
        """Raises ``StoreError``."""
        scheme, _, secret = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not (secret := secret.strip()):
            return Verdict.MISSING
        # Headers may carry bytes that are no text; aiohttp hands them over as surrogates.
        hashed = sha256(secret.encode("utf-8", "surrogateescape")).digest()
        if hashed not in self._right and not self._may_try(address):
            return Verdict.TOO_MANY
        if secret.isascii() and await self._holds(secret):
            self._right[hashed] = None
            while len(self._right) > KNOWN:
                self._right.popitem(last=False)
            return Verdict.RIGHT
        self._right.pop(hashed, None)
        self._tried(address)
        return Verdict.WRONG

    async def _holds(self, secret: str) -> bool:
        now = self._clock.now()
        async with self._store.view() as view:
            token = await view.scim_tokens.by_secret(secret)
        if token is None or (token.until is not None and now >= token.until):
            return False
        if token.used != now.date():
            await self._used(token)
        return True

    async def _used(self, token: ScimToken) -> None:
        """Once a day. Somebody may have revoked it meanwhile: then there is nothing to change."""
        async with self._store.work() as work:
            await work.scim_tokens.change(replace(token, used=self._clock.now().date()))

    def _may_try(self, address: str) -> bool:
        tries = self._tries.get(address)
        return tries is None or self._left(tries) >= 1

    def _left(self, tries: _Tries) -> float:
        return min(float(TRIES), tries.left + (self._clock.monotonic() - tries.at) / AGAIN)

    def _tried(self, address: str) -> None:
        tries = self._tries.pop(address, None)
        left = float(TRIES) if tries is None else self._left(tries)
        self._tries[address] = _Tries(left - 1, self._clock.monotonic())
        while len(self._tries) > ADDRESSES:
            self._tries.popitem(last=False)
