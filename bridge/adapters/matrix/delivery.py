"""Sending once and for ever: claim, send, mark, and what to do when it is unknown how far an earlier attempt came.

Used by messenger.py; knows the store and a ``Post``, so that tests can stop it between any two steps.
"""

from typing import Final, Protocol

import structlog

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.ports.store import Claim, Store

ATTEMPTS: Final = 3

log = structlog.get_logger()


class Post(Protocol):
    """What delivery needs of the homeserver. Both raise ``HomeserverError``."""

    async def put(self, claim: Claim) -> str:
        """One attempt, under a transaction id that depends on the claim alone; gives the event id."""

    async def find(self, claim: Claim) -> str | None:
        """The event in the room that carries the claim's key."""


class Delivery:
    """Two units of work and one request per message, unless something went wrong before."""

    def __init__(self, store: Store, post: Post) -> None:
        self._store, self._post = store, post

    async def deliver(self, claim: Claim) -> str:
        """Send what is claimed, or find that it was sent; gives the event id.

        Raises ``HomeserverError``: the claim then stays open, and the same claim may be delivered again. One that is
        refused for good is withdrawn: sent at some later start, it would stand beside what was said instead.
        """
        async with self._store.work() as work:
            stored = await work.outbox.claim(claim)
        if stored.event_id is not None:
            return stored.event_id
        return await self._finish(stored)

    async def said(self, key: str) -> str | None:
        """The event id of what was claimed under ``key``, delivered now when it is not known to be; None if it never
        was. Raises as ``deliver`` does."""
        async with self._store.view() as view:
            claim = await view.outbox.get(key)
        if claim is None:
            return None
        return claim.event_id or await self.deliver(claim)

    async def resume(self) -> int:
        """Deliver every open claim, oldest first; gives how many stay open because the homeserver cannot be used now.

        At start: a message whose process died is found in the room, or sent.
        """
        async with self._store.view() as view:
            claims = await view.outbox.open_claims()
        waiting = 0
        for claim in claims:
            try:
                await self.deliver(claim)
            except HomeserverError as error:
                if _for_good(error):
                    log.warning("a message is refused for good", detail=error.detail)
                else:
                    waiting += 1
        return waiting

    async def _finish(self, claim: Claim) -> str:
        try:
            event_id = await self._post.find(claim) if claim.tried else None
            if event_id is None:
                event_id = await self._put(claim)
        except HomeserverError as error:
            if _for_good(error):
                async with self._store.work() as work:
                    await work.outbox.withdraw(claim.key)
            raise
        async with self._store.work() as work:
            await work.outbox.sent(claim.key, event_id)
        return event_id

    async def _put(self, claim: Claim) -> str:
        """Look before every repetition: the homeserver remembers transaction ids only until it restarts."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._post.put(claim)
            except HomeserverError as error:
                if error.certain or attempt == ATTEMPTS:
                    raise
                log.info("looking for a message of unknown fate", attempt=attempt)
            if (found := await self._post.find(claim)) is not None:
                return found
        raise AssertionError("the last attempt returns or raises")


def _for_good(error: HomeserverError) -> bool:
    """A no to this message, not to us altogether: a wrong token or address must not cost a message."""
    ours = error.status == 401 or error.errcode in {"", "M_UNRECOGNIZED"}
    return error.kind is ErrorKind.REFUSED and error.certain and not ours
