"""The web client's files over HTTP on loopback: a small server for people who look and for the browser tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

CONTENT_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}


@asynccontextmanager
async def served(public: Path, *, homeserver: str, port: int = 0) -> AsyncIterator[str]:
    """Serve the folder while the block runs; yields the address to open, which names the homeserver's URL."""
    application = web.Application()
    application.router.add_get("/{path:.*}", _handler(public))
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/?{urlencode({'hs': homeserver})}"
    finally:
        await runner.cleanup()


def _handler(public: Path) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    # Listed once: whatever a request's path says, nothing else can be reached.
    files = {str(path.relative_to(public)): path for path in public.rglob("*") if path.is_file()}

    async def answer(request: web.Request) -> web.StreamResponse:
        path = files.get(request.match_info["path"] or "index.html")
        if path is None:
            raise web.HTTPNotFound
        kind = CONTENT_TYPES.get(path.suffix, "application/octet-stream")
        return web.FileResponse(path, headers={**HEADERS, "Content-Type": kind})

    return answer
