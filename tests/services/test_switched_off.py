"""Whoever is switched off is out at once, while something else of the same reading waits for somebody's word."""

from contextlib import suppress
from datetime import timedelta

import pytest

from bridge.domain.directory import Directory
from bridge.domain.rooms import COMPANY, Membership, RoomRef
from bridge.ports.store import Outcome
from tests.services.household import Household, Killed, household
from tests.world import AGroup, directory, group, user

CREW = ("ann", "bob", "lea")
CAFE = group("cafe").members("nadia", "luc", "ann")
BOARD = group("board").hidden().owners("ann").members("ann", "nadia")


def company(second: AGroup, *gone: str) -> Directory:
    return directory(second, CAFE, BOARD, people=[*CREW, "luc", "nadia", "ines"], gone=gone)


async def held() -> Household:
    """One reading switches Nadia off, and would leave nobody in the second group."""
    house = household(company(group("second").members(*CREW[1:], "nadia")), joins_directly=True)
    for _ in range(3):
        await house.settle()
    house.source.directory = company(group("second"), "nadia")
    return house


def seats(house: Household, who: str) -> set[str]:
    """The rooms that somebody is in, or may come into."""
    found = {ref.id for ref in map_of(house) if ref.id and user(who) in house.members(ref.id)}
    inside = house.homeserver.synapse.inside(map_of(house)[COMPANY])
    return found | ({"company"} if user(who) in inside else set())


def map_of(house: Household) -> dict[RoomRef, str]:
    return {one.ref: one.room_id or "" for one in house.store.data.bindings.values()}


async def test_whoever_is_switched_off_is_out_after_one_pass_and_the_rest_waits() -> None:
    house = await held()
    assert seats(house, "nadia") == {"second", "cafe", "board", "company"}
    await house.settle()
    assert seats(house, "nadia") == set()
    assert house.members("second") == {user("bob"): Membership.JOIN, user("lea"): Membership.JOIN}
    audited = [one for one in house.store.data.audit.values() if one.kind == "remove"]
    assert {one.outcome for one in audited} == {Outcome.DONE}
    assert {one.detail["check"]["user"] for one in audited} == {user("nadia")}
    assert {str(one.detail["reason"]) for one in audited} == {"They are not active in the directory."}
    before = len(house.homeserver.synapse.asked)
    for _ in range(3):
        await house.clock.advance(600)
        await house.settle()
        assert seats(house, "bob") == {"second", "company"}
    assert house.world is not None
    assert house.world.plan.held is not None
    assert len(house.homeserver.synapse.asked) == before


@pytest.mark.slow
@pytest.mark.parametrize("at", range(1, 40, 2))
async def test_they_are_out_wherever_the_process_dies(at: int) -> None:
    house = await held()
    house.fuse.steps, house.fuse.at = 0, at
    with suppress(Killed, BaseExceptionGroup):
        await house.settle()
    house.start()
    house.clock.set(house.clock.now() + timedelta(minutes=1))  # the dead process' leases have run out
    for _ in range(2):
        await house.settle()
    assert seats(house, "nadia") == set()
    assert seats(house, "bob") == {"second", "company"}


async def test_who_comes_back_is_let_in_again_once_nothing_waits() -> None:
    house = await held()
    await house.settle()
    house.source.directory = company(group("second").members(*CREW[1:], "nadia"))
    for _ in range(3):
        await house.settle()
    assert seats(house, "nadia") == {"second", "cafe", "board", "company"}
