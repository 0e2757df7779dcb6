"""One installation that is killed and begun again, and what its rooms look like. For tests/e2e/test_apply_kills.py."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bridge.domain.rooms import MARKER
from deploy.demo.house import PROJECT
from deploy.localnet.processes import minimal_environment
from tests.support.company import Company
from tests.support.dying import DIES_AT, POINTS
from tests.support.likeness import Portrait, likeness
from tests.support.peeking import let_leases_run_out

V3 = "/_matrix/client/v3"
PATIENCE = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """``plain_markers`` are those of rooms that are not hidden, ``service`` is the account that joins people."""

    company: Company
    plain_markers: frozenset[str]
    service: str

    async def apply(self, *, dies_at: str = "", points: Path | None = None, after: float | None = None) -> int:
        """``parvis apply``, killed at a point or ``after`` seconds or not at all; gives how the process ended."""
        folder = self.company.folder
        environment = minimal_environment(folder) | {"PYTHONPATH": str(PROJECT), DIES_AT: dies_at}
        if points is not None:
            environment[POINTS] = str(points)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.dying", "--config", str(folder / "config.yaml"), "apply",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            cwd=folder, env=environment,
        )  # fmt: skip
        try:
            async with asyncio.timeout(PATIENCE if after is None else after):
                said, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            said, _ = await process.communicate()
            assert after is not None, said.decode()
        assert process.returncode is not None
        if process.returncode >= 0:
            assert process.returncode == 0, said.decode()
        elif self.company.database.exists():
            let_leases_run_out(self.company.database)
        return process.returncode

    async def portraits(self) -> dict[str, str]:
        """Every room that the bot is in, as text, whatever its ids are."""
        return likeness([await self._portrait(room_id) for room_id in await self.company.joined_rooms()])

    async def _portrait(self, room_id: str) -> Portrait:
        state = await self.company.state(room_id)
        marker = state.get((MARKER, ""), {}).get("group")
        listing = await self._ask("GET", f"directory/list/room/{quote(room_id, safe='')}")
        aliases = await self._ask("GET", f"rooms/{quote(room_id, safe='')}/aliases")
        events = (await self._ask("GET", f"rooms/{quote(room_id, safe='')}/messages?dir=b&limit=500"))["chunk"]
        said = tuple(event["content"].get("body", "") for event in events if event["type"] == "m.room.message")
        # An opaque marker says nothing, so a hidden room is known by the name that was told in it last.
        named = marker if marker in self.plain_markers else f"hidden: {said[0] if said else 'not told'}"
        return Portrait(
            label=room_id if marker is None else named,
            room_id=room_id,
            # The service account goes where it is needed to join people, and where that is depends on what came first.
            state={(kind, key): content for (kind, key), content in state.items() if key != self.service},
            said=said,
            published=listing["visibility"] == "public",
            aliases=tuple(sorted(aliases["aliases"])),
        )

    async def begin_again(self) -> None:
        """As if nothing had ever been: the bot is out of all its rooms, and the database is gone."""
        for room_id in await self.company.joined_rooms():
            room = quote(room_id, safe="")
            for alias in (await self._ask("GET", f"rooms/{room}/aliases"))["aliases"]:
                await self._ask("DELETE", f"directory/room/{quote(alias, safe='')}")
            await self._ask("PUT", f"directory/list/room/{room}", {"visibility": "private"})
            await self._ask("POST", f"rooms/{room}/leave", {})
        for file in self.company.folder.glob(self.company.database.name + "*"):
            file.unlink()

    async def _ask(self, method: str, path: str, body: object = None) -> Any:
        return await self.company.as_bot(method, f"{V3}/{path}", body)


def passed(file: Path) -> Sequence[str]:
    """The points that lives passed, in order, each once; of the actions of a kind only the first."""
    points = dict.fromkeys(file.read_text(encoding="utf-8").splitlines())
    return [point for point in points if "#" not in point or point.endswith("#1")]
