"""A bare mautrix application service: answers first, keeps nothing. The usual way, for comparison."""

import asyncio
import logging
import sys

from mautrix.appservice import AppService
from mautrix.appservice.state_store import ASStateStore
from mautrix.client.state_store.memory import MemoryStateStore
from mautrix.types import Event

from bench.targets import MAX_BODY, TOKEN, Count, announce, serve_count, until_terminated


class Memory(MemoryStateStore, ASStateStore):
    """State in memory, no file."""

    def __init__(self) -> None:
        ASStateStore.__init__(self)
        MemoryStateStore.__init__(self)


async def main() -> None:
    """Serve until terminated."""
    logging.disable(logging.CRITICAL)
    count = Count()
    service = AppService(
        server="http://127.0.0.1:9",
        domain="hs.test",
        as_token="unused",
        hs_token=TOKEN,
        bot_localpart="parvis",
        id="bare",
        state_store=Memory(),
        aiohttp_params={"client_max_size": MAX_BODY},
    )

    async def handle(_: Event) -> None:
        count.handled += 1

    service.matrix_event_handler(handle)
    await service.start("127.0.0.1", 0)
    service.ready = True
    counting, count_port = await serve_count(count)
    assert service.runner is not None
    port = service.runner.addresses[0][1]
    await until_terminated(lambda: announce(port, count_port))
    await service.stop()
    await counting.cleanup()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
