"""Whoever asks for a hidden group and whoever asks for none get the same answer, after the same work.

Work is counted, not timed: what is asked of the store and of the homeserver, kind by kind. ``make proof`` times it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import pytest

from bots.kit.commands import Command
from tests.services.household import Household
from tests.services.talking import Talks, lines
from tests.services.test_secrecy_in_chat import SAYS_BACK, two_worlds
from tests.support.tallying import Tally

pytestmark = pytest.mark.slow

HIDDEN: Final = "quartz"
NOTHING: Final = "zquart"
"""As long as the other, and as far from every name that may be known."""
ROOMS: Final[Mapping[str, tuple[str, ...]]] = {
    "!luc": ("luc",),
    "!omar": ("omar",),
    "!bob": ("bob:acme.example",),
    "!abroad": ("claire", "bob:acme.example"),
}


WHEN_IT_WAS_SILENT: Final = "whoami"
"""Asked by whoever wants to know how things stand, unless the homeserver answered something a moment ago."""


class Answer(NamedTuple):
    """What was said, and what it took: units of work, views and calls, by their names."""

    said: str
    store: Mapping[str, int]
    calls: Mapping[str, int]


async def asked(house: Household, name: str, commands: Sequence[str] = ()) -> dict[tuple[str, str], Answer]:
    """Every command (or these) about a group of this name, typed by everybody; its name is the same in the result."""
    talks, tally = Talks(house, ROOMS), Tally(house.store, house.homeserver)
    found = {}
    for room_id, people in ROOMS.items():
        for command in wanted(talks, commands):
            for line in lines(command, name):
                tally.begin()
                said = await talks.told(room_id, people[0], line)
                calls = Counter(call for call in tally.calls if call != WHEN_IT_WAS_SILENT)
                key = (room_id, line.replace(name, "<name>"))
                found[key] = Answer(said.replace(name, "<name>"), Counter(tally.store), calls)
    return found


def wanted(talks: Talks, commands: Sequence[str]) -> list[Command]:
    return [one for one in talks.commands if one.name not in SAYS_BACK and (not commands or one.name in commands)]


async def differences(commands: Sequence[str] = ()) -> dict[tuple[str, str], tuple[Answer, ...]]:
    """What is not the same: about the hidden group, about none, and in a company that has no such group."""
    answers = []
    for name, present in ((HIDDEN, True), (NOTHING, True), (HIDDEN, False)):
        house = (await two_worlds(settled=True))[present]
        answers.append(await asked(house, name, commands))
    assert answers[0].keys() == answers[1].keys() == answers[2].keys() != set()
    rows = {key: tuple(one[key] for one in answers) for key in answers[0]}
    return {key: row for key, row in rows.items() if any(one != row[0] for one in row)}


async def test_a_hidden_group_and_none_get_the_same_answer_with_the_same_work() -> None:
    assert await differences() == {}
