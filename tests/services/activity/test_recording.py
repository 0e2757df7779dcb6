"""Messages in rooms of groups are recorded, once each and without a word of them."""

from datetime import timedelta
from typing import Any

import pytest

from bridge.domain.events import Event
from bridge.domain.rooms import RoomRef, former_room, group_room, partner_space
from bridge.services.activity.recording import Recorder
from tests.fakes.clock import START, FakeClock
from tests.fakes.store import FakeStore

ROOM, SPACE = "!sales:corp.test", "!space:corp.test"
BOT = "@parvis:corp.test"


async def bound(store: FakeStore, ref: RoomRef, room: str) -> None:
    async with store.work() as work:
        await work.rooms.intend(ref, str(ref))
        await work.rooms.bind(ref, room, "12")


@pytest.fixture
async def store() -> FakeStore:
    store = FakeStore()
    await bound(store, group_room("sales"), ROOM)
    await bound(store, partner_space("acme"), SPACE)
    return store


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(clock=FakeClock(), ours={BOT})


async def keep(store: FakeStore, recorder: Recorder, *events: Event) -> None:
    async with store.work() as work:
        await recorder.keep(work, events)


def said(number: int, room: str = ROOM, sender: str = "@ana:corp.test", type_: str = "m.room.message",
         **fields: Any) -> Event:  # fmt: skip
    content = fields.pop("content", {"msgtype": "m.text", "body": "secret words"})
    at = START - timedelta(hours=1) + timedelta(minutes=number)
    return Event(id=f"${number}", room_id=room, sender=sender, type=type_, content=content, sent_at=at, **fields)


async def recorded(store: FakeStore) -> list[str]:
    async with store.view() as view:
        return [one.event for one in await view.activity.between(START - timedelta(days=1), START)]


async def test_what_is_said_in_a_group_is_recorded_once_and_without_a_word(
    store: FakeStore, recorder: Recorder
) -> None:
    for _ in range(2):
        await keep(store, recorder, said(1))
    assert await recorded(store) == ["$1"]
    assert "words" not in repr(store.data.activity)


async def test_what_is_said_elsewhere_is_not(store: FakeStore, recorder: Recorder) -> None:
    for room in (SPACE, "!conversation:corp.test"):
        await keep(store, recorder, said(1, room))
    assert await recorded(store) == []


async def test_a_room_that_was_replaced_goes_on_counting_for_its_group(store: FakeStore, recorder: Recorder) -> None:
    async with store.work() as work:
        await work.rooms.set_aside(group_room("sales"), former_room(ROOM), secret=True)
    await keep(store, recorder, said(1))
    async with store.view() as view:
        (one,) = await view.activity.between(START - timedelta(days=1), START)
    assert (one.room, one.group) == (ROOM, "sales")


def test_bots_and_states_are_no_activity(recorder: Recorder) -> None:
    assert recorder.wants(said(1))
    assert not recorder.wants(said(1, sender=BOT))
    assert not recorder.wants(said(1, type_="m.room.member", state_key="@ana:corp.test"))


@pytest.mark.parametrize("together", [True, False])
async def test_edits_reactions_and_what_is_taken_back_change_what_is_recorded(
    store: FakeStore, recorder: Recorder, *, together: bool
) -> None:
    edit = {"msgtype": "m.text", "body": "*", "m.new_content": {"msgtype": "m.text", "body": "really?"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}  # fmt: skip
    thumb = {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$1", "key": "👍"}}
    events = [said(1), said(2), said(3, content=edit), said(4, type_="m.reaction", content=thumb),
              said(5, type_="m.room.redaction", content={}, redacts="$2")]  # fmt: skip
    if together:
        await keep(store, recorder, *events)
    for one in events:
        await keep(store, recorder, one)
    async with store.view() as view:
        (kept,) = await view.activity.between(START - timedelta(days=1), START)
        (reaction,) = await view.activity.reactions(START - timedelta(days=1), START)
    assert (kept.event, kept.edited, kept.form.question) == ("$1", True, True)
    assert (reaction.to, reaction.key) == ("$1", "👍")


def test_rooms_that_are_known_to_serve_no_group_are_passed_over(recorder: Recorder) -> None:
    recorder.knows_rooms({ROOM: "sales", SPACE: ""})
    assert recorder.wants(said(1))
    assert not recorder.wants(said(1, SPACE))
    assert recorder.wants(said(1, "!made a moment ago"))
