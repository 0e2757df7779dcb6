"""A hidden group that is archived, opened again and ended changes no byte of what others are shown.

``test_secrecy_of_worlds`` is about what it is and becomes, this about what is done to it by command.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from bridge.domain.directory import GroupState
from bridge.domain.viewers import COMMAND_LINE, alone
from tests.services.household import Household, household
from tests.services.secret_worlds import PEOPLE, SECRET, employed, twins
from tests.services.shown import UNMOVED, later_shown_to, unmoved_shown_to
from tests.services.test_secrecy_of_worlds import ADMINS, TANGLED, alike
from tests.world import directory, group, partner, user

OWNER: Final = user("p2")
STATES: Final = (GroupState.ARCHIVED, GroupState.ACTIVE, GroupState.RETIRED)
OTHERWISE: Final = directory(
    group("g1").public().members("p3", "x0:acme.example").owners("p5").admits("acme"),
    partners=[partner("acme", sponsor="p3"), partner("globex")],
    people=(*PEOPLE, "p9"),
)


async def settled(house: Household) -> None:
    """Rooms are made, and all who are invited came in."""
    await house.settle()
    rooms = house.homeserver.synapse.rooms.values()
    house.homeserver.people.accept_everything({one for room in rooms for _, one in room.state if one})
    await house.hear()
    await house.settle()


async def whole_life(watched: Callable[[Household, Household], Awaitable[None]]) -> None:
    """``watched`` looks at the tangled company, and at the same one without its hidden group, after each step."""
    houses = with_it, without = [household(source, admins=ADMINS) for source in twins(employed(TANGLED))]
    for house in houses:
        await settled(house)
    for state in STATES:
        proposal = await with_it.policies.propose_state(alone(OWNER), SECRET, state)
        assert proposal
        await with_it.policies.take(proposal, actor=OWNER, origin=f"${state}")
        for house in houses:
            await house.settle()
        await watched(with_it, without)


@pytest.mark.slow
async def test_a_hidden_group_that_is_archived_opened_again_and_ended_shows_nothing_to_others() -> None:
    await whole_life(alike)


async def test_what_was_done_to_it_is_shown_to_its_owner_and_on_the_command_line() -> None:
    """The positive control."""

    async def found(with_it: Household, without: Household) -> None:
        for viewer in (COMMAND_LINE, alone(OWNER)):
            full, bare = [await later_shown_to(house, viewer, [SECRET]) for house in (with_it, without)]
            assert {name for name in full if full[name] != bare[name]} == full.keys()

    await whole_life(found)


async def test_rows_in_which_a_hidden_group_shows_to_nobody_do_show_what_may_be_seen() -> None:
    """The positive control of the others: they are not the same in a company that is another one to everybody."""
    houses = [household(source, admins=ADMINS) for source in map(employed, (TANGLED, OTHERWISE))]
    for house in houses:
        await house.settle()
    shown = [[await unmoved_shown_to(house, alone(user(who))) for who in PEOPLE] for house in houses]
    assert {row for one, other in zip(*shown, strict=True) for row in one if one[row] != other[row]} == UNMOVED.keys()
