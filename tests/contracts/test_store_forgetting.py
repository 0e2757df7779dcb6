"""What every store promises about people who are forgotten by the projection of rooms."""

from dataclasses import replace

from bridge.domain.rooms import Absence, ActualRoom, Membership, RoomRef, group_room
from bridge.ports.store import Store
from tests.fakes.clock import START

ANN, BOB, CID = "@ann:corp.test", "@bob:corp.test", "@cid:corp.test"
SALES, DEAL = group_room("sales"), group_room("deal")


def room(ref: RoomRef = SALES) -> ActualRoom:
    """Ann left, Bob left and is asked again, Cid is in."""
    return ActualRoom(
        ref=ref,
        room_id=f"!{ref.id}",
        marker=ref.id,
        version="12",
        members={CID: Membership.JOIN},
        out={ANN: Absence.LEFT, BOB: Absence.LEFT},
    )


async def settled(store: Store) -> None:
    async with store.work() as work:
        for ref in (SALES, DEAL):
            await work.rooms.intend(ref, ref.id)
            await work.rooms.bind(ref, f"!{ref.id}", "12")
            await work.rooms.replace(room(ref), at=START)
            await work.rooms.note_absence(f"!{ref.id}", {BOB: None})


async def seen(store: Store, ref: RoomRef = SALES) -> ActualRoom:
    async with store.view() as view:
        return (await view.rooms.actual([ref]))[ref]


async def test_who_is_out_is_forgotten_in_every_room_and_stays_so_when_it_is_read_again(store: Store) -> None:
    await settled(store)
    async with store.work() as work:
        assert await work.rooms.forget_person(ANN) == 2
        assert await work.rooms.forget_person(BOB) == 2
        assert await work.rooms.forget_person(ANN) == 0
    for _ in range(2):
        assert (await seen(store)).out == {}
        async with store.work() as work:
            await work.rooms.replace(room(), at=START)
    assert (await seen(store)).out == (await seen(store, DEAL)).out == {}


async def test_who_is_in_a_room_stays_known_there(store: Store) -> None:
    await settled(store)
    async with store.work() as work:
        assert await work.rooms.forget_person(CID) == 0
    assert (await seen(store)).members == {CID: Membership.JOIN}


async def test_who_comes_in_again_is_known_again(store: Store) -> None:
    await settled(store)
    async with store.work() as work:
        await work.rooms.forget_person(ANN)
        await work.rooms.note_members("!sales", {ANN: (Membership.JOIN, True)}, at=START)
        await work.rooms.replace(replace(room(), members={ANN: Membership.JOIN}, out={}), at=START)
    assert (await seen(store)).members == {ANN: Membership.JOIN}
    async with store.work() as work:
        await work.rooms.note_members("!sales", {ANN: (Membership.LEAVE, True)}, at=START)
    assert (await seen(store)).out == {ANN: Absence.LEFT}
