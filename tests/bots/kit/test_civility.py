"""A bot that is greeted says hello, and one that is asked in many words finds the command among them."""

import pytest

from bots.kit.civility import Civility
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bridge.domain.document import document, paragraph
from tests.bots.kit.conversation import ANN, CATALOGUES, INES, Bot


@pytest.fixture
def bot() -> Bot:
    bare = Bot()
    speaker = Speaker(messenger=bare.messenger, renderer=Renderer(CATALOGUES), store=bare.store, clock=bare.clock)
    civility = Civility(speaker=speaker, hello=document(paragraph("I look after groups.")))
    bot = Bot(dialogues=(civility,), messenger=bare.messenger, store=bare.store)
    bot.messenger.room("!dm", ANN)
    bot.messenger.room("!room", ANN, INES)
    return bot


@pytest.mark.parametrize("line", ["hello", "Hello!", "bonjour", "Salut !", "good morning"])
async def test_a_greeting_is_answered_by_one(bot: Bot, line: str) -> None:
    [reply] = await bot.told(line)
    assert "I look after groups" in reply["body"]


async def test_thanks_are_answered(bot: Bot) -> None:
    [reply] = await bot.told("merci beaucoup")
    assert "You are welcome!" in reply["body"]


async def test_other_bots_are_greeted_in_rooms_without_an_answer(bot: Bot) -> None:
    assert await bot.told("hello", room="!room") == []


@pytest.mark.parametrize("line", ["show me the status", "Please, status", "montrez moi mon état"])
async def test_a_command_behind_words_of_courtesy_is_suggested(bot: Bot, line: str) -> None:
    [reply] = await bot.told(line)
    assert reply["body"].endswith("Did you mean this one? !status")


async def test_courtesy_leads_to_no_command_that_one_may_not_run(bot: Bot) -> None:
    [reply] = await bot.told("show me the audit")
    assert "Did you mean" not in reply["body"]
