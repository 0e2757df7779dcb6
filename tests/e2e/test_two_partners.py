"""Two partners never learn of each other: the same company with the second and without it, as the first one sees it.

On real homeservers: the company's twice, the first partner's twice, the second partner's once.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.support.canary import Canary, traces
from tests.support.company import ACME, CORP, Company, members
from tests.support.neighbours import APEX, ASKED, CONTROL, READERS, TYPED, has_control, looked_at, neighbours
from tests.support.observing import Observed, text_of, ways
from tests.support.outputs import Line, Output
from tests.support.park import open_park
from tests.support.proving import VERSIONS
from tests.support.stage import Stage

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

SEED = int(os.environ.get("PARVIS_SEED", random.SystemRandom().randrange(2**32)))


@dataclass(frozen=True)
class Both:
    """What was shown without the second partner and with it."""

    without: Observed
    with_it: Observed
    stage: Stage

    def difference(self, name: str) -> str:
        """What the output is not the same in; empty when it is the same to the last byte."""
        return self.without.difference(self.with_it, name)

    @property
    def words(self) -> list[str]:
        """What betrays the second partner, its homeserver or its person."""
        return [*self.stage.words, APEX, self.stage.people["kim"].user_id]


@pytest.fixture(scope="module", params=VERSIONS)
def companies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Company]]:
    """Two of the same name, on homeservers of the same names."""
    servers = {"without": (CORP, ACME), "with": (CORP, ACME, APEX)}
    parks = [open_park(tmp_path_factory.mktemp(name), size=1, servers=names) for name, names in servers.items()]
    yield [park.company(homeserver={"room_version": request.param}) for park in parks]
    for park in parks:
        park.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(companies: list[Company]) -> AsyncIterator[Both]:
    print(f"\nseed {SEED}")  # noqa: T201 - PARVIS_SEED repeats the run
    chance = random.Random(SEED)
    canaries = [Canary.hatch(chance), Canary.hatch(chance)]
    async with AsyncExitStack() as stack:
        stages = await asyncio.gather(
            *(
                stack.enter_async_context(neighbours(company, canaries, present=present))
                for company, present in zip(companies, (False, True), strict=True)
            )
        )
        without, with_it = await asyncio.gather(*map(looked_at, stages))
        yield Both(without, with_it, stages[1])


def names(line: Line, stage: Stage) -> list[str]:
    """What the results of a line are called."""
    named = ways(stage)
    return [line.text.replace("{group}", f"<{way}>") for way in named] if "{group}" in line.text else [line.text]


SAID = pytest.mark.parametrize("line", TYPED, ids=lambda line: line.text)
SHOWN = pytest.mark.parametrize("output", ASKED, ids=lambda output: output.name)


@SAID
async def test_what_the_bot_answers_a_partner_is_the_same_with_another_one(both: Both, line: Line) -> None:
    for name in names(line, both.stage):
        assert both.with_it.shown[name].keys() == {str(place) for place in READERS}
        assert not (seen := both.difference(name)), seen
        assert traces(text_of(both.with_it.shown[name]), both.words) == [], name


@SAID
async def test_the_same_line_shows_it_to_who_may_know(both: Both, line: Line) -> None:
    if has_control(line):
        answers = [both.with_it.controls[name][str(CONTROL)] for name in names(line, both.stage)]
        assert traces(text_of(answers), both.words)
    else:
        answers = [both.with_it.shown[name][str(place)] for name in names(line, both.stage) for place in READERS]
        assert any(answers), "nobody was answered at all"


@SHOWN
async def test_what_a_partner_and_its_homeserver_are_shown_is_the_same_with_another_one(
    both: Both, output: Output
) -> None:
    if not output.oracle:
        assert not (seen := both.difference(output.name)), seen
    if not output.echoes:
        assert traces(text_of(both.with_it.shown[output.name]), both.words) == []


async def test_the_same_requests_show_the_other_partner_its_own(both: Both) -> None:
    """The positive control: as the second partner's person and homeserver, its room and its space are there."""
    kim = both.stage.people["kim"]
    shown = {output.name: text_of(await output.probe(both.stage, "kim")) for output in ASKED}
    for name in ("sync", "the room by its id", "the room by its id, told to a server"):
        assert "<hidden" in shown[name] or kim.user_id in shown[name], name
    assert traces(shown["sync"], both.words)
    assert "deal" not in shown["sync"]
    assert ACME not in shown["sync"]


async def test_no_room_of_one_partner_lets_the_others_server_in_or_names_it(both: Both) -> None:
    company = both.stage.company
    for rooms, own, other in (
        ([both.stage.rooms["deal"], both.stage.rooms["space/partner/acme"]], ACME, APEX),
        (both.stage.hidden, APEX, ACME),
    ):
        for room_id in rooms:
            state = await company.state(room_id)
            assert state["m.room.server_acl", ""]["allow"] == sorted([own, CORP])
            assert other not in text_of(sorted(map(str, state.items())))
            assert any(user.endswith(f":{own}") for user in members(state, "join"))
