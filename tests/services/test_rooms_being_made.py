"""What people do in a room while the run that made it is still going on counts as it does at any other time."""

from collections.abc import Callable
from typing import Any

import pytest

from bridge.adapters.matrix.calls import Request
from bridge.domain.directory import Directory, JoinRequests, MembershipMode, Visibility
from bridge.domain.rooms import Absence, Membership, group_room
from bridge.domain.viewers import COMMAND_LINE
from bridge.services.doorstep import JOIN_REQUEST
from bridge.services.drifts import DRIFT
from tests.fakes.synapse import Go
from tests.fakes.synapse_rooms import FakeRoom
from tests.services.household import Household, household
from tests.world import directory, group, user

DEAL = group_room("deal")
JOIN, INVITE = Membership.JOIN, Membership.INVITE
CLAIRE, LUC, EVE = user("claire"), user("luc"), user("eve")


def nobody() -> Directory:
    return directory(people=["claire", "luc", "eve"])


def company(**more: Any) -> Directory:
    """A group that its owners may add people to."""
    values = {"membership": MembershipMode.BOTH, **more}
    deal = group("deal").owners("claire").members("claire", "luc").having(**values)
    return directory(deal, people=["eve"])


async def by_the_watch(house: Household) -> None:
    house.watch.wake(read=True)
    await house.watch.look()


async def by_a_command(house: Household) -> None:
    shown = await house.plans.show(COMMAND_LINE, keep=True)
    assert shown
    await house.plans.apply(shown, actor=user("ines"), origin="$command")


WAYS = pytest.mark.parametrize("makes", [by_the_watch, by_a_command])
Makes = Callable[[Household], Any]


async def made(makes: Makes, does: Callable[[FakeRoom], object], **more: Any) -> Household:
    """A house whose rooms are there, and in which ``does`` happened as the last one was invited, and was heard of."""
    house = household(nobody())
    await house.watch.look()
    house.source.directory = company(**more)
    synapse, happened = house.homeserver.synapse, False

    async def once(request: Request, go: Go) -> Any:
        nonlocal happened
        given = await go(request)
        room = next((one.room_id for one in house.store.data.bindings.values() if one.ref == DEAL), None)
        if not happened and room and synapse.rooms[room].membership(LUC) == "invite":
            happened = True
            does(synapse.rooms[room])
            await house.hear()
        return given

    synapse.intercept(once)
    await makes(house)
    assert happened, "nothing happened while rooms were filled"
    for _ in range(2):
        await house.hear()
        await house.settle()
    return house


@WAYS
async def test_whom_an_owner_invites_into_a_room_just_made_belongs_to_the_group(makes: Makes) -> None:
    def does(room: FakeRoom) -> None:
        room.join(CLAIRE)
        room.invite(CLAIRE, EVE, None)

    house = await made(makes, does)
    assert house.members("deal") == {CLAIRE: JOIN, LUC: INVITE, EVE: INVITE}


@WAYS
async def test_who_declines_or_leaves_a_room_just_made_is_not_asked_again(makes: Makes) -> None:
    def does(room: FakeRoom) -> None:
        room.join(CLAIRE)
        for who in (CLAIRE, LUC):
            room.leave(who)

    house = await made(makes, does)
    assert house.members("deal") == {}
    async with house.store.view() as view:
        room = (await view.rooms.actual())[DEAL]
    assert room.out == {CLAIRE: Absence.LEFT, LUC: Absence.LEFT}


@WAYS
async def test_who_knocks_at_a_room_just_made_has_asked(makes: Makes) -> None:
    def does(room: FakeRoom) -> None:
        room.append(EVE, "m.room.member", {"membership": "knock"}, EVE)

    house = await made(makes, does, requests=JoinRequests.KNOCK, visibility=Visibility.INVITE_ONLY)
    async with house.store.view() as view:
        assert [one.asker for one in await view.pending.open(JOIN_REQUEST)] == [EVE]


@WAYS
async def test_who_changes_a_room_just_made_is_told_of_and_it_is_put_back(makes: Makes) -> None:
    def does(room: FakeRoom) -> None:
        room.append(CLAIRE, "m.room.name", {"name": "Mine"}, "")

    house = await made(makes, does)
    room = house.homeserver.synapse.rooms[house.room("deal")]
    assert room.content("m.room.name") != {"name": "Mine"}
    entries = [one for one in house.store.data.audit.values() if one.kind == DRIFT]
    assert [(one.actor, one.detail["room"]) for one in entries] == [(CLAIRE, "group/deal")]
