"""A picture that comes before its sender agreed to a card: it is asked about, and one yes does all that waited."""

import pytest

from bots.cards.asking import Sheet
from bridge.domain.cards import Field, Stage
from bridge.domain.messages import shown as listed
from tests.bots.cards.counter import Counter


@pytest.fixture
async def counter() -> Counter:
    return await Counter.open()


async def test_a_picture_before_the_consent_is_asked_about_kept_by_the_yes_and_not_asked_for_again(
    counter: Counter,
) -> None:
    await counter.line("!profile fill")
    asked = await counter.hear(counter.image())
    assert "Shall it be the photo of your card?" in asked[0]["body"]
    said, shown = await counter.line("yes")
    assert "It is on your card" in said["body"]
    assert "go through your card" in said["body"], "what was asked for first goes on"
    assert shown["msgtype"] == "m.image"


async def test_a_no_to_a_picture_keeps_nothing(counter: Counter) -> None:
    await counter.hear(counter.image())
    assert "nothing is kept" in (await counter.line("no"))[0]["body"]
    assert await counter.card() is None


async def test_a_photo_that_is_there_is_not_asked_for_again(counter: Counter) -> None:
    await counter.hear(counter.image())
    await counter.line("yes")
    card = await counter.card()
    assert card is not None
    sheet = Sheet(card=card, pins={}, told=lambda _, values: listed(values), partner=True)
    assert sheet.next(Field.LINKS).point.stage is Stage.REVIEW


async def test_a_line_with_a_mark_is_a_command_and_no_answer_to_the_open_question(counter: Counter) -> None:
    await counter.line("!profile fill")
    [unknown] = await counter.line("!nonsense")
    assert "I do not know this command" in unknown["body"]
    [asked] = await counter.line("nonsense")
    assert "I do not know this command" not in asked["body"]
