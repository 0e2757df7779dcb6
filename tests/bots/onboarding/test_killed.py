"""The process dies anywhere in a welcome: before and after each call to the homeserver, and each commit.

Started again it comes to the same conversation: nothing said twice, nothing left out, nobody with two conversations.
"""

import os
import random
from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.bots.onboarding.parlour import Parlour
from tests.bots.onboarding.test_following import company
from tests.services.household import household
from tests.world import user

pytestmark = pytest.mark.slow

ANN = user("ann")
SCRIPT = (
    *("ok", "back", "???", "1", "skip", "thanks", "2", "later", "next", "oui", "no", "ok"),
    *("stop", "start over", "ok"),
)
RUNS = 200 if os.environ.get("PARVIS_PROOF") else 12
DEATHS = 10
SEED = int(os.environ.get("PARVIS_SEED", "20261123"))


async def welcomed(deaths: Sequence[int] = ()) -> tuple[Sequence[str], int, int]:
    """The whole conversation of somebody who arrives, how many steps it took, and how many lives."""
    house = household(company())
    await house.settle()
    await house.settle()
    parlour = Parlour(house, [*deaths])
    await parlour.go_round()
    parlour.come_in(ANN)
    for line in SCRIPT:
        await parlour.write(ANN, line)
        await parlour.go_round()
    return parlour.told(ANN), house.fuse.steps, parlour.lives


async def test_somebody_who_arrives_is_welcomed_and_led_through() -> None:
    said, steps, lives = await welcomed()
    assert lives == 1
    assert len(said) > len(SCRIPT)
    assert steps > DEATHS * 20, "so few steps that not every death would come"


@pytest.mark.parametrize("run", range(RUNS))
async def test_a_process_killed_at_random_points_comes_to_the_same_conversation(run: int) -> None:
    chance = random.Random(SEED + run)
    deaths = [chance.randint(1, 30) for _ in range(DEATHS)]
    expected, _, _ = await welcomed()
    said, _, lives = await welcomed(deaths)
    print(f"seed {SEED + run}: {lives} lives, deaths after {deaths}")  # noqa: T201 - the coverage
    assert lives > DEATHS // 2
    assert said == expected


async def left_alone(deaths: Sequence[int] = ()) -> tuple[Sequence[str], Sequence[str], int]:
    """What somebody who never answers is told in three weeks, and what their manager is."""
    house = household(company())
    await house.settle()
    parlour = Parlour(house, [*deaths])
    await parlour.go_round()
    parlour.come_in(ANN)
    for _ in range(21 * 3):
        house.clock.set(house.clock.now() + timedelta(hours=8))
        await parlour.go_round()
    return parlour.told(ANN), parlour.told(user("boss")), parlour.lives


async def test_reminders_and_the_hint_come_once_each_whatever_dies() -> None:
    told, hinted, _ = await left_alone()
    assert len([one for one in told if "We had stopped here" in one]) == 2
    assert len([one for one in hinted if "Ann Martin has begun" in one]) == 1
    for run in range(RUNS // 2):
        chance = random.Random(SEED + run)
        again, hinted_again, lives = await left_alone([chance.randint(1, 50) for _ in range(DEATHS)])
        assert lives > DEATHS // 2
        assert (again, hinted_again) == (told, hinted), SEED + run
