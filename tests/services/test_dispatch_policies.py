"""The small pure parts of dispatch: back-off, pace, position in the inbox, reading of payloads."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ports.store import InboxEntry
from bridge.services.dispatching.backlog import Backlog
from bridge.services.dispatching.backoff import RETRY_AFTER, SPREAD, retry_after
from bridge.services.dispatching.decoding import NotAnEvent, event_of
from bridge.services.dispatching.pacing import Pace

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_waits_grow_until_enough_was_tried() -> None:
    assert [retry_after(n, 0.0) for n in range(1, 7)] == [1, 5, 30, 120, 600, None]


@given(failures=st.integers(1, len(RETRY_AFTER)), jitter=st.floats(0, 1))
def test_jitter_only_lengthens_a_wait_and_never_by_more_than_its_share(failures: int, jitter: float) -> None:
    wait = retry_after(failures, jitter)
    assert wait is not None
    assert RETRY_AFTER[failures - 1] <= wait <= RETRY_AFTER[failures - 1] * (1 + SPREAD)


def test_while_it_is_quiet_dispatch_does_not_wait() -> None:
    pace = Pace()
    for moment in (0.0, 0.01):
        pace.arrived(moment, 100)
        assert pace.pause(moment, moment) == 0


def test_in_a_flood_dispatch_waits_for_a_gap() -> None:
    pace = Pace(window=0.1, flood=800)
    for n in range(8):
        pace.arrived(n / 1000, 100)
    assert pace.pause(0.010, 0.010) == pytest.approx(0.09)
    assert pace.pause(0.110, 0.010) == 0


@given(st.lists(st.tuples(st.floats(0, 0.05), st.integers(1, 100)), min_size=1))
def test_dispatch_never_waits_longer_than_its_patience(transactions: list[tuple[float, int]]) -> None:
    pace, now = Pace(), 0.0
    for step, events in transactions * 100:
        now += step
        pace.arrived(now, events)
        assert 0 <= pace.pause(now, 0.0) <= max(1.0 - now, 0.0)


class Inbox:
    """Rows, and handlers that end whenever they like, as the backlog sees them."""

    def __init__(self, rooms: list[str]) -> None:
        self.backlog = Backlog(NOW, look_again=timedelta(seconds=10), in_hand=20, in_room=4)
        self.stored = {n: entry(n, room) for n, room in enumerate(rooms, 1)}
        self.taken: list[int] = []
        self._queues: dict[str, list[int]] = {room: [] for room in rooms}
        self._finished: list[int] = []

    def read_page(self, size: int, handled_meanwhile: int) -> None:
        after = self.backlog.begin_page()
        rows = [row for seq, row in self.stored.items() if seq > after][:size]
        self.handle(handled_meanwhile)
        for row in rows:
            queue = self._queues[row.room_id]
            if self.backlog.enter_fresh(row, len(queue)):
                queue.append(row.seq)
                self.taken.append(row.seq)
        self.backlog.turn_page(last=len(rows) < size)

    def handle(self, most: int) -> None:
        """Every room handles up to ``most`` of its entries."""
        for room, queue in self._queues.items():
            for _ in range(min(most, len(queue))):
                self._finished.append(queue.pop(0))
                self.backlog.advance(room, len(queue))

    def write_verdicts(self) -> None:
        self.backlog.leave(self._finished)
        for seq in self._finished:
            del self.stored[seq]
        self._finished.clear()


@given(
    rooms=st.lists(st.sampled_from("aaaabbc"), min_size=20, max_size=200),
    page=st.integers(1, 20),
    speed=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=5),
)
def test_every_entry_is_taken_once_and_in_the_order_of_its_room(
    rooms: list[str], page: int, speed: list[tuple[int, int]]
) -> None:
    inbox = Inbox(rooms)
    for turn in range(2_000):
        meanwhile, between = speed[turn % len(speed)]
        if not inbox.backlog.is_full:
            inbox.read_page(page, meanwhile)
        inbox.handle(between or turn % 7 == 0)
        inbox.write_verdicts()
    assert not inbox.stored
    assert sorted(inbox.taken) == list(range(1, len(rooms) + 1))
    for room in set(rooms):
        of_room = [seq for seq in inbox.taken if rooms[seq - 1] == room]
        assert of_room == sorted(of_room)


def entry(seq: int, room: str) -> InboxEntry:
    return InboxEntry(seq=seq, event_id=f"${seq}", room_id=room, payload=b"", attempts=0, received_at=NOW)


def payload(**fields: Any) -> bytes:
    event = {"event_id": "$1", "room_id": "!a", "sender": "@a:b", "type": "m.room.message", "content": {}}
    return msgspec.json.encode(event | {"origin_server_ts": 1_795_315_335_314} | fields)


def test_a_payload_becomes_an_event() -> None:
    event = event_of(payload(state_key="", unsigned={"age": 1}, content={"body": "été"}))
    assert (event.id, event.room_id, event.sender, event.state_key) == ("$1", "!a", "@a:b", "")
    assert event.content == {"body": "été"}
    assert event.unsigned == {"age": 1}
    assert event.sent_at == datetime(2026, 11, 22, 2, 42, 15, 314000, UTC)


@pytest.mark.parametrize("where", ["top", "content"])
def test_a_redaction_names_its_target_in_either_place(where: str) -> None:
    fields: dict[str, Any] = {"redacts": "$0"} if where == "top" else {"content": {"redacts": "$0"}}
    assert event_of(payload(type="m.room.redaction", **fields)).redacts == "$0"


@pytest.mark.parametrize("odd", [-1, 10**18, 1e300, 1.5])
def test_an_impossible_time_is_no_reason_to_refuse_an_event(odd: float) -> None:
    assert event_of(payload(origin_server_ts=odd)).sent_at.tzinfo is UTC


@pytest.mark.parametrize("odd", [{"unsigned": 7}, {"redacts": 7}, {"content": {"redacts": []}}])
def test_odd_side_fields_are_passed_over(odd: dict[str, Any]) -> None:
    assert event_of(payload(**odd)).redacts is None


@pytest.mark.parametrize("odd", [{"content": None}, {"sender": None}, {"type": 7}, {"state_key": 7}])
def test_what_has_not_the_shape_of_an_event_is_none(odd: dict[str, Any]) -> None:
    with pytest.raises(NotAnEvent, match="ValidationError"):
        event_of(payload(**odd))
