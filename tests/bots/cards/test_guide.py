"""Filling in a card is killed at every step and heard again: the same words, the same card, each change once."""

from contextlib import suppress
from dataclasses import dataclass, field

from bots.cards.guide import Guide
from bots.kit.commands import Call, Reply
from bridge.domain.cards import Card
from bridge.domain.viewers import alone
from tests.services.household import Household, Killed, household
from tests.world import directory, group, partner, user

BOB, ROOM = user("bob:acme.example"), "!bob"
LINES = ("Bob", "skip", "Buyer", "not a number", "+33612345678", "1", "back", "bob@x.fr", "skip", "later")


@dataclass
class Conversation:
    """Bob alone with the bot; ``begins`` is a command, everything else a line."""

    house: Household
    replies: list[Reply | None] = field(default_factory=list)

    @classmethod
    async def begun(cls) -> "Conversation":
        source = directory(group("deal").members("ann", "bob:acme.example").admits("acme"), partners=[partner("acme")])
        house = household(source)
        house.world = await house.reconciler.look(keep=True)
        return cls(house)

    async def hear(self, number: int) -> Reply | None:
        """What is said to the line of this number, 0 is the command."""
        guide = Guide(desk=self.house.cards)
        call = Call(viewer=alone(BOB), sender=BOB, room_id=ROOM, event_id=f"$line{number}", language="en", direct=True)
        return await (guide.heard(call, LINES[number - 1]) if number else guide.begin(call))

    async def restarted(self) -> None:
        self.house.start()
        self.house.world = await self.house.reconciler.look(keep=True)

    def card(self) -> Card:
        return self.house.store.data.cards[BOB]

    def changes(self) -> list[str]:
        found = (one for one in self.house.store.data.audit.values() if one.kind.startswith("card"))
        return [f"{one.kind} {one.detail['part']}" for one in found]


async def test_killed_anywhere_and_heard_again_it_is_the_same_conversation() -> None:
    calm = await Conversation.begun()
    said = [await calm.hear(number) for number in range(len(LINES) + 1)]
    for at in (1, 2):
        torn = await Conversation.begun()
        for number, expected in enumerate(said):
            torn.house.fuse.at, torn.house.fuse.steps = at, 0
            with suppress(Killed):
                await torn.hear(number)
            await torn.restarted()
            assert await torn.hear(number) == expected, (at, number)
            assert await torn.hear(number) == expected, (at, number)
        assert torn.card().values == calm.card().values
        assert torn.card().circles == calm.card().circles
        assert torn.changes() == calm.changes()


async def test_a_line_where_nothing_is_filled_in_is_not_for_it() -> None:
    talk = await Conversation.begun()
    assert await talk.hear(1) is None
    for number in range(len(LINES) + 1):
        assert await talk.hear(number) is not None
    over = Call(viewer=alone(BOB), sender=BOB, room_id=ROOM, event_id="$more", language="en", direct=True)
    assert await Guide(desk=talk.house.cards).heard(over, "hello") is None


async def test_after_months_a_line_means_something_else() -> None:
    talk = await Conversation.begun()
    await talk.hear(0)
    await talk.house.clock.advance(91 * 86_400)
    assert await talk.hear(1) is None


async def test_a_line_in_another_room_is_not_for_it() -> None:
    talk = await Conversation.begun()
    await talk.hear(0)
    elsewhere = Call(viewer=alone(BOB), sender=BOB, room_id="!else", event_id="$x", language="en", direct=True)
    assert await Guide(desk=talk.house.cards).heard(elsewhere, "Bob") is None
