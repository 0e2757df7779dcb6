"""What the targets of the ingestion bench share: a token, a page that tells how much was handled, an announcement."""

import asyncio
import json
import signal
import time
from collections.abc import Callable
from typing import Final

from aiohttp import web

TOKEN: Final = "token-of-the-bench-that-is-no-secret-at-all"
MAX_BODY: Final = 64 * 2**20


class Count:
    """How many events were handled, and what the processor had done when the last transaction was stored."""

    def __init__(self) -> None:
        self.handled = 0
        self._stored = 0.0

    def stored(self) -> None:
        """A transaction was: an answer follows."""
        self._stored = time.process_time()

    async def page(self, _: web.Request) -> web.Response:
        """``{"handled": n}``, as push_load.py asks for it; seconds of the processor until then, and until now."""
        return web.json_response({"handled": self.handled, "stored_s": self._stored, "now_s": time.process_time()})


async def serve_count(count: Count) -> tuple[web.AppRunner, int]:
    """The page on a port of its own."""
    app = web.Application()
    app.router.add_get("/handled", count.page)
    return await serve(app)


async def serve(app: web.Application) -> tuple[web.AppRunner, int]:
    """Serve on a free port of the loopback."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, runner.addresses[0][1]


def announce(port: int, count_port: int) -> None:
    """Tell whoever started this process where to push and where to count."""
    page = f"http://127.0.0.1:{count_port}/handled"
    print(json.dumps({"url": f"http://127.0.0.1:{port}", "count_url": page}), flush=True)


async def until_terminated(announcement: Callable[[], None]) -> None:
    """Announce, then wait for SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    announcement()
    await stopped.wait()
