"""Waiting by predicate, with or without a deadline; what a process outside tells nobody has to be asked for."""

import asyncio
import math
import time
from collections.abc import Callable


async def until(ready: Callable[[], bool], seconds: float = math.inf, pause: float = 0.02) -> None:
    """Return as soon as `ready()` holds; TimeoutError if that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError
        await asyncio.sleep(pause)
