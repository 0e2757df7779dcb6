"""While somebody is asked whether their card may be kept, that is the question, whatever they write."""

import pytest

from bridge.domain.cards import Purpose
from tests.bots.onboarding.parlour import Parlour
from tests.services.household import household
from tests.world import directory, group, user

ANN = user("ann")


async def asked() -> Parlour:
    """Ann, in the middle of the welcome, wants to fill in her card."""
    house = household(directory(group("sales").public().called("Sales").members("ann", "max")))
    await house.settle()
    parlour = Parlour(house)
    await parlour.go_round()
    parlour.come_in(ANN)
    await parlour.write(ANN, "!profile fill")
    assert "If you agree" in parlour.told(ANN)[-1]
    return parlour


@pytest.mark.parametrize("nonsense", ["no idea", "aucune idée", "ok", "back", "what is this?"])
async def test_what_is_no_answer_is_asked_again_and_a_yes_still_agrees(nonsense: str) -> None:
    parlour = await asked()
    for _ in range(2):
        await parlour.write(ANN, nonsense)
        assert "If you agree" in parlour.told(ANN)[-1]
        assert "write no" in parlour.told(ANN)[-1]
    assert ANN not in parlour.house.store.data.cards
    await parlour.write(ANN, "yes")
    assert parlour.house.store.data.cards[ANN].consent(Purpose.CARD)


@pytest.mark.parametrize("no", ["no", "non", "later", "plus tard", "stop", "skip", "suite"])
async def test_a_no_or_later_leads_out_and_says_how_to_come_back(no: str) -> None:
    parlour = await asked()
    await parlour.write(ANN, no)
    assert "profile fill" in parlour.told(ANN)[-1]
    assert ANN not in parlour.house.store.data.cards
    await parlour.write(ANN, "no idea")
    assert "If you agree" not in parlour.told(ANN)[-1]


async def test_commands_are_answered_and_the_question_stays() -> None:
    parlour = await asked()
    await parlour.write(ANN, "!profile")
    await parlour.write(ANN, "yes")
    assert parlour.house.store.data.cards[ANN].consent(Purpose.CARD)


async def test_the_checklist_does_not_tick_the_card_for_a_yes_to_the_question() -> None:
    parlour = await asked()
    for line in ("yes", "later", "checklist"):
        await parlour.write(ANN, line)
    assert "▫️ Your profile card" in parlour.told(ANN)[-1]
    for line in ("!profile set name Annie", "checklist"):
        await parlour.write(ANN, line)
    assert "▫️ Your profile card" not in parlour.told(ANN)[-1]


@pytest.mark.parametrize("end", [("done", "done"), ("later",)])
async def test_after_a_card_the_question_of_the_tour_is_put_again(end: tuple[str, ...]) -> None:
    parlour = await asked()
    for line in ("yes", *end):
        await parlour.write(ANN, line)
    assert "show you around" in parlour.told(ANN)[-1]


async def test_who_edits_an_answer_on_the_card_is_told_that_it_was_gone_by() -> None:
    parlour = await asked()
    await parlour.write(ANN, "yes")
    said = await parlour.write(ANN, "Anie")
    edit = {"rel_type": "m.replace", "event_id": said.id}
    await parlour.write(
        ANN, "* Annie", **{"m.relates_to": edit, "m.new_content": {"msgtype": "m.text", "body": "Annie"}}
    )
    assert parlour.told(ANN)[-1] == "I had already gone by what you wrote first. To change it: back"
