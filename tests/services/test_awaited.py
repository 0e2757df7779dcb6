"""Groups that wait after a change of source: what others are told, and whether open ones wait, is as if no hidden group
were there."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.mapping import Origin
from bridge.domain.rooms import ActualRoom, Binding, Membership, RoomRef, group_room
from bridge.ports.pending import Pending
from bridge.services.awaited import Awaited, awaited
from bridge.services.left_behind import LeftBehind, left_behind
from bridge.services.truth import Truth
from tests.world import AGroup, directory, group, user

DAY: Final = datetime(2026, 11, 23, tzinfo=UTC)
NAMES: Final = ("Café", "Deal", "Sales")
GONE, NEW, STAYS = "gone", "new", "stays"


def look(*groups: tuple[AGroup, str]) -> Awaited:
    """What waits; of each group it is said what became of it."""
    world = directory(*(one for one, _ in groups))
    ids = {one.value.id: became for one, became in groups}
    gone = {id_: DAY for id_, became in ids.items() if became == GONE}
    bindings: dict[RoomRef, Binding] = {
        group_room(id_): Binding(ref=group_room(id_), marker=id_) for id_, became in ids.items() if became != NEW
    }
    truth = Truth(world, vanished=frozenset(gone), since=gone)
    return awaited(truth, world, {}, read=world, doubts=(), bindings=bindings, actual={}, staff=frozenset())


def told(found: Awaited) -> list[str]:
    """What whoever knows of no hidden group reads."""
    return [f"{one.kind}: {one.text}" for one in found.findings() if one.group is None]


@st.composite
def groups(draw: st.DrawFn, prefix: str) -> list[tuple[AGroup, str]]:
    """Some groups, each of which went, came or stayed, of few names."""
    drawn = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([GONE, GONE, NEW, STAYS])), max_size=4))
    return [(group(f"{prefix}{at}").called(name), became) for at, (name, became) in enumerate(drawn)]


def said(one: AGroup) -> AGroup:
    return one.having(declared=frozenset({"visibility"}))


@given(plain=groups("open"), secret=groups("hidden"), silent=st.sets(st.integers(0, 3)))
def test_no_hidden_group_changes_what_others_read_or_who_waits(
    plain: list[tuple[AGroup, str]], secret: list[tuple[AGroup, str]], silent: set[int]
) -> None:
    opened = [(one if at in silent else said(one), became) for at, (one, became) in enumerate(plain)]
    hidden = [(said(one.hidden()), became) for one, became in secret]
    without, together = look(*opened), look(*opened, *hidden)
    ids = {one.value.id for one, _ in opened}
    of_a_hidden_one = {one.new for one in together.found.alike if one.waits and one.old not in ids}
    assert told(together) == told(without)
    assert (together.found.waiting & ids) - of_a_hidden_one == without.found.waiting - of_a_hidden_one
    assert together.found.unpaired.left & ids == without.found.unpaired.left


def test_who_is_in_the_rooms_of_open_groups_stays_for_no_hidden_one() -> None:
    went = [(group(one), GONE) for one in ("cafe", "sales")]
    hidden, opened = (said(group("n-x").hidden()), NEW), (group("n-a"), NEW)
    assert look(*went, hidden).found.unpaired.left == look(*went).found.unpaired.left == frozenset()
    assert look(*went, opened).found.unpaired.left == look(*went, opened, hidden).found.unpaired.left != frozenset()


@pytest.mark.parametrize("called", NAMES)
def test_a_new_hidden_group_of_an_open_ones_name_lets_nobody_go_on(called: str) -> None:
    company = [(group("cafe").called("Café"), GONE), (group("sales").called("Sales"), GONE), (group("n-a"), NEW)]
    assert look(*company).found.waiting == {"n-a"}
    assert "n-a" in look(*company, (said(group("n-x").called(called).hidden()), NEW)).found.waiting


def test_those_that_wait_and_those_that_do_not_are_counted_apart() -> None:
    found = look(
        *[(group(one), GONE) for one in ("cafe", "sales")], (group("n-a"), NEW),
        (group("n-b").having(origin=Origin(source="projects")), NEW),
    )  # fmt: skip
    (text,) = told(found)
    assert "1 new one gets no room until" in text
    assert "1 new one gets a room of its own." in text


def staying(found: Awaited, kept: Iterable[Pending], *, room: ActualRoom | None) -> LeftBehind:
    """Who stays in Café's room, as it was read."""
    seen = replace(found, seen=replace(found.seen, rooms={"cafe": room}))
    groups = {"cafe": group("cafe").value}
    return left_behind(kept, seen, declared=groups, governed=groups, since={"cafe": DAY})


def test_while_a_room_is_not_read_nothing_is_concluded_of_who_was_in() -> None:
    found = look((group("cafe"), GONE), (group("sales"), GONE), (group("n-a"), NEW))
    room = ActualRoom(
        ref=group_room("cafe"), marker="cafe", version="12", room_id="!cafe", members={user("ann"): Membership.JOIN}
    )
    assert staying(found, (), room=None) == LeftBehind()
    begun = staying(found, (), room=room)
    assert begun.users == {"cafe": frozenset({user("ann")})}
    assert staying(found, begun.new, room=None) == LeftBehind()
    assert staying(found, begun.new, room=room) == LeftBehind(users=begun.users)
