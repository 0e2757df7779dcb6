"""Whatever order events come in, and however often, and in whatever company, what is known in the end is the same."""

from datetime import timedelta
from random import Random

import pytest

from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import open_store
from bridge.domain.activity import Happening, Kind
from bridge.ports.store import Store
from tests.fakes.clock import START
from tests.fakes.store import FakeStore

pytestmark = pytest.mark.slow

EVENTS = 40
MINUTE = timedelta(minutes=1)


def company(chance: Random) -> list[Happening]:
    """Messages that answer earlier ones, stand in threads of earlier ones, or neither."""
    said: list[Happening] = []
    for number in range(EVENTS):
        before = chance.choice(["", *(one.event for one in said)])
        answers = bool(before) and chance.random() < 0.7
        said.append(
            Happening(
                event=f"${number}:corp.test",
                room=f"!{number % 2}",
                group=f"g{number % 2}",
                sender=f"@p{chance.randrange(4)}:corp.test",
                at=START + number * MINUTE,
                kind=chance.choice([Kind.TEXT, Kind.IMAGE, Kind.NOTICE]),
                thread=before or f"${number}:corp.test",
                reply_to=before if answers else "",
            )
        )
    return said


async def told(store: Store, pieces: list[list[Happening]], gone: list[str]) -> tuple[object, ...]:
    """Each piece in a unit of work; then some are taken back, and come again."""
    for piece in pieces:
        async with store.work() as work:
            await work.activity.add(piece)
    async with store.work() as work:
        await work.activity.redact(gone, START)
        assert await work.activity.add([one for piece in pieces for one in piece]) == 0
    async with store.view() as view:
        end = START + EVENTS * MINUTE
        return tuple(await view.activity.between(START, end)), tuple(await view.activity.posts(START, end))


@pytest.mark.parametrize("seed", range(8))
async def test_the_order_in_which_events_come_changes_nothing(seed: int, url: str, sealer: DataKeySealer) -> None:
    chance = Random(seed)
    said = company(chance)
    gone = [one.event for one in chance.sample(said, 5)]
    expected = await told(FakeStore(), [said], gone)
    twice = [*said, *chance.sample(said, 10)]
    chance.shuffle(twice)
    pieces = []
    while twice:
        size = chance.randrange(1, 12)
        pieces.append(twice[:size])
        twice = twice[size:]
    store = await open_store(url, sealer)
    try:
        assert await told(store, pieces, gone) == expected
    finally:
        await store.close()
