"""Decisions by which nothing becomes another: what is said, and what is stored."""

from typing import Any

import pytest

from bridge.domain.directory import MembershipMode
from bridge.domain.viewers import alone
from bridge.services.decided import Proposal
from bridge.services.unchanging import Stays
from tests.services.household import Household, household
from tests.world import directory, group, user

ANN = alone(user("ann"))


@pytest.fixture
async def house() -> Household:
    both, owners = MembershipMode.BOTH, MembershipMode.OWNERS
    house = household(
        directory(
            group("sales").owners("ann").members("ann", "bob").having(membership=both),
            group("deal").owners("ann", "cleo").members("ann", "group:part").having(membership=both),
            group("part").owners("eve").members("eve"),
            group("club").owners("ann").having(membership=owners),
            people=["gus"],
        ),
        joins_directly=True,
    )
    await house.settle()
    await house.settle()
    return house


async def named(house: Household, group_id: str, who: str, *, present: bool, field: str = "members") -> Proposal:
    proposal = await house.policies.propose_naming(ANN, group_id, field, user(who), present=present)
    assert proposal is not None
    return proposal


async def take(house: Household, proposal: Proposal, origin: str = "$1") -> None:
    await house.policies.take(proposal, actor=user("ann"), origin=origin)
    await house.settle()
    await house.settle()


@pytest.mark.parametrize(
    ("group_id", "who", "why"),
    [
        ("sales", "bob", "The directory names @bob:corp.example among the members of Sales, so they stay."),
        ("deal", "eve", "@eve:corp.example belongs to Deal through a group inside it"),
        ("deal", "cleo", "@cleo:corp.example is an owner or a moderator of Deal"),
    ],
)
async def test_who_stays_all_the_same_is_told_why_and_nothing_is_stored(
    house: Household, group_id: str, who: str, why: str
) -> None:
    with pytest.raises(Stays) as raised:
        await named(house, group_id, who, present=False)
    assert str(raised.value.message).startswith(why)
    assert not house.store.data.policies


async def test_who_is_no_member_cannot_be_taken_out(house: Household) -> None:
    proposal = await named(house, "sales", "gus", present=False)
    assert str(proposal.unchanged) == "Nothing changes: @gus:corp.example is not among the members of Sales."


async def test_who_is_in_already_is_not_added_twice(house: Household) -> None:
    await take(house, await named(house, "club", "gus", present=True))
    again = await named(house, "club", "gus", present=True)
    assert (str(again.unchanged), again.kept) == (
        "Nothing changes: @gus:corp.example is among the members of Club already.",
        False,
    )


async def test_who_left_is_asked_in_again(house: Household) -> None:
    await take(house, await named(house, "club", "gus", present=True))
    house.homeserver.synapse.rooms[house.room("club")].leave(user("gus"))
    await house.hear()
    await house.settle()
    again = await named(house, "club", "gus", present=True)
    assert (again.unchanged, again.named) == (None, (user("gus"),))


async def test_what_the_directory_says_anyhow_counts_by_decision_from_then_on(house: Household) -> None:
    proposal = await named(house, "sales", "bob", present=True)
    assert (str(proposal.unchanged), proposal.kept) == (
        "Nothing changes for now: it is so already, and from now on by this decision.",
        True,
    )


@pytest.mark.parametrize("field", ["owners", "moderators"])
async def test_an_owner_who_is_owner_and_a_moderator_who_is_none(house: Household, field: str) -> None:
    present = field == "owners"
    proposal = await named(house, "club", "ann", present=present, field=field)
    assert proposal.unchanged is not None


@pytest.mark.parametrize(("name", "value"), [("posting", "all"), ("visibility", "invite-only"), ("listed", "no")])
async def test_what_is_set_to_what_it_is(house: Household, name: str, value: Any) -> None:
    first = await house.policies.propose(ANN, "club", {name: value})
    assert first is not None
    assert (str(first.unchanged)[:23], first.kept) == ("Nothing changes for now", True)
    await take(house, first)
    second = await house.policies.propose(ANN, "club", {name: value})
    assert second is not None
    assert (str(second.unchanged), second.kept) == ("Nothing changes: it is so already.", False)
    back = await house.policies.propose(ANN, "club", {}, frozenset({name}))
    assert back is not None
    assert (str(back.unchanged), back.kept) == ("Nothing changes for now: it stays so by itself.", True)


async def test_whoever_repeats_what_they_did_is_told_so_again(house: Household) -> None:
    proposal = await house.policies.propose(ANN, "club", {"posting": "owners"})
    assert proposal is not None
    assert not await house.policies.taken(proposal, "$1")
    await take(house, proposal)
    assert await house.policies.taken(proposal, "$1")
