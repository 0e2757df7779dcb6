"""Answers about a hidden group take as long as answers about none: ``make proof`` times what ``make test`` counts.

Processor time, not the clock's, in turns that chance decides, so that what else the machine does hits both alike.
"""

import os
import random
from time import process_time_ns
from typing import Final

import pytest

from bridge.rules.probing.ranking import chance_of_such_ranks
from tests.mutations.leaks_put_in import a_hidden_group_takes_one_look_into_the_store_more as one_look_more
from tests.mutations.test_same_work import HIDDEN, NOTHING, wanted
from tests.services.talking import Talks
from tests.services.test_secrecy_in_chat import two_worlds

TIMES: Final = 300
"""That each line is typed about each."""
CHANCE: Final = 0.001
"""That the test fails although nothing is wrong, over all lines together."""
ROOM: Final = "!luc"


async def times(commands: tuple[str, ...] = ()) -> dict[str, tuple[list[int], list[int]]]:
    """Nanoseconds of each answer, about the hidden group and about none, by line."""
    house, chance = (await two_worlds(settled=True))[True], random.Random(1)
    talks, found = Talks(house, {ROOM: ("luc",)}), {}
    for command in wanted(talks, commands):
        about = [f"!{command.words('en')} {name}" for name in (HIDDEN, NOTHING)]
        taken: tuple[list[int], list[int]] = [], []
        for _ in range(TIMES):
            for which in chance.sample((0, 1), 2):
                before = process_time_ns()
                await talks.told(ROOM, "luc", about[which])
                taken[which].append(process_time_ns() - before)
        found[about[0]] = taken
    return found


def apart(found: dict[str, tuple[list[int], list[int]]]) -> dict[str, float]:
    """Lines whose answers take differently long, and the chance of that."""
    chances = {line: chance_of_such_ranks(*taken) for line, taken in found.items()}
    return {line: chance for line, chance in chances.items() if chance < CHANCE / len(chances)}


@pytest.mark.parametrize(
    ("one", "other", "chance"),
    [
        ((1, 2, 3, 4, 5), (6, 7, 8, 9, 10), 0.009),
        ((1, 3, 5, 7, 9), (2, 4, 6, 8, 10), 0.602),
        ((1, 1, 2), (1, 1, 2), 1.0),
        ((1, 1), (1, 1), 1.0),
    ],
)
def test_ranks_that_lie_apart_are_told_from_those_that_do_not(
    one: tuple[int, ...], other: tuple[int, ...], chance: float
) -> None:
    assert chance_of_such_ranks(one, other) == pytest.approx(chance, abs=0.001)


if os.environ.get("PARVIS_PROOF"):

    async def test_answers_about_a_hidden_group_take_as_long_as_those_about_none() -> None:
        assert apart(await times()) == {}

    async def test_a_single_look_more_into_the_store_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
        """The control: on a build that leaks by time, the same test with the same numbers fails."""
        one_look_more(monkeypatch)
        assert apart(await times(("group show",)))
