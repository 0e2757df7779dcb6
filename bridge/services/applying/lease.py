"""The lease under which plans are applied: one process at a time, and nobody waits long for one that died."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import structlog

from bridge.domain.errors import ErrorKind, ParvisError, StoreError
from bridge.domain.messages import say
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import Store

LEASE: Final = "apply"
SECONDS: Final = 15.0
"""Renewed three times as often; who was killed keeps others waiting no longer than this."""

log = structlog.get_logger()


@asynccontextmanager
async def leased(store: Store, clock: Clock, chance: Chance) -> AsyncIterator[None]:
    """Hold the lease while the block runs.

    Raises a conflict when somebody else holds it, also when that turns out in the middle: whoever could not renew in
    time must stop at once, or two would apply.
    """
    holder, loop = chance.token(), asyncio.get_running_loop()

    async def take() -> bool:
        async with store.work() as work:
            return await work.leases.take(LEASE, holder, now=clock.now(), seconds=SECONDS)

    begun = loop.time()
    if not await take():
        raise ParvisError(
            say("Another application of a plan is running. Wait until it has ended, then look at the plan again."),
            kind=ErrorKind.CONFLICT,
        )
    try:
        async with asyncio.timeout_at(begun + SECONDS) as end:
            renewal = asyncio.create_task(_renew(take, clock, end))
            try:
                yield
            finally:
                renewal.cancel()
                await asyncio.gather(renewal, return_exceptions=True)
                async with store.work() as work:
                    await work.leases.release(LEASE, holder)
    except TimeoutError as error:
        if not end.expired():
            raise
        raise ParvisError(
            say("This application of the plan was stopped: another one may have begun."), kind=ErrorKind.CONFLICT
        ) from error


async def _renew(take: Callable[[], Awaitable[bool]], clock: Clock, end: asyncio.Timeout) -> None:
    """Move ``end`` on with every renewal, and to the present when the lease is somebody else's."""
    loop = asyncio.get_running_loop()
    while True:
        await clock.sleep(SECONDS / 3)
        begun = loop.time()
        try:
            ours = await take()
        except StoreError as error:
            log.warning("the lease is not renewed yet", reason=str(error), detail=error.detail)
            continue
        end.reschedule(begun + SECONDS if ours else begun)
        if not ours:
            return
