"""The process dies anywhere while digests are sent: before and after each call to the homeserver, and each commit.

Started again, or beside a process that lives, it comes to the same: everybody gets exactly one.
"""

import asyncio
import os
import random
from datetime import timedelta

import pytest

from bridge.domain.sending import Sending
from tests.bots.digest.kiosk import ANN, BOB, EVE, MONDAY, FakeContents, Kiosk

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("PARVIS_SEED", "20261123"))
RUNS = 100 if os.environ.get("PARVIS_PROOF") else 8
READERS = (ANN, BOB, EVE)
ROUNDS = 6


def contents() -> FakeContents:
    return FakeContents({ANN: ["news", "it"], BOB: ["news"], EVE: ["news"]})


async def sent(*deaths: int) -> tuple[Kiosk, int]:
    """Two weeks of digests, and how many steps they took."""
    shop = await Kiosk.opened(deaths, contents=contents())
    for week in range(2):
        for number in range(ROUNDS):
            now = max(shop.house.clock.now(), MONDAY + timedelta(days=7 * week, minutes=6 * number))
            await shop.go_round(now)
        for person in READERS:
            if week == 0:
                shop.come_in(person)
    return shop, shop.house.fuse.steps


def assert_each_got_two(shop: Kiosk, why: str) -> None:
    for person in READERS:
        assert len(shop.digests(person)) == len(set(shop.digests(person))) == 2, (person, why)
        for week in ("2026-W48", "2026-W49"):
            found = shop.delivery(person, week)
            assert found is not None
            assert found.state is Sending.SENT, why
            assert [item.number for item in found.items] == list(range(1, len(shop.contents.items[person]) + 1))
            assert len(found.events) == 1


async def test_a_process_killed_at_any_step_sends_each_digest_once() -> None:
    whole, steps = await sent()
    assert_each_got_two(whole, "nothing died")
    for step in range(1, steps + 1):
        shop, _ = await sent(step)
        assert shop.lives == 2, step
        assert_each_got_two(shop, f"died at step {step} of {steps}")


@pytest.mark.parametrize("run", range(RUNS))
async def test_a_process_killed_again_and_again_sends_each_digest_once(run: int) -> None:
    chance = random.Random(SEED + run)
    deaths = [chance.randint(1, 20) for _ in range(5)]
    shop, _ = await sent(*deaths)
    print(f"seed {SEED + run}: {shop.lives} lives, deaths after {deaths}")  # noqa: T201 - the coverage
    assert shop.lives > 2
    assert_each_got_two(shop, str(deaths))


async def test_several_processes_send_each_digest_once() -> None:
    shop = await Kiosk.opened(contents=contents())
    others = [shop.another()[0] for _ in range(3)]
    shop.house.clock.set(MONDAY)
    await asyncio.gather(*(rounds.go() for rounds in (shop.rounds, *others)))
    assert [len(shop.digests(person)) for person in READERS] == [1, 1, 1]
    assert len({shop.delivery(person, "2026-W48") for person in READERS}) == 3
