"""The floor of durable ingestion: aiohttp, msgspec, one SQLite row per event, commit, then 200. Nothing else.

No sealing, no deduplication, no dispatch: what any honest application service has to do at least.
"""

import asyncio
import sqlite3
import sys
from pathlib import Path

import msgspec
from aiohttp import web

from bench.targets import MAX_BODY, TOKEN, Count, announce, serve, until_terminated


class Head(msgspec.Struct):
    """Where an event belongs."""

    event_id: str
    room_id: str


class Body(msgspec.Struct):
    """A transaction."""

    events: list[msgspec.Raw]


def open_database(path: Path) -> sqlite3.Connection:
    """The same pragmas as the bridge's store."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE inbox (seq INTEGER PRIMARY KEY, event_id TEXT, room_id TEXT, payload BLOB)")
    return connection


async def main(folder: Path) -> None:
    """Serve until terminated."""
    database, count = open_database(folder / "minimal.db"), Count()
    read_body, read_head = msgspec.json.Decoder(Body).decode, msgspec.json.Decoder(Head).decode

    async def push(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=403)
        rows = []
        for raw in read_body(await request.read()).events:
            head = read_head(raw)
            rows.append((head.event_id, head.room_id, bytes(raw)))
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO inbox (event_id, room_id, payload) VALUES (?, ?, ?)", rows)
        database.execute("COMMIT")
        count.handled += len(rows)
        count.stored()
        return web.Response(body=b"{}", content_type="application/json")

    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_put("/_matrix/app/v1/transactions/{id}", push)
    app.router.add_get("/handled", count.page)
    runner, port = await serve(app)
    await until_terminated(lambda: announce(port, port))
    await runner.cleanup()
    database.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
