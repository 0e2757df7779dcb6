"""Waiting for whichever comes first; used by services that sleep until woken."""

import asyncio

from bridge.ports.clock import Clock


async def woken(wake: asyncio.Event, clock: Clock, seconds: float) -> None:
    """Return when ``wake`` is set, after ``seconds`` at the latest."""
    if wake.is_set():
        return
    waits = [asyncio.ensure_future(wake.wait()), asyncio.ensure_future(clock.sleep(seconds))]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
