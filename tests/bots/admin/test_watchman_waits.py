"""What was done by hand is told once it is true that it is undone, whatever refuses, stays or dies meanwhile."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pytest

from bridge.adapters.matrix.answers import judge
from bridge.adapters.matrix.calls import Request
from bridge.domain.rooms import ActualRoom, RoomRef, group_room
from bridge.ports.pending import Pending
from bridge.services import stuck
from bridge.services.breaches import BREACH, TELL_WITHIN, What, note_listed
from tests.bots.admin.watching import (
    BOB,
    CLUB,
    LUC,
    as_bot,
    heard,
    in_status,
    let_in,
    mended,
    settled,
    watchman,
)
from tests.fakes.store_rooms import FakeRooms
from tests.fakes.synapse import Go
from tests.services.household import Household, Killed
from tests.world import BOT


async def open_items(house: Household) -> list[Pending]:
    """What is still to be told."""
    async with house.store.view() as view:
        return list(await view.pending.open(BREACH))


async def test_while_the_bot_is_out_of_the_room_nobody_says_that_anybody_is_out_again() -> None:
    house = await settled()
    let_in(house, LUC)
    as_bot(house, "m.room.member", {"membership": "leave"}, BOT)
    await mended(house)
    assert LUC in house.members("comex")
    assert len(await open_items(house)) == 2, "both wait: that he was invited, and that he came in"
    assert await in_status(house, "comex") == []


@pytest.mark.parametrize("verb", ["read room", "send"])
async def test_what_the_room_refuses_waits_until_it_may_be_told(verb: str) -> None:
    house = await settled()
    let_in(house, LUC)
    await house.hear()
    await house.settle()
    house.homeserver.synapse.fail(verb, judge(403, "M_FORBIDDEN", "You are not in the room.", None), times=2)
    for _ in range(2):
        await watchman(house).tell()
        assert await in_status(house, "comex") == []
    await watchman(house).tell()
    assert len(heard(house)) == 1
    assert len(await in_status(house, "comex")) == 1


async def test_the_homeserver_is_asked_once_for_all_that_was_done_to_a_room_and_not_while_somebody_is_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readings: list[object] = []
    right = FakeRooms.actual

    async def counted(rooms: FakeRooms, refs: Iterable[RoomRef] | None = None) -> Mapping[RoomRef, ActualRoom]:
        readings.append(refs)
        return await right(rooms, refs)

    house = await settled()
    synapse = house.homeserver.synapse
    let_in(house, LUC)
    for content in ({"join_rule": "public"}, {"join_rule": "knock"}):
        as_bot(house, "m.room.join_rules", content)
    await house.hear()
    monkeypatch.setattr(FakeRooms, "actual", counted)
    asked = synapse.count("read room")
    for _ in range(3):
        await watchman(house).tell()
    assert (synapse.count("read room") - asked, len(readings)) == (0, 3), "a reading of the store for each round"

    await house.settle()
    asked, readings[:] = synapse.count("read room"), []
    await watchman(house).tell()
    assert len(heard(house)) == 3
    assert (synapse.count("read room") - asked, len(readings)) == (1, 1)
    await watchman(house).tell()
    assert (synapse.count("read room") - asked, len(readings)) == (1, 1), "nothing is left to be told"


async def test_an_address_that_stays_is_told_with_its_remedy_once() -> None:
    house = await settled()
    house.homeserver.synapse.aliases[CLUB] = (house.room("comex"), BOB)
    for _ in range(3):
        await house.reconciler.settle(verify=True)
        await watchman(house).tell()
    [said] = heard(house)
    assert said.startswith("This room has an address that somebody gave it.")
    assert "homeserver.admin_token" in said


async def test_what_is_not_undone_in_a_week_is_let_be() -> None:
    house = await settled()
    let_in(house, LUC)
    await house.hear()
    await house.clock.advance(TELL_WITHIN.total_seconds())
    await mended(house)
    assert heard(house) == []


async def test_an_address_that_stayed_before_there_was_a_service_account_is_not_said_to_stay_while_it_goes() -> None:
    house = await settled(joins_directly=True)
    synapse, room_id = house.homeserver.synapse, house.room("comex")
    synapse.aliases[CLUB] = (room_id, BOB)
    async with house.store.work() as work:
        await stuck.keep(work, group_room("comex"), CLUB, by=None, now=house.clock.now())

    async def a_round_between(request: Request, go: Go) -> Any:
        if request.verb == "remove alias":
            await watchman(house).tell()
        return await go(request)

    synapse.intercept(a_round_between)
    for _ in range(2):
        await house.reconciler.settle(verify=True)
        await watchman(house).tell()
    [said] = heard(house)
    assert said.startswith(f"This room had the address {CLUB}")


async def test_an_address_is_not_said_to_stay_by_what_another_account_was_refused() -> None:
    """As where somebody is in the room while the bridge has not yet come to take the address away."""
    house = await settled(joins_directly=True)
    now, ref, room_id = house.clock.now(), group_room("comex"), house.room("comex")
    house.homeserver.synapse.aliases[CLUB] = (room_id, BOB)
    async with house.store.work() as work:
        await stuck.keep(work, ref, CLUB, by=None, now=now)
        await note_listed(work, ref, room_id, What.ADDRESS, CLUB, now=now)
        await work.rooms.note_directory(room_id, aliases=(CLUB,))
    await watchman(house).tell()
    assert heard(house) == []


STEPS: Final = 10
"""Reading the room, the claim, the message, that it was sent, that it was told: before and after each."""


@pytest.mark.slow
@pytest.mark.parametrize("at", range(1, STEPS + 1))
async def test_whatever_dies_it_is_told_once(at: int) -> None:
    house = await settled()
    let_in(house, LUC)
    await house.hear()
    await house.settle()
    house.fuse.steps, house.fuse.at = 0, at
    with pytest.raises(Killed):
        await watchman(house).tell()
    house.start()
    house.world = await house.reconciler.look()
    for _ in range(2):
        await watchman(house).tell()
    assert len(heard(house)) == 1
    assert len(await in_status(house, "comex")) == 1


async def test_no_step_of_telling_is_left_out() -> None:
    house = await settled()
    let_in(house, LUC)
    await house.hear()
    await house.settle()
    house.fuse.steps = 0
    await watchman(house).tell()
    assert house.fuse.steps == STEPS
