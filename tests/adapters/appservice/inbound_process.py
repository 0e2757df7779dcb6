"""Endpoint, intake, dispatch and the real store as a process that a test may kill: ``python -m … FOLDER``.

Its only handler appends the id of every event to a file, once, as a messenger claims and sends a reply.
"""

import asyncio
import os
import sys
from pathlib import Path

from bench.targets import announce, until_terminated
from bridge.adapters.appservice.server import InboundServer
from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import open_store
from bridge.adapters.time import SystemClock
from bridge.domain.events import Event
from bridge.services.dispatching.dispatch import Dispatcher
from bridge.services.intake import Intake

TOKEN = "token-of-the-tests-that-is-no-secret-at-all"


class Replies:
    """Writes one line per event, never two."""

    name = "replies"

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR)
        self._claimed = set(path.read_text().split())

    def wants(self, event: Event) -> bool:
        return event.type == "m.room.message"

    def expect(self, event: Event) -> bool:
        return self.wants(event)

    async def handle(self, event: Event) -> None:
        await asyncio.sleep(0)
        if event.id not in self._claimed:
            self._claimed.add(event.id)
            os.write(self._file, f"{event.id}\n".encode())


async def main(folder: Path) -> None:
    clock = SystemClock()
    store = await open_store(f"sqlite:///{folder / 'parvis.db'}", DataKeySealer(bytes(32)))
    dispatcher = Dispatcher(store, [Replies(folder / "replies")], clock)
    server = InboundServer(hs_token=TOKEN, intake=Intake(store, clock, dispatcher.arrived), health=dispatcher)
    async with asyncio.TaskGroup() as group:
        group.create_task(dispatcher.run())
        await server.start("127.0.0.1", 0)
        await until_terminated(lambda: announce(server.port, server.port))
        await server.stop()
        await dispatcher.stop(within=5)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
