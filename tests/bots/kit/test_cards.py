"""Cards: brought to each person once, answered by whoever may, closed for all."""

from datetime import timedelta

import pytest

from bots.kit.cards import Cards
from bots.kit.commands import Reply
from bots.kit.people import People
from bots.kit.questions import Answered, Question
from bots.kit.reacting import by_kind
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bridge.domain.document import document, paragraph
from bridge.domain.messages import say
from bridge.ports.pending import Pending
from tests.bots.kit.conversation import ANN, CATALOGUES, INES, NOW, STRANGER, Bot

CARD = document(paragraph(say("Bob asks to join.")))


class Door(Bot):
    """A bot that asks Ann and Inès whether Bob may come in."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.answers: list[tuple[str, str]] = []
        self.owners = {ANN, INES}
        people: People = self.talk._people
        speaker = Speaker(messenger=self.messenger, renderer=Renderer(CATALOGUES), store=self.store, clock=self.clock)
        self.cards = Cards(speaker, people)
        join = Question(kind="join", command="join", yes=self.let_in, no=self.refuse, may=self.may)
        object.__setattr__(self.talk._reacting, "questions", by_kind([join]))

    async def may(self, item: Pending, user_id: str) -> bool:
        return user_id in self.owners

    async def let_in(self, answered: Answered) -> Reply:
        self.answers.append(("yes", answered.call.sender))
        await self.cards.close(document(paragraph(say("Done."))), pending=answered.item.key)
        return Reply(document(paragraph(say("Done."))))

    async def refuse(self, answered: Answered) -> None:
        self.answers.append(("no", answered.call.sender))

    async def knock(self) -> None:
        async with self.store.work() as work:
            await work.pending.put(
                Pending(
                    key="join/1",
                    kind="join",
                    asker="@bob:corp.example",
                    room_id="",
                    document={},
                    created_at=NOW,
                    expires_at=NOW + timedelta(hours=7),
                )
            )
        for owner in (ANN, INES):
            await self.cards.send_card(owner, CARD, pending="join/1")


@pytest.fixture
async def door() -> Door:
    door = Door()
    await door.knock()
    return door


def card(door: Door, owner: str) -> str:
    return door.messenger.claims[f"card:@parvis:corp.example:join/1:{owner}:1"]


async def test_a_card_comes_once_as_a_message_that_rings_with_both_answers_under_it(door: Door) -> None:
    await door.knock()
    assert [(room, content["msgtype"]) for room, content in door.messenger.sent] == [
        ("!direct0", "m.text"),
        ("!direct1", "m.text"),
    ]
    first = card(door, ANN)
    assert [key for on, key in door.messenger.reactions if on == first] == ["✅", "❌"]


async def test_the_first_who_may_answers_for_all_and_every_card_says_so(door: Door) -> None:
    await door.tapped("✅", card(door, INES), room="!direct1", sender=INES, event_id="$1")
    await door.tapped("❌", card(door, ANN), room="!direct0", sender=ANN, event_id="$2")
    assert door.answers == [("yes", INES)]
    sent = [content for _, content in door.messenger.sent]
    edits = [content["m.relates_to"]["event_id"] for content in sent if "m.new_content" in content]
    assert edits == [card(door, ANN), card(door, INES)]


async def test_who_may_not_answer_changes_nothing_also_when_they_might_before(door: Door) -> None:
    door.owners = {INES}
    assert await door.tapped("✅", card(door, ANN), room="!direct0", sender=ANN) == []
    assert await door.tapped("✅", card(door, ANN), room="!direct0", sender=STRANGER) == []
    assert door.answers == []


async def test_an_answer_without_a_reply_says_nothing(door: Door) -> None:
    assert await door.tapped("❌", card(door, ANN), room="!direct0", sender=ANN) == []
    assert door.answers == [("no", ANN)]


async def test_a_card_answered_too_late_says_so(door: Door) -> None:
    door.clock.set(NOW + timedelta(hours=8))
    [reply] = await door.tapped("✅", card(door, ANN), room="!direct0", sender=ANN)
    assert reply["body"] == "The time to answer this is over. Nothing was changed."
    assert door.answers == []


def test_two_questions_of_one_kind_are_refused() -> None:
    async def nothing(_: Answered) -> None:
        """Never called."""

    question = Question(kind="join", command="join", yes=nothing)
    with pytest.raises(ValueError, match="join"):
        by_kind([question, Question(kind="join", command="other", yes=nothing)])
