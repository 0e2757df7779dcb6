"""What the bridge's port answers about a hidden group takes as long as what it answers about none: ``make proof`` times
what ``make test`` counts. Processor time, in turns that chance decides.
"""

import os
import random
from collections.abc import Sequence
from time import process_time_ns
from typing import Final

import aiohttp

from bridge.adapters.appservice.server import Door, InboundServer
from bridge.rules.probing.ranking import chance_of_such_ranks
from bridge.services.intake import Intake
from tests.mutations.test_same_time import CHANCE
from tests.mutations.test_same_work import HIDDEN, NOTHING
from tests.mutations.test_same_work_over_http import LEAKY, PATHS, TOKEN, Health, LeakyDoor
from tests.services.household import Household
from tests.services.test_secrecy_in_chat import two_worlds

TIMES: Final = 400
"""That each path is asked about each."""


async def apart(house: Household, paths: Sequence[str], doors: Sequence[Door] = ()) -> dict[str, float]:
    """Paths whose answers take differently long, and the chance of that."""
    intake = Intake(house.store, house.clock, lambda _: None)
    server = InboundServer(hs_token=TOKEN, intake=intake, health=Health(house.store), doors=doors)
    await server.start("127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as http:
            taken = {path: await _times(http, path, server.port) for path in paths}
    finally:
        await server.stop()
    chances = {path: chance_of_such_ranks(*both) for path, both in taken.items()}
    return {path: chance for path, chance in chances.items() if chance < CHANCE / len(chances)}


async def _times(http: aiohttp.ClientSession, path: str, port: int) -> tuple[list[int], list[int]]:
    chance, taken = random.Random(1), (list[int](), list[int]())
    for _ in range(TIMES):
        for which in chance.sample((0, 1), 2):
            method, _, rest = path.format((HIDDEN, NOTHING)[which]).partition(" ")
            before = process_time_ns()
            async with http.request(method, f"http://127.0.0.1:{port}{rest}") as reply:
                await reply.read()
            taken[which].append(process_time_ns() - before)
    return taken


if os.environ.get("PARVIS_PROOF"):

    async def test_every_path_takes_as_long_about_a_hidden_group_as_about_none() -> None:
        assert await apart((await two_worlds(settled=True))[True], PATHS) == {}

    async def test_a_path_that_looks_longer_for_a_hidden_group_is_noticed_by_the_clock() -> None:
        """The control: with the same numbers, on a build that leaks by time."""
        house = (await two_worlds(settled=True))[True]
        assert await apart(house, (f"GET {LEAKY}{{}}", *PATHS[1:]), [LeakyDoor(house)])
