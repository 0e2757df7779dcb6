"""Going round now and then, and soon after something changed, to do what no event asks for. Run by ``app.running``."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import structlog

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.ports.clock import Clock

EVERY: Final = 60.0
"""Seconds between two rounds when nothing changes."""
RETRY: Final = 15.0
"""Seconds after which whoever failed is called again, so that a woken round does not run in circles."""

Errand: TypeAlias = Callable[[], Awaitable[None]]
"""Something to do in each round; it may be called again at any time."""

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Rounds:
    """Calls its errands one after the other; one that fails does not stop the others."""

    clock: Clock
    errands: list[Errand] = field(default_factory=list)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, errand: Errand) -> None:
        """Something more to do in each round."""
        self.errands.append(errand)

    def wake(self) -> None:
        """Go round soon."""
        self._woken.set()

    async def run(self) -> None:
        """Round after round until cancelled."""
        while True:
            self._woken.clear()
            if await self.go():
                await self._wait()
            else:
                await self.clock.sleep(RETRY)

    async def go(self) -> bool:
        """One round; whether everything could be done."""
        whole = True
        for errand in self.errands:
            try:
                await errand()
            except Exception as error:  # noqa: BLE001 - logged; it comes round again
                _failed(error)
                whole = False
        return whole

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(EVERY):
                await self._woken.wait()
        except TimeoutError:
            return


def _failed(error: Exception) -> None:
    if isinstance(error, ParvisError) and error.kind is ErrorKind.TEMPORARY:
        log.info("an errand waits", reason=str(error.message), detail=error.detail)
    else:
        log.error("an errand failed", exc_info=error)
