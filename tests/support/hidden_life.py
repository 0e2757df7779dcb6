"""The whole life of hidden groups: played in the one company of the with/without harness, and in the other one not.

One is made, written in, gets somebody more, another name, loses a member who leaves and one whom the directory takes
out, is archived, opened again and ended; the other one is archived and stays so. What the bridge shows to nobody in
particular (metrics, health pages, its log) is looked at after every step.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import quote

from deploy.demo.people import Person
from deploy.localnet.requests import call
from tests.e2e.journeys import accepted, seen
from tests.localnet.talk import eventually
from tests.support.canary import Canary
from tests.support.company import members
from tests.support.peeking import is_idle
from tests.support.probes import SEPARATE, WAITING, administration
from tests.support.stage import Age, Mortals, Stage, no_room

OF_THE_PROCESS: Final = ("process_", "python_")
STEPS: Final = ("before", "made", "written in", "somebody more", "renamed", "left", "taken out", "archived",
                "put to sleep", "opened again", "ended")  # fmt: skip
PAGES: Final = ("/metrics", "/health/live", "/health/ready")


class Look(NamedTuple):
    """What monitors and readers of the log see: every page, without what the process itself takes, and every line."""

    pages: dict[str, str]
    log: list[str]


async def passed(stage: Stage) -> dict[str, Look]:
    """The life of the stage's mortals, or the same moment without it; afterwards something waits to be applied. Gives
    what was to be seen after each step, by its name."""
    assert stage.mortals
    life = Life(stage, stage.mortals)
    if stage.present:
        await life.lived()
        stage.hidden += life.rooms
    else:
        stage.hidden += [no_room(), no_room()]
    stage.write(late=True)
    return life.looks


@dataclass(slots=True)
class Life:
    """``rooms`` are that of the group which ends, and that of the one which sleeps."""

    stage: Stage
    mortals: Mortals
    looks: dict[str, Look] = field(default_factory=dict)
    rooms: tuple[str, ...] = ()

    async def lived(self) -> None:
        """All of it, in order."""
        claire, mortal, asleep = self.stage.people["claire"], self.mortals.mortal, self.mortals.asleep
        await administration(self.stage, "ines")  # the witness of the day is there, and nothing more to come
        self.looks["before"] = await looked(self.stage)
        await self._step("made", self._made())
        room, closed = self.rooms
        await self._step("written in", claire.say(room, f"Welcome to {mortal.name}"))
        await self._step("somebody more", self._more("emil"))
        await self._step("renamed", self._renamed())
        await self._step("left", self._left(self.stage.people["dora"]))
        await self._step("taken out", self._taken_out(self.stage.people["emil"]))
        await self._step("archived", self._decided("archive", mortal, partial(self._silent, room)))
        await self._step("put to sleep", self._decided("archive", asleep, partial(self._silent, closed)))
        await self._step("opened again", self._decided("reopen", mortal, partial(self._speaking, room)))
        await self._step("ended", self._decided("retire", mortal, partial(self._left_behind, room)))

    async def _step(self, name: str, happens: Awaitable[object]) -> None:
        await happens
        self.looks[name] = await looked(self.stage)

    async def _aged(self, age: Age) -> None:
        """The directory says this, and a member who is an administrator sees to it that the rooms follow, unless the
        bridge was quicker: whoever comes or goes makes it look as well."""
        self.stage.age = age
        self.stage.write()
        talk = self.stage.alone["hugo"]

        async def followed() -> bool:
            planned = await talk.ask("!plan")
            if planned.reference:
                await talk.ask(f"!apply {planned.reference}")
            return planned.reference is None

        await eventually(followed, bool)

    async def _made(self) -> None:
        known = {*self.stage.rooms.values(), *self.stage.hidden}
        await self._aged(Age.BORN)
        one, other = {*(await self.stage.company.rooms()).values()} - known
        dora = self.stage.company.user("dora")
        first = dora in members(await self.stage.company.state(one), "invite")
        self.rooms = (one, other) if first else (other, one)
        room, closed = self.rooms
        for name, room_id in (("claire", room), ("hugo", room), ("dora", room), ("claire", closed)):
            await accepted(self.stage.people[name], room_id)

    async def _more(self, name: str) -> None:
        await self._aged(Age.GROWN)
        await accepted(self.stage.people[name], self.rooms[0])

    async def _renamed(self) -> None:
        await self._aged(Age.RENAMED)
        claire, name = self.stage.people["claire"], self.mortals.called.name
        await seen(claire, "the new name", lambda: name in str(claire.joined[self.rooms[0]].messages))

    async def _left(self, person: Person) -> None:
        path = f"/_matrix/client/v3/rooms/{quote(self.rooms[0], safe='')}/leave"
        (await person.ask("POST", path, body={})).ok("leaving")
        await self._out(person)

    async def _taken_out(self, person: Person) -> None:
        await self._aged(Age.SHRUNK)
        await self._out(person)

    async def _out(self, person: Person) -> None:
        await seen(person, "that they are out", lambda: self.rooms[0] not in person.joined)

    async def _decided(self, word: str, group: Canary, holds: Callable[[], Awaitable[bool]]) -> None:
        """Its owner says so, and the room follows."""
        said = await self.stage.alone["claire"].ask(f"!group {word} {group.id} --yes")
        assert said.status == "ok", said.text
        await eventually(holds, bool)

    async def _silent(self, room_id: str) -> bool:
        levels = (await self.stage.company.state(room_id))["m.room.power_levels", ""]
        return bool(levels["events_default"] == 100)

    async def _speaking(self, room_id: str) -> bool:
        return not await self._silent(room_id)

    async def _left_behind(self, room_id: str) -> bool:
        return room_id not in await self.stage.company.joined_rooms()


async def looked(stage: Stage) -> Look:
    """What stands on the pages and in the log once all that arrived is handled."""
    company = stage.company
    address = f"http://127.0.0.1:{company.house.port}"

    async def page(path: str) -> str:
        return str((await call("GET", address + path)).content)

    async def shown() -> dict[str, str]:
        """The pages; none where something waited before them, or in them: what a bot says comes back to the bridge a
        moment later, and waits, too."""
        if not await asyncio.to_thread(is_idle, company.database):
            return {}
        pages = {path: await page(path) for path in PAGES}
        return pages if WAITING in pages["/metrics"] else {}

    pages = await eventually(shown, bool)
    log = company.house.log.read_text(encoding="utf-8").splitlines()
    ours = {path: "\n".join(_ours(text)) for path, text in pages.items()}
    return Look(ours, [line for line in log if not any(word in line for word in SEPARATE)])


def _ours(page: str) -> list[str]:
    """Its lines, without what the process itself takes."""
    return [line for line in page.splitlines() if not line.startswith(OF_THE_PROCESS)]
