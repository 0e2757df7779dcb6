"""Progress of long work: one message, edited now and then, that becomes the reply."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bots.kit.commands import Call, Progress
from bots.kit.progress import EVERY
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say
from tests.bots.kit.conversation import INES, Bot, said


def steps(bot: Bot, *times: float, total: int = 10) -> Callable[[Call], Awaitable[None]]:
    """Work that reports one more step after each of these seconds."""

    async def work(call: Call) -> None:
        for done, seconds in enumerate(times, start=1):
            await bot.clock.sleep(seconds)
            call.progress(done, total)

    return work


async def toiled(bot: Bot, *times: float) -> None:
    """Ask for long work and let time pass until it ends."""
    bot.messenger.room("!room", INES, "@ann:corp.example")
    bot.work = steps(bot, *times)
    asking = asyncio.create_task(bot.told("!toil", room="!room", sender=INES, event_id="$ask"))
    while not asking.done():
        await bot.clock.advance(0.5)
    await asking


@pytest.fixture
def bot() -> Bot:
    return Bot()


async def test_of_short_work_nothing_is_shown(bot: Bot) -> None:
    await toiled(bot, 1, 1)
    [(_, reply)] = bot.messenger.sent
    assert reply["body"] == "Done."
    assert bot.messenger.revised == []


async def test_long_work_shows_one_message_that_becomes_the_reply(bot: Bot) -> None:
    await toiled(bot, 1, 1, 2, 3)
    (_, first), (_, last) = bot.messenger.sent
    assert first["body"] == "I am working on it. 2 of 10 steps are done."
    assert "io.parvis.reply" not in first
    assert first["m.relates_to"] == {"m.in_reply_to": {"event_id": "$ask"}}
    assert [content["body"] for _, content in bot.messenger.revised] == ["I am working on it. 3 of 10 steps are done."]
    relation = {"rel_type": "m.replace", "event_id": "$sent0", "m.in_reply_to": {"event_id": "$ask"}}
    assert last["m.relates_to"] == relation
    for content in (last, last["m.new_content"]):
        assert content["io.parvis.reply"] == {"command": "toil", "status": "ok", "reference": "r1"}
    assert last["m.new_content"]["body"] == "Done."


async def test_edits_come_no_more_often_than_they_may_and_only_when_something_changed(bot: Bot) -> None:
    await toiled(bot, *[0.5] * 23, 6 * EVERY, 0.1)
    assert len(bot.messenger.revised) == 3


async def test_work_that_reports_nothing_still_shows_a_word(bot: Bot) -> None:
    await toiled(bot, 4)
    assert bot.messenger.bodies[0] == "I am working on it."


async def test_progress_that_cannot_be_shown_does_not_disturb_the_work(bot: Bot) -> None:
    async def work(call: Call) -> None:
        await bot.clock.sleep(1)
        bot.messenger.faults = [HomeserverError(say("Down."), kind=ErrorKind.TEMPORARY)]
        await bot.clock.sleep(3)

    bot.messenger.room("!dm", INES)
    bot.work = work
    asking = asyncio.create_task(bot.told("toil", sender=INES))
    while not asking.done():
        await bot.clock.advance(1)
    [reply] = await asking
    assert reply["body"] == "Done."


async def test_a_message_of_progress_that_a_crash_left_becomes_the_reply_of_the_repeated_command(bot: Bot) -> None:
    bot.messenger.room("!dm", INES)
    bot.work = steps(bot, 4, 100)
    line = said("toil", sender=INES, event_id="$ask")
    asking = asyncio.create_task(bot.hear(line))
    await bot.clock.advance(5)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    after = Bot(messenger=bot.messenger, store=bot.store)
    await after.hear(line)
    [(_, progress), (_, reply)] = bot.messenger.sent
    assert "io.parvis.reply" not in progress
    assert reply["m.relates_to"]["event_id"] == "$sent0"


async def test_work_that_outlives_its_event_goes_on_being_shown_by_the_repeated_one(bot: Bot) -> None:
    bot.messenger.room("!dm", INES)
    reporting: list[Progress] = []

    async def work(call: Call) -> None:
        reporting.append(call.progress)
        await bot.clock.sleep(10)

    bot.work = work
    line = said("toil", sender=INES, event_id="$ask")
    first = asyncio.create_task(bot.hear(line))
    await bot.clock.advance(4)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    second = asyncio.create_task(bot.hear(line))
    await bot.clock.advance(1)
    reporting[0](7, 10)
    await bot.clock.advance(3)
    assert bot.messenger.revised[-1][1]["body"] == "I am working on it. 7 of 10 steps are done."
    await bot.clock.advance(10)
    await second
    assert len(bot.messenger.sent) == 2


async def test_a_confirmed_answer_shows_progress_too(bot: Bot) -> None:
    bot.messenger.room("!room", INES, "@ann:corp.example")
    await bot.told("!change", room="!room", sender=INES, event_id="$ask")
    bot.work = steps(bot, 4)
    asking = asyncio.create_task(bot.tapped("✅", "$sent0"))
    while not asking.done():
        await bot.clock.advance(1)
    progress, reply = await asking
    assert progress["body"] == "I am working on it."
    assert reply["m.relates_to"]["rel_type"] == "m.replace"
