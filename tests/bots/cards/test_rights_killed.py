"""The process dies at any step of the store, the media or the messenger: the same conversation, nothing twice."""

from collections import Counter as Tally
from typing import Any

import pytest

from bridge.domain.cards import Field
from bridge.domain.events import Event
from bridge.domain.relations import reaction_to
from tests.bots.cards.counter import BOB, Counter
from tests.services.household import Killed
from tests.services.office import MortalMessenger

pytestmark = pytest.mark.slow

STEPS = range(1, 49)


async def lived(counter: Counter) -> list[dict[str, Any]]:
    """Bob says something, agrees, sends a picture, exports, and erases; each event comes until it is handled."""

    async def come(event: Event) -> None:
        try:
            await counter.hear(event)
        except Killed:
            counter.house.fuse.at = 0
            counter.start()
            await counter.hear(event)

    def tap() -> Event:
        shown = [event for event, (key, _) in counter.house.store.data.pending_events.items() if key]
        return counter.event(BOB, dict(reaction_to(shown[-1], "✅")), kind="m.reaction")

    def line(text: str) -> Event:
        return counter.event(BOB, {"msgtype": "m.text", "body": text})

    await come(line("!profile set title Director"))
    await come(tap())
    await come(counter.image())
    await come(line("!profile export"))
    card = await counter.card()
    assert card is not None
    assert card.values == {Field.TITLE: ("Director",)}
    assert card.photo is not None
    assert counter.house.media.files[card.photo.uri]
    await come(line("!profile erase"))
    await come(tap())
    return [content for _, content in counter.messenger.sent]


async def opened() -> Counter:
    counter = await Counter.open()
    mortal = MortalMessenger(counter.house.fuse)
    mortal.rooms = counter.messenger.rooms
    counter.messenger = mortal
    counter.start()
    counter.house.fuse.steps = 0
    return counter


@pytest.mark.parametrize("step", STEPS)
async def test_killed_anywhere_it_is_the_same_conversation(step: int) -> None:
    calm, killed = await opened(), await opened()
    expected = await lived(calm)
    assert calm.house.fuse.steps == STEPS[-1]
    killed.house.fuse.at = step
    said = await lived(killed)
    assert [one["body"] for one in said] == [one["body"] for one in expected]
    killed.house.fuse.at = 0
    for counter in (calm, killed):
        assert await counter.card() is None
        await counter.a_day_passes()
        assert not [uri for uri, data in counter.house.media.files.items() if data]
        kinds = Tally(entry.kind for entry in counter.house.store.data.audit.values() if entry.kind.startswith("card-"))
        assert kinds == {"card-consent": 1, "card-changed": 2, "card-exported": 1, "card-erased": 1}
