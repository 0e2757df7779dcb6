"""Who is where a run of the bridge asked them to be was not let in by hand, however late that is heard; others were."""

import pytest

from bridge.services.breaches import BREACH
from tests.bots.admin.watching import LUC, as_bot, company, heard, let_in, mended, settled
from tests.services.household import Household


async def asked_in_and_given_up() -> Household:
    """The bridge asked Luc in, and the directory took him off since: that is known, and not done yet."""
    house = await settled()
    house.source.directory = company("luc")
    await house.settle()
    house.source.directory = company()
    house._see(await house.reconciler.look(keep=True))
    return house


def catches_up(house: Household) -> None:
    """From a homeserver that brings what it could not bring before nobody hears what was before (seen with Synapse)."""
    for event in house.homeserver.synapse.room(house.room("comex")).timeline:
        event["unsigned"] = {}


@pytest.mark.parametrize("before", [True, False], ids=["what was before is told", "is not told"])
async def test_who_accepts_an_invitation_of_ours_too_late_is_put_out_and_accused_of_nothing(*, before: bool) -> None:
    house = await asked_in_and_given_up()
    await house.hear()
    house.homeserver.people.accept_everything([LUC])
    if not before:
        catches_up(house)
    await mended(house)
    assert LUC not in house.members("comex")
    assert heard(house) == []
    assert not [one for one in house.store.data.pending.values() if one.kind == BREACH]


@pytest.mark.parametrize("world", [True, False], ids=["as the directory is by now", "as nothing is known yet"])
async def test_an_invitation_of_ours_that_is_heard_of_late_was_not_made_by_hand(*, world: bool) -> None:
    house = await asked_in_and_given_up()
    house.homeserver.people.accept_everything([LUC])
    if not world:
        house.start()
    await mended(house)
    assert LUC not in house.members("comex")
    assert heard(house) == []
    assert not [one for one in house.store.data.pending.values() if one.kind == BREACH]


@pytest.mark.parametrize("before", [True, False], ids=["what was before is told", "is not told"])
async def test_who_is_let_in_by_hand_a_moment_after_a_run_put_them_out_is_named(*, before: bool) -> None:
    house = await asked_in_and_given_up()
    await house.settle()
    assert LUC not in house.members("comex")
    await house.clock.advance(1)
    let_in(house, LUC)
    if not before:
        catches_up(house)
    await mended(house)
    [said] = heard(house)
    assert said.startswith(f"{LUC} was in this room without belonging to its group")


@pytest.mark.parametrize("before", [True, False], ids=["what was before is told", "is not told"])
async def test_who_walks_in_while_the_room_is_open_is_named(*, before: bool) -> None:
    house = await settled()
    as_bot(house, "m.room.join_rules", {"join_rule": "public"})
    house.homeserver.synapse.room(house.room("comex")).join(LUC)
    if not before:
        catches_up(house)
    await mended(house)
    assert [one for one in heard(house) if one.startswith(f"{LUC} was in this room")]


async def test_who_belongs_there_by_now_was_not_let_in_by_hand() -> None:
    house = await settled()
    let_in(house, LUC)
    await house.hear()
    house.source.directory = company("luc")
    await mended(house)
    assert heard(house) == []
    assert house.store.data.pending
    assert not [one for one in house.store.data.pending.values() if one.kind == BREACH and not one.settled]


async def test_what_the_bridge_does_by_itself_is_none() -> None:
    house = await settled()
    for members in (("luc",), ()):
        house.source.directory = company(*members)
        await house.settle()
        house.homeserver.people.accept_everything([LUC])
        await mended(house)
    assert heard(house) == []
    assert not [one for one in house.store.data.pending.values() if one.kind == BREACH]
