"""The bridge, and the homeserver with it, are killed at any moment: no event is lost and no reply comes twice."""

import asyncio
import json
import os
import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from operator import gt
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio

from deploy.demo.bot import Conversation
from deploy.demo.people import following
from deploy.localnet.processes import GuardedProcess
from tests.e2e.streaming import Stream, found_in
from tests.localnet.talk import eventually
from tests.support.company import CORP, Company
from tests.support.park import open_park
from tests.support.peeking import acknowledged, inbox_counts

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

PROOF = bool(os.environ.get("PARVIS_PROOF"))
EVENTS, ONE_COMMAND_IN, KILLS = 2_000, 30, 40 if PROOF else 11
EVENTS_WITH_HOMESERVER, KILLS_WITH_HOMESERVER = (1_500, 8) if PROOF else (400, 3)
PATIENCE, LONG_PATIENCE = 15, 60
"""Seconds without news after which the homeserver is taken to keep something back, and to have lost it."""
GROUPS = ("sales", "press", "build", "house")
PEOPLE = ("claire", "ines", "luc", "ann", "zoe", "paul", "lea", "tom")
DIRECTORY = json.dumps(
    {
        "people": [
            {"id": str(number), "user": f"@{name}~:{CORP}", "name": name.title()} for number, name in enumerate(PEOPLE)
        ],
        "groups": [
            {"id": group, "name": group.title(), "visibility": "public", "owners": ["0"],
             "members": [*map(str, range(len(PEOPLE)))]}
            for group in GROUPS
        ] + [{"id": "secret", "name": "Secret", "visibility": "hidden", "owners": ["0"], "members": ["0", "1"]}],
    }
)  # fmt: skip
"""JSON is YAML, too."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """On a homeserver of its own, because that one is killed too."""
    park = open_park(tmp_path_factory.mktemp("crashes"), size=1, servers=(CORP,))
    try:
        yield park.company(DIRECTORY)
    finally:
        park.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talks(company: Company) -> dict[str, str]:
    """The company's rooms are filled, and everybody has a conversation with the bot."""
    people = await company.hire(*PEOPLE)
    await company.hire_service()
    assert (await company.parvis("apply")).code == 0
    async with company.running(), following(*people):
        return {person.name: (await Conversation.open(person, company.bot)).room_id for person in people}


@dataclass
class Killer:
    """Starts the bridge and kills it at any moment, while it starts as well as while it works."""

    company: Company
    chance: random.Random
    bridge: GuardedProcess | None = None
    kills: int = 0

    async def strike(self) -> None:
        """One life of the bridge, ended by SIGKILL."""
        self.bridge = self.company.launch()
        if self.chance.random() < 0.7:
            await eventually(self.company.ready, bool, 60)
            await asyncio.sleep(self.chance.uniform(0.0, 1.5))
        else:
            await asyncio.sleep(self.chance.uniform(0.1, 3.0))
        self.bridge.kill()
        self.kills += 1

    async def recover(self) -> None:
        """The last life, in which everything is made good."""
        self.bridge = self.company.launch()
        await eventually(self.company.ready, bool, 60)


async def crashed_through(
    company: Company, talks: dict[str, str], *, events: int, kills: int, with_homeserver: bool
) -> None:
    """Let a stream flow while everything is killed, then compare what was said with what was answered."""
    seed = int(os.environ.get("PARVIS_SEED", "0")) or random.SystemRandom().randrange(10**9)
    print(f"\nseed {seed}")  # noqa: T201 - to repeat the run: PARVIS_SEED
    rooms = [room_id for marker, room_id in (await company.rooms()).items() if marker in GROUPS]
    chance = random.Random(seed)
    stream = Stream(
        company=company,
        rooms=rooms,
        talks=talks,
        size=events,
        every=ONE_COMMAND_IN,
        label=f"s{seed}-",
        chance=random.Random(seed + 1),
    )
    everywhere, lost = [*rooms, *talks.values()], 0
    before = await found_in(company, everywhere)
    killer = Killer(company, chance)
    flowing = asyncio.create_task(stream.flow())
    try:
        for number in range(1, kills + 1):
            # Nobody gets ahead, so that the kills are spread over the whole stream.
            stream.allow(events * number // kills)
            await killer.strike()
            if with_homeserver:
                await company.corp.kill()
                await company.corp.start()
        await killer.recover()
        await flowing
        found = await found_in(company, everywhere)
        fresh, commands = found.events - before.events, found.commands - before.commands
        held_back = await settled(company, fresh, PATIENCE)
        if held_back:
            # Synapse forgets a transaction that it writes just while its recovery ends, until the next recovery.
            assert killer.bridge
            killer.bridge.kill()
            path = f"/_matrix/client/v3/rooms/{quote(rooms[0], safe='')}/send/m.room.message/nudge{seed}"
            await company.people["tom"].ask("PUT", path, body={"msgtype": "m.text", "body": "is anybody there?"})
            await killer.recover()
            lost = await settled(company, fresh, LONG_PATIENCE)
    finally:
        flowing.cancel()
        if killer.bridge:
            await killer.bridge.stop()
    found = await found_in(company, everywhere)
    print(  # noqa: T201 - what was really tried
        f"kills {killer.kills}{' of both' if with_homeserver else ''}, events {len(fresh)}, commands {len(commands)}, "
        f"replies {sum(found.replies[command] for command in commands)}, "
        f"held back by Synapse until its next recovery {held_back}, never pushed {lost}"
    )
    assert len(fresh) >= events
    assert fresh >= stream.commands
    stored = acknowledged(company.database, data_key(company), commands)
    assert {command: found.replies[command] for command in stored if found.replies[command] != 1} == {}
    assert not [claim for claim, count in found.claims.items() if count > 1]
    # What a homeserver that is killed forgets to push, nobody can answer.
    assert with_homeserver or lost == 0


def data_key(company: Company) -> Path:
    return company.folder / "keys" / "data.key"


async def settled(company: Company, events: frozenset[str], patience: float) -> int:
    """Wait until all has come, or nothing more for ``patience`` seconds, and everything that came is handled; gives how
    many events have not come at all."""

    async def missing() -> int:
        return len(events - acknowledged(company.database, data_key(company), events))

    async def left() -> dict[str, int]:
        return inbox_counts(company.database)

    absent = len(events) + 1
    with suppress(AssertionError):
        while absent:
            absent = await eventually(missing, partial(gt, absent), patience)
    await eventually(left, lambda counts: not any(counts.values()), 90)
    return await missing()


async def test_no_event_is_lost_and_no_reply_repeated_when_the_bridge_is_killed(
    company: Company, talks: dict[str, str]
) -> None:
    await crashed_through(company, talks, events=EVENTS, kills=KILLS, with_homeserver=False)


async def test_nor_when_the_homeserver_is_killed_with_it(company: Company, talks: dict[str, str]) -> None:
    await crashed_through(
        company, talks, events=EVENTS_WITH_HOMESERVER, kills=KILLS_WITH_HOMESERVER, with_homeserver=True
    )
