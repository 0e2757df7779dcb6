"""Looking at a room before a line's turn has come: once per line, never older than the line, never too old."""

import asyncio

import pytest

from bots.kit.ahead import FRESH, MOST, Ahead
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say
from tests.bots.kit.conversation import ANN, INES, Bot, said
from tests.fakes.clock import FakeClock
from tests.fakes.messenger import FakeMessenger

LINE = said("!status", room="!dm")


@pytest.fixture
def messenger() -> FakeMessenger:
    messenger = FakeMessenger()
    messenger.room("!dm", ANN)
    return messenger


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ahead(messenger: FakeMessenger, clock: FakeClock) -> Ahead:
    return Ahead(messenger, clock)


async def test_what_was_begun_ahead_is_not_asked_again(ahead: Ahead, messenger: FakeMessenger) -> None:
    ahead.begin(LINE)
    await asyncio.sleep(0)
    assert messenger.calls == ["surroundings"]
    assert ANN in (await ahead.surroundings(LINE)).members
    assert messenger.calls == ["surroundings"]


async def test_a_line_that_is_handled_again_is_looked_at_again(ahead: Ahead, messenger: FakeMessenger) -> None:
    ahead.begin(LINE)
    await ahead.surroundings(LINE)
    messenger.room("!dm", ANN, INES)
    assert INES in (await ahead.surroundings(LINE)).members


async def test_another_line_in_the_room_is_not_answered_by_what_was_seen_before(
    ahead: Ahead, messenger: FakeMessenger
) -> None:
    ahead.begin(LINE)
    await asyncio.sleep(0)
    messenger.room("!dm", ANN, INES)
    assert INES in (await ahead.surroundings(said("!status", room="!dm", event_id="$next"))).members


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
    bot.messenger.calls.clear()
    event = said(line, room=room)
    assert bot.talk.expect(event) is expected
    await asyncio.sleep(0)
    assert bot.messenger.calls == ["surroundings"] * expected
    await bot.hear(event)
    assert bot.messenger.calls == ["surroundings", "send"] * expected
