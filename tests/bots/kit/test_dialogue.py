"""What is said to a bot alone and is no command goes to its dialogues; nothing else does."""

from dataclasses import dataclass, field

import pytest

from bots.kit.dialogue import Turn
from tests.bots.kit.conversation import ANN, INES, Bot, happened, tap


@dataclass
class Diary:
    """A dialogue that writes down what it hears, and takes it or not."""

    takes: bool = True
    turns: list[Turn] = field(default_factory=list)

    async def heard(self, turn: Turn) -> bool:
        self.turns.append(turn)
        return self.takes


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def bot(diary: Diary) -> Bot:
    bot = Bot(dialogues=(diary,), leads=False, private=True)
    bot.messenger.room("!dm", ANN)
    bot.messenger.room("!room", ANN, INES)
    return bot


async def test_a_line_that_is_no_command_is_for_the_dialogue(bot: Bot, diary: Diary) -> None:
    assert await bot.told("plus tard") == []
    assert await bot.told("!skip") == []
    assert [(turn.person, turn.text) for turn in diary.turns] == [(ANN, "plus tard"), (ANN, "skip")]


async def test_commands_go_before_it_and_the_bare_word_for_help_where_it_has_none(bot: Bot, diary: Diary) -> None:
    for line in ("status", "!help", "help status"):
        assert len(await bot.told(line)) == 1
    assert diary.turns == []
    assert await bot.told("help") == []
    assert [turn.help for turn in diary.turns] == [True]
    diary.takes = False
    assert len(await bot.told("help", event_id="$again")) == 1


async def test_what_it_does_not_take_is_answered_as_without_it(bot: Bot, diary: Diary) -> None:
    diary.takes = False
    [reply] = await bot.told("statsu")
    assert "status" in reply["body"]
    assert diary.turns[0].command_near


async def test_images_stickers_edits_and_reactions_reach_it(bot: Bot, diary: Diary) -> None:
    await bot.hear(happened("m.room.message", {"msgtype": "m.image", "url": "mxc://x/y"}))
    await bot.hear(happened("m.sticker", {"url": "mxc://x/y"}))
    await bot.hear(
        happened(
            "m.room.message",
            {"msgtype": "m.text", "body": "* no", "m.relates_to": {"rel_type": "m.replace", "event_id": "$yes"}},
        )
    )
    await bot.hear(tap("1️⃣", "$step", room="!dm", sender=ANN))
    told = [(turn.edited, turn.emoji, turn.target) for turn in diary.turns]
    assert told == [("", "", ""), ("", "", ""), ("$yes", "", ""), ("", "1️⃣", "$step")]


async def test_notices_and_what_was_taken_back_do_not(bot: Bot, diary: Diary) -> None:
    await bot.hear(happened("m.room.message", {"msgtype": "m.notice", "body": "I am a bot"}))
    gone = happened("m.sticker", {})
    gone.unsigned["redacted_because"] = {}  # type: ignore[index]
    await bot.hear(gone)
    assert diary.turns == []


async def test_where_others_are_a_private_bot_is_silent_whatever_is_said(bot: Bot, diary: Diary) -> None:
    for line in ("hello", "!status", "!help", "!statsu", "parvis: status"):
        assert await bot.told(line, room="!room") == []
    await bot.hear(happened("m.sticker", {}, room="!room"))
    assert diary.turns == []
