"""Looking at a room before a line's turn has come: once per line, never older than the line, never too old."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bots.kit.ahead import FRESH, KEPT, MOST, Ahead
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.events import Event
from bridge.domain.messages import say
from tests.bots.kit.conversation import ANN, INES, NOW, Bot, happened, said
from tests.fakes.clock import FakeClock
from tests.fakes.messenger import FakeMessenger

LINE = said("!status", room="!dm")
NEXT = said("!status", room="!dm", event_id="$next")


def later(seconds: float) -> Event:
    return replace(NEXT, sent_at=NOW + timedelta(seconds=seconds))


@pytest.fixture
def messenger() -> FakeMessenger:
    messenger = FakeMessenger()
    messenger.room("!dm", ANN)
    return messenger


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def ahead(messenger: FakeMessenger, clock: FakeClock) -> Ahead:
    return Ahead(messenger, clock)


async def test_what_was_begun_ahead_is_not_asked_again(ahead: Ahead, messenger: FakeMessenger) -> None:
    ahead.begin(LINE)
    await asyncio.sleep(0)
    assert messenger.calls == ["surroundings"]
    assert ANN in (await ahead.surroundings(LINE)).members
    assert messenger.calls == ["surroundings"]


async def test_the_next_line_is_answered_by_what_was_seen(ahead: Ahead, messenger: FakeMessenger) -> None:
    ahead.begin(LINE)
    await ahead.surroundings(LINE)
    ahead.begin(NEXT)
    assert ANN in (await ahead.surroundings(NEXT)).members
    assert messenger.calls == ["surroundings"]


async def test_what_was_seen_is_forgotten_when_the_room_changes(ahead: Ahead, messenger: FakeMessenger) -> None:
    await ahead.surroundings(LINE)
    assert LINE.room_id in ahead
    messenger.room("!dm", ANN, INES)
    ahead.forget("!dm")
    assert LINE.room_id not in ahead
    assert INES in (await ahead.surroundings(NEXT)).members


async def test_what_was_seen_while_the_room_changed_is_not_used_again(ahead: Ahead, messenger: FakeMessenger) -> None:
    ahead.begin(LINE)
    await asyncio.sleep(0)
    messenger.room("!dm", ANN, INES)
    ahead.forget("!dm")
    await ahead.surroundings(LINE)
    assert INES in (await ahead.surroundings(NEXT)).members


async def test_what_was_seen_is_used_for_a_minute(ahead: Ahead, messenger: FakeMessenger, clock: FakeClock) -> None:
    await ahead.surroundings(LINE)
    await clock.advance(KEPT - 1)
    messenger.room("!dm", ANN, INES)
    assert INES not in (await ahead.surroundings(later(KEPT - 1))).members
    await clock.advance(2)
    assert INES in (await ahead.surroundings(later(KEPT + 1))).members


async def test_a_line_that_comes_late_is_not_answered_by_what_was_seen(
    ahead: Ahead, messenger: FakeMessenger, clock: FakeClock
) -> None:
    await ahead.surroundings(LINE)
    await clock.advance(FRESH + 0.1)
    messenger.room("!dm", ANN, INES)
    assert INES in (await ahead.surroundings(NEXT)).members


async def test_what_could_not_be_seen_is_asked_again(ahead: Ahead, messenger: FakeMessenger) -> None:
    messenger.faults.append(HomeserverError(say("Busy."), kind=ErrorKind.TEMPORARY))
    with pytest.raises(HomeserverError, match="Busy"):
        await ahead.surroundings(LINE)
    assert ANN in (await ahead.surroundings(LINE)).members


async def test_somebody_who_comes_in_makes_the_bot_look_again() -> None:
    bot = Bot()
    bot.messenger.room("!dm", ANN)
    for event_id in ("$first", "$second"):
        await bot.told("status", room="!dm", event_id=event_id)
    assert bot.messenger.calls.count("surroundings") == 1
    bot.messenger.room("!dm", ANN, INES)
    await bot.hear(happened("m.room.member", {"membership": "join"}, sender=INES, key=INES))
    await bot.told("!status", room="!dm")
    assert bot.messenger.calls.count("surroundings") == 2
    assert bot.runs[-1].viewer.everyone


async def test_a_line_that_waited_is_looked_at_anew(ahead: Ahead, messenger: FakeMessenger, clock: FakeClock) -> None:
    ahead.begin(LINE)
    await asyncio.sleep(0)
    await clock.advance(FRESH + 0.1)
    messenger.room("!dm", ANN, INES)
    assert INES in (await ahead.surroundings(LINE)).members


async def test_what_fails_ahead_fails_in_its_turn(ahead: Ahead, messenger: FakeMessenger) -> None:
    messenger.faults.append(HomeserverError(say("Busy."), kind=ErrorKind.TEMPORARY))
    ahead.begin(LINE)
    await asyncio.sleep(0)
    with pytest.raises(HomeserverError, match="Busy"):
        await ahead.surroundings(LINE)


async def test_only_so_many_are_asked_ahead_and_what_nobody_takes_makes_way(
    ahead: Ahead, messenger: FakeMessenger, clock: FakeClock
) -> None:
    for number in range(2 * MOST):
        ahead.begin(said("!status", room="!dm", event_id=f"${number}"))
    await asyncio.sleep(0)
    assert len(messenger.calls) == MOST
    await clock.advance(FRESH + 0.1)
    ahead.begin(LINE)
    await asyncio.sleep(0)
    assert len(messenger.calls) == MOST + 1


@pytest.mark.parametrize(
    ("line", "room", "expected"),
    [
        ("status", "!dm", True),
        ("!status", "!room", True),
        ("!weather", "!room", False),
        ("status of the project?", "!room", False),
    ],
)
async def test_only_what_will_be_looked_at_is_looked_at_ahead(line: str, room: str, expected: bool) -> None:
    bot = Bot()
    bot.messenger.room("!dm", ANN)
    bot.messenger.room("!room", ANN, INES)
    await bot.told("good morning", room="!room")
    await bot.hear(happened("m.room.topic", {"topic": "Sales"}, room="!room", key=""))
    bot.messenger.calls.clear()
    event = said(line, room=room)
    assert bot.talk.expect(event) is expected
    await asyncio.sleep(0)
    assert bot.messenger.calls == ["surroundings"] * expected
    await bot.hear(event)
    assert bot.messenger.calls == ["surroundings", "send"] * expected
