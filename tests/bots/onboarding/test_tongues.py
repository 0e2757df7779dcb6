"""Whoever names a language is answered in it, wherever they are, and what is for another bot is told so."""

import pytest

from bots.onboarding.understanding import asks_for, understand
from bridge.domain.cards import Field
from tests.bots.onboarding.parlour import Parlour
from tests.services.household import household
from tests.world import directory, group, user

ANN = user("ann")


@pytest.fixture
async def parlour() -> Parlour:
    house = household(directory(group("sales").public().called("Sales").members("ann", "max")))
    await house.settle()
    parlour = Parlour(house)
    await parlour.go_round()
    parlour.come_in(ANN)
    return parlour


async def test_over_a_card_it_is_no_answer_and_the_question_comes_in_it(parlour: Parlour) -> None:
    for line in ("!profile fill", "yes", "français s’il vous plaît"):
        await parlour.write(ANN, line)
    assert "Entendu, en français." in parlour.told(ANN)[-1]
    assert "Nom (1" in parlour.told(ANN)[-1]
    await parlour.write(ANN, "Annie")
    assert "Prononciation" in parlour.told(ANN)[-1]
    assert parlour.house.store.data.cards[ANN].values == {Field.NAME: ("Annie",)}


async def test_where_one_is_asked_which_languages_one_speaks_it_is_the_answer(parlour: Parlour) -> None:
    for line in ("!profile fill", "yes", "done", "languages", "français"):
        await parlour.write(ANN, line)
    assert parlour.house.store.data.cards[ANN].values[Field.LANGUAGES] == ("fr",)


async def test_after_a_stop_it_still_works_and_as_often_as_wanted(parlour: Parlour) -> None:
    for line in ("stop", "blah", "blah", "blah"):
        await parlour.write(ANN, line)
    for line, answer in (("français", "Entendu, en français."), ("English please", "All right, in English.")):
        await parlour.write(ANN, line)
        assert parlour.told(ANN)[-1] == answer


@pytest.mark.parametrize("line", ["english", "English, please!", "anglais s'il vous plaît", "continue in English"])
def test_it_may_be_said_politely(line: str) -> None:
    assert asks_for(line) == "en"


@pytest.mark.parametrize("line", ["my English is bad", "français ou anglais", "please", ""])
def test_what_says_more_than_a_language_chooses_none(line: str) -> None:
    assert asks_for(line) == ""


@pytest.mark.parametrize("line", ["n'importe quoi", "pourquoi", "quoi de neuf"])
def test_a_word_that_is_known_is_no_misspelt_other_one(line: str) -> None:
    assert understand(line, None) is None


async def test_who_joins_a_group_here_is_told_which_bot_to_ask(parlour: Parlour) -> None:
    await parlour.write(ANN, "join Sales")
    assert "This is no command of mine" in parlour.told(ANN)[-1]
