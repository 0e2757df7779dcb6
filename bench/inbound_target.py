"""Our inbound side for the ingestion bench: endpoint, intake, dispatch and the real SQLite store with sealing.

With a second argument, activity is recorded as well: every room belongs to a group.
"""

import asyncio
import logging
import sys
from pathlib import Path

import structlog

from bench.targets import TOKEN, Count, announce, serve_count, until_terminated
from bridge.adapters.appservice.server import InboundServer
from bridge.adapters.sealing import DataKeySealer, generate_key, key_from_text
from bridge.adapters.sql.store import open_store
from bridge.adapters.time import SystemClock
from bridge.app.memory import settle_memory
from bridge.domain.events import Event
from bridge.services.activity.recording import Recorder
from bridge.services.dispatching.dispatch import Dispatcher
from bridge.services.intake import Intake


class Counting:
    """A handler that wants everything, the dearest case."""

    name = "counting"

    def __init__(self, count: Count) -> None:
        self._count = count

    def wants(self, event: Event) -> bool:
        return bool(event.id)

    def expect(self, event: Event) -> bool:
        return not event.id

    async def handle(self, event: Event) -> None:
        self._count.handled += bool(event.id)


class EveryRoom(dict[str, str]):
    """Whatever room is asked for serves a group."""

    def get(self, room: str, _: object = None) -> str:
        return room[:3]


async def main(folder: Path, *, recording: bool) -> None:
    """Serve until terminated."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    clock, count = SystemClock(), Count()
    store = await open_store(f"sqlite:///{folder / 'parvis.db'}", DataKeySealer(key_from_text(generate_key())))
    recorder = Recorder(clock=clock, ours=())
    recorder.knows_rooms(EveryRoom())
    dispatcher = Dispatcher(store, [Counting(count)], clock, keeper=recorder if recording else None)

    def arrived(new: int) -> None:
        count.stored()
        dispatcher.arrived(new)

    server = InboundServer(hs_token=TOKEN, intake=Intake(store, clock, arrived), health=dispatcher)
    counting, count_port = await serve_count(count)
    async with asyncio.TaskGroup() as group:
        group.create_task(dispatcher.run())
        await server.start("127.0.0.1", 0)
        settle_memory()
        await until_terminated(lambda: announce(server.port, count_port))
        await server.stop()
        await dispatcher.stop(within=5)
    await counting.cleanup()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), recording=len(sys.argv) > 2))
