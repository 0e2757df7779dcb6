"""Confirmation by reaction: whose counts, once, in time, whatever crashes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest

from bots.kit.commands import CONFIRM_WITHIN
from bots.kit.questions import Outcome, settle
from bridge.domain.errors import ErrorKind, HomeserverError, InputError
from bridge.domain.messages import say
from tests.bots.kit.conversation import ANN, INES, NOW, Bot, said, tap
from tests.fakes.messenger import FakeMessenger
from tests.fakes.store import FakeStore, FakeUnitOfWork
from tests.support.memory_outbox import Fuse, Killed

LATE = CONFIRM_WITHIN.total_seconds() + 1
KEY = "confirm:@parvis:corp.example:$ask"


@pytest.fixture
async def bot() -> Bot:
    """Inès has asked for something that wants confirmation, in a room with Ann."""
    bot = Bot()
    bot.messenger.room("!room", ANN, INES)
    bot.messenger.room("!other", ANN, INES)
    await bot.told("!change", room="!room", sender=INES, event_id="$ask")
    return bot


def question(bot: Bot) -> str:
    """The message that asks."""
    return bot.messenger.claims["reply:@parvis:corp.example:$ask:1"]


async def test_the_bot_puts_the_emoji_under_its_own_question(bot: Bot) -> None:
    assert bot.messenger.reactions == [(question(bot), "✅")]
    assert bot.messenger.sent[0][1]["io.parvis.reply"]["status"] == "confirm"


async def test_a_tap_of_who_asked_does_it_and_the_reply_refers_to_the_question(bot: Bot) -> None:
    [reply] = await bot.tapped("👍🏽", question(bot))
    assert [(call.sender, call.event_id, call.roles) for call in bot.runs] == [(INES, "$tap", frozenset({"admin"}))]
    assert reply["io.parvis.reply"] == {"command": "change", "status": "ok", "reference": "r1"}
    assert reply["m.relates_to"] == {"m.in_reply_to": {"event_id": question(bot)}}


async def test_reactions_of_others_from_elsewhere_and_to_other_messages_change_nothing_and_get_no_answer(
    bot: Bot,
) -> None:
    assert await bot.tapped("✅", question(bot), sender=ANN) == []
    assert await bot.tapped("❌", question(bot), sender=ANN) == []
    assert await bot.tapped("✅", question(bot), sender="@parvis:corp.example") == []
    assert await bot.tapped("✅", question(bot), room="!other") == []
    assert await bot.tapped("✅", "$elsewhere") == []
    assert await bot.tapped("🎉", question(bot)) == []
    assert bot.runs == []
    assert await bot.tapped("✅", question(bot))


async def test_no_cancels_and_a_later_yes_does_nothing(bot: Bot) -> None:
    [reply] = await bot.tapped("❌", question(bot))
    assert reply["body"] == "Cancelled: nothing was changed."
    assert await bot.tapped("✅", question(bot), event_id="$again") == []
    assert bot.runs == []


async def test_two_taps_do_it_once(bot: Bot) -> None:
    await bot.tapped("✅", question(bot), event_id="$1")
    assert await bot.tapped("👍", question(bot), event_id="$2") == []
    assert len(bot.runs) == 1


async def test_the_same_tap_twice_is_replied_to_once_and_asks_for_the_effect_under_one_origin(bot: Bot) -> None:
    await bot.tapped("✅", question(bot))
    assert await bot.tapped("✅", question(bot)) == []
    assert {call.event_id for call in bot.runs} == {"$tap"}


async def test_too_late_it_is_asked_again(bot: Bot) -> None:
    bot.clock.set(NOW + timedelta(seconds=LATE))
    [again] = await bot.tapped("✅", question(bot), event_id="$late")
    assert bot.runs == []
    assert again["io.parvis.reply"]["status"] == "confirm"
    second = bot.messenger.claims["reply:@parvis:corp.example:$late:1"]
    assert bot.messenger.reactions[-1] == (second, "✅")
    assert await bot.tapped("✅", question(bot), event_id="$later") == []
    assert len(await bot.tapped("✅", second, event_id="$fresh")) == 1
    assert len(bot.runs) == 1


async def test_a_tap_in_time_counts_when_the_bot_died_over_it_and_came_back_late(bot: Bot) -> None:
    bot.fault = HomeserverError(say("Busy."), kind=ErrorKind.TEMPORARY)
    with pytest.raises(HomeserverError):
        await bot.tapped("✅", question(bot))
    bot.fault = None
    bot.clock.set(NOW + timedelta(seconds=LATE))
    [reply] = await bot.tapped("✅", question(bot))
    assert reply["io.parvis.reply"]["status"] == "ok"


async def test_who_is_not_in_the_room_any_more_confirms_nothing_there(bot: Bot) -> None:
    bot.messenger.room("!room", ANN)
    assert await bot.tapped("✅", question(bot)) == []
    assert bot.runs == []


async def test_an_error_is_told_and_the_question_stays_answered(bot: Bot) -> None:
    bot.fault = InputError(say("No such date."))
    [reply] = await bot.tapped("✅", question(bot))
    assert (reply["body"], reply["io.parvis.reply"]["command"]) == ("No such date.", "change")
    assert await bot.tapped("✅", question(bot), event_id="$again") == []


async def test_a_confirmation_asked_in_a_thread_is_answered_there(bot: Bot) -> None:
    thread = {"rel_type": "m.thread", "event_id": "$root"}
    await bot.told("!change", room="!room", sender=INES, event_id="$deep", **{"m.relates_to": thread})
    asked = bot.messenger.claims["reply:@parvis:corp.example:$deep:1"]
    [reply] = await bot.tapped("✅", asked)
    assert (reply["m.relates_to"]["rel_type"], reply["m.relates_to"]["event_id"]) == ("m.thread", "$root")


async def test_where_the_bot_may_not_react_the_question_is_asked_all_the_same() -> None:
    class Stiff(FakeMessenger):
        async def react(self, room_id: str, event_id: str, key: str, *, claim: str) -> None:
            raise HomeserverError(say("No."), kind=ErrorKind.REFUSED, errcode="M_FORBIDDEN")

    bot = Bot(messenger=Stiff())
    bot.messenger.room("!room", ANN, INES)
    await bot.told("!change", room="!room", sender=INES, event_id="$ask")
    assert len(await bot.tapped("✅", question(bot))) == 1


async def test_a_command_and_a_tap_that_answer_the_same_question_count_as_one(bot: Bot) -> None:
    for _ in range(2):
        answered = await settle(bot.store, KEY, yes=True, event_id="$command", now=NOW)
        assert answered is not None
        assert answered[1] is Outcome.YES
    assert await settle(bot.store, KEY, yes=True, event_id="$other", now=NOW) is None
    assert await settle(bot.store, "unknown", yes=True, event_id="$command", now=NOW) is None
    assert await bot.tapped("✅", question(bot)) == []


class MortalMessenger(FakeMessenger):
    """May be killed before and after everything that it does."""

    fuse = Fuse()

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in {"send", "edit", "react", "surroundings"}:
            return found

        async def mortal(*arguments: Any, **named: Any) -> Any:
            self.fuse.burn()
            given = await found(*arguments, **named)
            self.fuse.burn()
            return given

        return mortal


class MortalStore(FakeStore):
    """May be killed before and after every commit."""

    fuse = Fuse()

    @asynccontextmanager
    async def work(self) -> AsyncIterator[FakeUnitOfWork]:
        self.fuse.burn()
        async with super().work() as work:
            yield work
        self.fuse.burn()


async def test_a_bot_killed_anywhere_asks_once_and_does_it_for_one_origin() -> None:
    for step in range(1, 100):
        messenger, store, fuse = MortalMessenger(), MortalStore(), Fuse(at=step)
        messenger.fuse = store.fuse = fuse
        bot = Bot(messenger=messenger, store=store)
        messenger.room("!room", ANN, INES)
        line = said("!change", room="!room", sender=INES, event_id="$ask")
        with suppress(Killed):
            await bot.hear(line)
            await bot.hear(tap("✅", question(bot)))
        messenger.fuse = store.fuse = Fuse()
        await bot.hear(line)
        await bot.hear(tap("✅", question(bot)))
        statuses = [content["io.parvis.reply"]["status"] for _, content in bot.messenger.sent]
        assert statuses == ["confirm", "ok"], step
        assert {call.event_id for call in bot.runs} == {"$tap"}, step
        assert bot.messenger.reactions == [(question(bot), "✅")], step
        if not fuse.burnt:
            break
    else:
        pytest.fail("the fuse burns for ever")
    assert step == 17


async def alone_with_a_question() -> Bot:
    bot = Bot()
    bot.messenger.room("!alone", INES)
    await bot.told("!change", room="!alone", sender=INES, event_id="$ask")
    return bot


@pytest.mark.parametrize(("word", "done"), [("yes", 1), ("Oui !", 1), ("!oui", 1), ("no", 0), ("Non.", 0)])
async def test_a_word_answers_what_was_asked_last_in_a_conversation_of_two(word: str, done: int) -> None:
    bot = await alone_with_a_question()
    [reply] = await bot.told(word, room="!alone", sender=INES, event_id="$word")
    assert len(bot.runs) == done
    assert reply["io.parvis.reply"]["command"] == "change"
    assert await bot.told(word, room="!alone", sender=INES, event_id="$word") == []
    [other] = await bot.told(word, room="!alone", sender=INES, event_id="$more")
    assert {call.event_id for call in bot.runs} == ({"$word"} if done else set())
    assert other["io.parvis.reply"]["status"] == "usage"


async def test_a_word_answers_nothing_where_others_read_along_nor_what_was_asked_elsewhere(bot: Bot) -> None:
    assert await bot.told("yes", room="!room", sender=INES, event_id="$word") == []
    bot.messenger.room("!alone", INES)
    [reply] = await bot.told("yes", room="!alone", sender=INES, event_id="$elsewhere")
    assert (bot.runs, reply["io.parvis.reply"]["status"]) == ([], "usage")


async def test_a_word_that_comes_after_a_tap_answers_no_earlier_question() -> None:
    bot = await alone_with_a_question()
    await bot.told("!change", room="!alone", sender=INES, event_id="$second")
    last = bot.messenger.claims["reply:@parvis:corp.example:$second:1"]
    assert await bot.tapped("✅", last, room="!alone")
    [reply] = await bot.told("oui", room="!alone", sender=INES, event_id="$word")
    assert (len(bot.runs), reply["io.parvis.reply"]["status"]) == (1, "usage")
