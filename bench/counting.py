"""What a homeserver was really asked and what it made of it: its own log of requests, its own table of events."""

import asyncio
import os
import re
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.localnet.server import Server

REQUEST: Final = re.compile(r'Processed request: .* "([A-Z]+) (\S+) HTTP/')
IDS: Final = re.compile(r"(?<=/)[!#@%][^/]+")
"""Ids of rooms, aliases and users in a path."""
PATIENCE: Final = 10.0


@dataclass(frozen=True)
class Requests:
    """Method and path of all that a homeserver was asked for some time."""

    seen: tuple[tuple[str, str], ...]

    @property
    def reads(self) -> int:
        """How many were GET."""
        return sum(method == "GET" for method, _ in self.seen)

    @property
    def writes(self) -> int:
        """How many were anything else."""
        return len(self.seen) - self.reads

    def kinds(self) -> dict[str, int]:
        """How often what was asked, most often first; ids in paths are written as an ellipsis."""
        counted = Counter(f"{method} {IDS.sub('…', path.partition('?')[0])}" for method, path in self.seen)
        return dict(counted.most_common())


class AccessLog:
    """Synapse's log, which has a line for every request that it has answered, whoever sent it."""

    def __init__(self, server: Server) -> None:
        self._server, self._path = server, server.log_path
        self._offset = 0

    async def since(self) -> Requests:
        """All that was asked since the last time. Call it when nothing is under way."""
        word = secrets.token_hex(8)
        # What was answered before this question stands before it in the log.
        await self._server.request("GET", "/_matrix/client/versions", query={"mark": word})
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while word not in (text := self._read()):
            if asyncio.get_running_loop().time() > deadline:
                raise SystemExit(f"Synapse does not log requests in {self._path}")
            await asyncio.sleep(0.01)
        self._offset += len(text.encode())
        lines = (found.groups() for line in text.splitlines() if (found := REQUEST.search(line)))
        return Requests(tuple((method, path) for method, path in lines if word not in path))

    def _read(self) -> str:
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        return data[: data.rfind(b"\n") + 1].decode()


def processor_seconds(server: Server) -> float:
    """Processor time that the homeserver has used so far: unlike the clock it hardly depends on what else runs."""
    fields = Path(f"/proc/{server.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def member_events(database: Path, rooms: Iterable[str], people: Iterable[str]) -> int:
    """How many membership events of these people there are in these rooms, now."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        wanted, those = set(rooms), set(people)
        rows = connection.execute("SELECT room_id, user_id FROM room_memberships")
        return sum(room in wanted and user in those for room, user in rows)
