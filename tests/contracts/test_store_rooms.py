"""What every store promises about bindings and the projection of rooms."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest

from bridge.domain.errors import StoreError
from bridge.domain.rooms import (
    COMPANY,
    Absence,
    ActualRoom,
    Binding,
    Membership,
    RoomRef,
    former_room,
    group_room,
    partner_space,
)
from bridge.ports.store import Store

SALES = group_room("sales")
BOARD = group_room("board")
JOIN, INVITE, LEAVE, BAN = Membership.JOIN, Membership.INVITE, Membership.LEAVE, Membership.BAN

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def room(ref: RoomRef = SALES, room_id: str = "!sales") -> ActualRoom:
    return ActualRoom(
        ref=ref,
        room_id=room_id,
        marker=ref.id,
        version="12",
        state={("m.room.name", ""): {"name": "Ventes"}, ("m.space.child", "!x"): {"via": ["corp.test"]}},
        members={"@ann:corp.test": JOIN, "@bob:corp.test": INVITE, "@eve:corp.test": BAN},
        out={"@cid:corp.test": Absence.LEFT},
        published=True,
        aliases=("#grp_sales:corp.test",),
    )


async def bound(store: Store, ref: RoomRef = SALES, room_id: str = "!sales") -> None:
    async with store.work() as work:
        await work.rooms.intend(ref, ref.id)
        await work.rooms.bind(ref, room_id, "12")


async def test_a_room_is_known_by_its_id_from_when_it_is_bound_until_it_serves_nothing(store: Store) -> None:
    async with store.work() as work:
        await work.rooms.intend(BOARD, "b")
        assert await work.rooms.serves("!sales") is None
    await bound(store)
    async with store.work() as work:
        assert await work.rooms.serves("!sales") == SALES
        await work.rooms.set_aside(SALES, former_room("!sales"), secret=False)
        assert await work.rooms.serves("!sales") == former_room("!sales")
        await work.rooms.unbind(former_room("!sales"))
        assert await work.rooms.serves("!sales") is None


async def stored(store: Store, *rooms: ActualRoom) -> None:
    for one in rooms:
        await bound(store, one.ref, one.room_id)
        async with store.work() as work:
            await work.rooms.replace(one, at=NOW)


async def seen(store: Store, ref: RoomRef = SALES) -> ActualRoom:
    async with store.view() as view:
        return (await view.rooms.actual([ref]))[ref]


async def test_an_intention_is_stored_once(store: Store) -> None:
    async with store.work() as work:
        assert await work.rooms.intend(BOARD, "first") == Binding(ref=BOARD, marker="first")
        assert await work.rooms.intend(BOARD, "second") == Binding(ref=BOARD, marker="first")


async def test_bindings_come_in_a_fixed_order(store: Store) -> None:
    refs = [SALES, partner_space("acme"), COMPANY, BOARD]
    async with store.work() as work:
        for ref in refs:
            await work.rooms.intend(ref, f"m-{ref}")
        await work.rooms.bind(BOARD, "!board", "11")
        await work.rooms.told(BOARD, "Comité")
    async with store.view() as view:
        bindings = await view.rooms.bindings()
    assert [binding.ref for binding in bindings] == sorted(refs)
    [board] = [binding for binding in bindings if binding.ref == BOARD]
    assert board == Binding(ref=BOARD, marker="m-group/board", room_id="!board", version="11", told="Comité")


async def test_only_what_was_intended_can_be_bound_or_told(store: Store) -> None:
    async with store.work() as work:
        with pytest.raises(StoreError):
            await work.rooms.bind(BOARD, "!board", "12")
        with pytest.raises(StoreError):
            await work.rooms.told(BOARD, "name")


async def test_a_bound_room_is_absent_until_it_was_read(store: Store) -> None:
    await bound(store)
    async with store.view() as view:
        assert await view.rooms.actual() == {}


async def test_a_room_read_whole_is_given_back_whole(store: Store) -> None:
    await stored(store, room())
    assert await seen(store) == room()
    async with store.view() as view:
        assert await view.rooms.actual() == {SALES: room()}
        assert await view.rooms.actual([]) == {}
        assert await view.rooms.actual([BOARD]) == {}


async def test_reading_again_replaces_everything(store: Store) -> None:
    await stored(store, room())
    bare = ActualRoom(
        ref=SALES, room_id="!sales", marker="sales", version="12", members={"@bob:corp.test": JOIN, "@new:x": INVITE}
    )
    async with store.work() as work:
        await work.rooms.replace(bare, at=NOW)
    assert await seen(store) == bare


async def test_told_and_marker_are_the_bindings_and_not_the_readings(store: Store) -> None:
    await bound(store)
    async with store.work() as work:
        await work.rooms.told(SALES, "Ventes")
        await work.rooms.replace(replace(room(), told="", marker="other"), at=NOW)
    assert await seen(store) == replace(room(), told="Ventes")


async def test_a_reading_of_a_room_that_is_no_longer_bound_is_ignored(store: Store) -> None:
    await bound(store, SALES, "!newer")
    async with store.work() as work:
        await work.rooms.replace(room(), at=NOW)
        await work.rooms.replace(room(BOARD, "!board"), at=NOW)
    async with store.view() as view:
        assert await view.rooms.actual() == {}


async def test_all_rooms_or_some_of_them_are_read_at_once(store: Store) -> None:
    rooms = {group_room(f"g{number}"): room(group_room(f"g{number}"), f"!g{number}") for number in range(8)}
    await stored(store, *rooms.values())
    wanted = list(rooms)[2:5]
    async with store.view() as view:
        assert await view.rooms.actual() == rooms
        assert await view.rooms.actual([*wanted, BOARD]) == {ref: rooms[ref] for ref in wanted}
        many = [*wanted, *(group_room(f"absent{number}") for number in range(2000))]
        assert await view.rooms.actual(many) == {ref: rooms[ref] for ref in wanted}


async def test_noted_state_overwrites_one_event_and_no_other(store: Store) -> None:
    await stored(store, room(), room(BOARD, "!board"))
    async with store.work() as work:
        await work.rooms.note_state(
            "!sales", ("m.room.name", ""), MappingProxyType({"name": "new", "n": [{"a": None}]})
        )
        await work.rooms.note_state("!sales", ("m.room.topic", "key"), {})
        await work.rooms.note_state("!elsewhere", ("m.room.name", ""), {"name": "not ours"})
    now = await seen(store)
    assert now.state == {
        **room().state,
        ("m.room.name", ""): {"name": "new", "n": [{"a": None}]},
        ("m.room.topic", "key"): {},
    }
    assert now.content("m.room.topic", "key") == {}
    assert await seen(store, BOARD) == room(BOARD, "!board")


async def test_noted_members_come_go_and_leave_by_themselves(store: Store) -> None:
    await stored(store, room())
    async with store.work() as work:
        await work.rooms.note_members(
            "!sales",
            {
                "@ann:corp.test": (LEAVE, True),
                "@bob:corp.test": (LEAVE, False),
                "@cid:corp.test": (INVITE, False),
                "@dan:corp.test": (JOIN, True),
                "@zed:corp.test": (LEAVE, False),
            },
            at=NOW,
        )
        await work.rooms.note_members("!elsewhere", {"@ann:corp.test": (JOIN, True)}, at=NOW)
        await work.rooms.note_members("!sales", {}, at=NOW)
    now = await seen(store)
    assert now.members == {"@cid:corp.test": INVITE, "@dan:corp.test": JOIN, "@eve:corp.test": BAN}
    assert now.out == {"@ann:corp.test": Absence.LEFT}


async def test_publication_and_aliases_are_noted_apart(store: Store) -> None:
    await stored(store, room())
    async with store.work() as work:
        await work.rooms.note_directory("!sales", published=False)
        await work.rooms.note_directory("!elsewhere", published=False)
    assert await seen(store) == replace(room(), published=False)
    async with store.work() as work:
        await work.rooms.note_directory("!sales", aliases=["#a:x", "#b:x"])
        await work.rooms.note_directory("!sales")
    assert await seen(store) == replace(room(), published=False, aliases=("#a:x", "#b:x"))


async def test_unbinding_forgets_the_room_and_its_projection(store: Store) -> None:
    await stored(store, room(), room(BOARD, "!board"))
    async with store.work() as work:
        await work.rooms.unbind(SALES)
        await work.rooms.unbind(SALES)
        assert [binding.ref for binding in await work.rooms.bindings()] == [BOARD]
        assert await work.rooms.intend(SALES, "again") == Binding(ref=SALES, marker="again")
        await work.rooms.bind(SALES, "!sales", "12")
        assert list(await work.rooms.actual()) == [BOARD]
        await work.rooms.replace(replace(room(), members={}, out={}, state={}), at=NOW)
    assert (await seen(store)).members == {}


async def test_binding_another_room_forgets_what_the_old_one_was(store: Store) -> None:
    await stored(store, room())
    async with store.work() as work:
        await work.rooms.bind(SALES, "!sales", "12")
        assert await work.rooms.actual() == {SALES: room()}
        await work.rooms.bind(SALES, "!newer", "12")
        assert await work.rooms.actual() == {}
        await work.rooms.note_members("!sales", {"@ann:corp.test": (JOIN, True)}, at=NOW)
        await work.rooms.replace(
            ActualRoom(ref=SALES, room_id="!newer", marker="sales", version="12", members={"@bob:corp.test": JOIN}),
            at=NOW,
        )
    assert (await seen(store)).members == {"@bob:corp.test": JOIN}
    assert (await seen(store)).state == {}


async def test_what_is_noted_between_binding_and_reading_is_overruled_by_the_reading(store: Store) -> None:
    await bound(store)
    async with store.work() as work:
        await work.rooms.note_state("!sales", ("m.room.topic", ""), {"topic": "early"})
        await work.rooms.note_members("!sales", {"@early:corp.test": (JOIN, True)}, at=NOW)
        await work.rooms.replace(room(), at=NOW)
    assert await seen(store) == room()


async def test_a_large_room_is_kept_whole(store: Store) -> None:
    members = {f"@user{number}:corp.test": JOIN for number in range(3000)}
    await stored(store, replace(room(), members=members))
    fewer = dict(list(members.items())[:-10]) | {"@user0:corp.test": BAN}
    async with store.work() as work:
        await work.rooms.replace(replace(room(), members=fewer), at=NOW)
    assert (await seen(store)).members == fewer


async def test_why_somebody_is_out_is_kept_until_it_is_forgotten_or_they_come_in(store: Store) -> None:
    await stored(store, room())
    async with store.work() as work:
        await work.rooms.note_absence("!sales", {"@bob:corp.test": Absence.LAPSED, "@dan:corp.test": Absence.BLOCKED})
        await work.rooms.note_absence("!sales", {"@ann:corp.test": Absence.LAPSED, "@cid:corp.test": None})
        await work.rooms.note_absence("!elsewhere", {"@ann:corp.test": Absence.BLOCKED})
        await work.rooms.note_members("!sales", {"@bob:corp.test": (LEAVE, False)}, at=NOW)
    now = await seen(store)
    assert now.members == {"@ann:corp.test": JOIN, "@eve:corp.test": BAN}
    assert now.out == {"@bob:corp.test": Absence.LAPSED, "@dan:corp.test": Absence.BLOCKED}
    async with store.work() as work:
        await work.rooms.replace(replace(room(), members={"@dan:corp.test": INVITE}, out={}), at=NOW)
    assert (await seen(store)).out == {"@bob:corp.test": Absence.LAPSED}


async def test_invitations_are_overdue_once_they_waited_long_enough(store: Store) -> None:
    later = NOW + timedelta(days=2)
    await stored(store, room(), room(BOARD, "!board"))
    async with store.work() as work:
        await work.rooms.note_members("!sales", {"@bob:corp.test": (INVITE, False)}, at=later)
        await work.rooms.note_members("!sales", {"@new:corp.test": (INVITE, False)}, at=later)
        await work.rooms.note_members("!board", {"@bob:corp.test": (JOIN, True)}, at=later)
    async with store.view() as view:
        assert await view.rooms.waiting(SALES) == {"@bob:corp.test": NOW, "@new:corp.test": later}
        assert await view.rooms.waiting(BOARD) == {}
        assert await view.rooms.overdue(NOW) == {}
        assert await view.rooms.overdue(later) == {SALES: frozenset({"@bob:corp.test"})}


async def test_a_room_that_is_set_aside_serves_its_former_reference_and_the_group_gets_another(store: Store) -> None:
    await stored(store, room())
    former = former_room("!sales")
    async with store.work() as work:
        await work.rooms.set_aside(SALES, former, secret=True)
        await work.rooms.set_aside(SALES, former, secret=True)
        assert await work.rooms.bindings() == [
            Binding(ref=former, marker="sales", room_id="!sales", version="12", of="sales", secret=True)
        ]
        await work.rooms.intend(SALES, "random")
        await work.rooms.bind(SALES, "!newer", "12")
        await work.rooms.set_aside(SALES, former, secret=True)
        assert len(await work.rooms.bindings()) == 2
    assert await seen(store, former) == replace(room(), ref=former)


async def test_that_somebody_left_is_forgotten_for_good_until_they_come_in_or_are_asked_again(store: Store) -> None:
    left = {"@cid:corp.test": Absence.LEFT}
    await stored(store, room())
    async with store.work() as work:
        await work.rooms.note_absence("!sales", {"@cid:corp.test": None})
    assert (await seen(store)).out == {}
    async with store.work() as work:
        await work.rooms.replace(room(), at=NOW)  # the homeserver goes on telling that they left
        await work.rooms.note_members("!sales", {"@cid:corp.test": (LEAVE, True)}, at=NOW)
    assert (await seen(store)).out == {}
    async with store.work() as work:
        await work.rooms.note_members("!sales", {"@cid:corp.test": (INVITE, False)}, at=NOW)
        await work.rooms.note_members("!sales", {"@cid:corp.test": (LEAVE, True)}, at=NOW)
    assert (await seen(store)).out == left
    async with store.work() as work:
        await work.rooms.note_absence("!sales", {"@cid:corp.test": None})
        await work.rooms.note_absence("!sales", {"@cid:corp.test": Absence.BLOCKED})
    assert (await seen(store)).out == {"@cid:corp.test": Absence.BLOCKED}
