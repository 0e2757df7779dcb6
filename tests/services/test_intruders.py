"""Strangers who come in by drift are out at once however many they are; whoever a directory forgets is not."""

from dataclasses import replace

from bridge.domain.rooms import Membership
from bridge.services.intruders import INTRUDER, LASTS
from tests.services.household import Household, household
from tests.world import directory, group, partner, user

STRANGERS = [f"@s{number}:stranger.example" for number in range(8)]
PEOPLE = [f"p{number}:acme.example" for number in range(8)]


async def inhabited() -> Household:
    """A group with people of a partner who came."""
    deal = group("deal").members("ann", *PEOPLE).admits("acme")
    house = household(directory(deal, partners=[partner("acme", sponsor="ann")]))
    for _ in range(2):
        await house.settle()
        await house.hear()
    for who, state in house.members("deal").items():
        if state is Membership.INVITE:
            house.homeserver.synapse.rooms[house.room("deal")].join(who)
    await house.hear()
    await house.settle()
    return house


def come(house: Household, *who: str) -> None:
    room = house.homeserver.synapse.rooms[house.room("deal")]
    for one in who:
        room.append(one, "m.room.member", {"membership": "join"}, one)


def noted(house: Household) -> list[str]:
    return [one.asker for one in house.store.data.pending.values() if one.kind == INTRUDER and not one.settled]


async def test_strangers_are_out_in_one_pass_however_many_they_are() -> None:
    house = await inhabited()
    before = house.members("deal")
    come(house, *STRANGERS)
    await house.hear()
    assert sorted(noted(house)) == STRANGERS
    await house.settle()
    assert house.members("deal") == before


async def test_they_are_forgotten_after_a_while() -> None:
    house = await inhabited()
    come(house, *STRANGERS)
    await house.hear()
    await house.settle()
    await house.clock.advance(LASTS.total_seconds() + 1)
    await house.rounds.go()
    assert noted(house) == []


async def test_people_of_a_partner_that_the_directory_forgets_wait_for_a_word() -> None:
    house = await inhabited()
    come(house, STRANGERS[0])
    await house.hear()
    known = house.source.directory
    deal = replace(known.groups["deal"], partners=())
    house.source.directory = replace(known, groups={"deal": deal}, partners={})
    for _ in range(3):
        world = await house.settle()
    assert world.plan.held is not None
    assert user(PEOPLE[0]) in house.members("deal")
