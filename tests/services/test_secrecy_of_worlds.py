"""A hidden group changes no byte of what anybody else is shown: on random companies.

That this can fail is shown in ``tests/mutations``.
"""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from bridge.domain.directory import Directory
from bridge.domain.viewers import COMMAND_LINE, alone
from tests.services.household import Household, household
from tests.services.secret_worlds import ASKED, CALLED, PEOPLE, SECRET, Twins, directories, others, twins
from tests.services.shown import all_shown_to, rooms_as_seen, shown_to
from tests.support.proving import PROOF, examples
from tests.world import directory, group, partner, user

MANY = 300 if PROOF else examples(8)
quick = settings(max_examples=MANY, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
ADMINS = frozenset({user("p0"), user("p1")})


async def compare(pair: Twins, later: Twins | None = None, spread: timedelta = timedelta()) -> None:
    """Both companies: what waits to be done, what is done, and then what waits for the directory of ``later``."""
    houses = [household(source, admins=ADMINS, spread=spread) for source in pair]
    for house in houses:
        house.world = await house.reconciler.look(keep=True)
    await alike(*houses)
    for house in houses:
        await house.settle()
        await house.settle()
    await alike(*houses)
    if later:
        for house, source in zip(houses, later, strict=True):
            house.source.directory = source
            house.world = await house.reconciler.look(keep=True)
        await alike(*houses)


async def alike(with_it: Household, without: Household) -> None:
    access = with_it.society.access()
    assert access is not None
    for viewer in others(access):
        assert await all_shown_to(with_it, viewer, ASKED) == await all_shown_to(without, viewer, ASKED), viewer
    assert rooms_as_seen(with_it, without=SECRET) == rooms_as_seen(without)


@quick
@given(directories(), directories())
def test_a_hidden_group_changes_no_byte_of_what_others_are_shown(now: Directory, then: Directory) -> None:
    asyncio.run(compare(twins(now), twins(then)))


TANGLED = directory(
    group("g0").public().members("p3", "p4", f"group:{SECRET}").owners("p4"),
    group("g1").members("p3", "x0:acme.example").owners("p5").admits("acme"),
    group(SECRET)
    .hidden()
    .called(CALLED)
    .members("p0", "p2", "x1:acme.example", "group:g1")
    .owners("p2")
    .admits("acme"),
    partners=[partner("acme"), partner("globex")],
    people=PEOPLE,
)


@pytest.mark.slow
@pytest.mark.parametrize("spread", [timedelta(), timedelta(minutes=30)])
def test_the_tangled_company_shows_nothing_either(spread: timedelta) -> None:
    asyncio.run(compare(twins(TANGLED), spread=spread))


def test_who_may_see_it_does() -> None:
    """The positive control: the same comparison finds the group for its members and on the command line."""

    async def look() -> None:
        house = household(TANGLED, admins=ADMINS)
        house.world = await house.reconciler.look(keep=True)
        bare = household(twins(TANGLED).without, admins=ADMINS)
        bare.world = await bare.reconciler.look(keep=True)
        for viewer in (COMMAND_LINE, alone(user("p2"))):
            seen, unseen = await shown_to(house, viewer, [SECRET]), await shown_to(bare, viewer, [SECRET])
            different = {name for name in seen if seen[name] != unseen[name]}
            assert different == seen.keys()

    asyncio.run(look())
