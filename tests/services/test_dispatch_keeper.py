"""What is kept of events is stored when they are finished, or neither is; and one bad event harms no other."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from bridge.domain.errors import StoreError
from bridge.domain.events import Event
from bridge.domain.messages import say
from bridge.ports.store import UnitOfWork
from bridge.services.dispatching.dispatch import Dispatcher
from deploy.localnet.waiting import until
from tests.fakes.clock import FakeClock
from tests.services.handlers import Recorder
from tests.services.inbox import Inbox, make_event


class Keeper:
    """Keeps ids as somebody's choices, which stand in the store; ``bad`` ones it cannot. With ``breaks`` the store
    breaks at the first time, before anything is saved."""

    def __init__(self, *bad: str, breaks: Inbox | None = None) -> None:
        self.bad = frozenset(bad)
        self.breaks = breaks

    def wants(self, event: Event) -> bool:
        return event.id != "$3"

    async def keep(self, work: UnitOfWork, events: Sequence[Event]) -> None:
        for event in events:
            await work.preferences.put("@ann:corp.test", event.id, "kept")
            if event.id in self.bad:
                raise ValueError("a word of the message")
        if self.breaks is not None:
            self.breaks.failing, self.breaks = StoreError(say("The database cannot be used.")), None


@pytest.fixture
def store() -> Inbox:
    return Inbox()


@asynccontextmanager
async def dispatching(store: Inbox, keeper: Keeper) -> AsyncIterator[FakeClock]:
    """Five events of two rooms, one of which some bot wants."""
    clock, bot = FakeClock(), Recorder(wanted=lambda event: event.id == "$2")
    await store.accept("t", [make_event(number, f"!{number % 2}") for number in range(1, 6)], clock.now())
    dispatcher = Dispatcher(store, [bot], clock, keeper=keeper, retries=(1.0,), jitter=lambda: 0.0)
    async with asyncio.TaskGroup() as group:
        group.create_task(dispatcher.run())
        yield clock
        await dispatcher.stop(within=0.05)


def kept(store: Inbox) -> list[str]:
    return sorted(key for _, key in store.data.preferences)


async def test_what_the_keeper_wants_is_kept_with_the_verdict_whether_a_bot_wants_it_or_not(store: Inbox) -> None:
    async with dispatching(store, Keeper()):
        await until(lambda: len(store.finished) == 5, seconds=10, pause=0.001)
    assert kept(store) == ["$1", "$2", "$4", "$5"]


async def test_a_store_that_breaks_keeps_nothing_and_finishes_nothing(store: Inbox) -> None:
    async with dispatching(store, Keeper(breaks=store)) as clock:
        await until(lambda: store.failing is not None, seconds=10, pause=0.001)
        assert (kept(store), store.finished) == ([], [])
        store.failing = None
        await clock.advance(2)
        await until(lambda: len(store.finished) == 5, seconds=10, pause=0.001)
    assert len(kept(store)) == 4


async def test_an_event_of_which_nothing_can_be_kept_is_tried_again_and_set_aside_alone(store: Inbox) -> None:
    async with dispatching(store, Keeper("$4")) as clock:
        await until(lambda: len(store.finished) == 4, seconds=10, pause=0.001)
        await clock.advance(2)
        await until(lambda: "$4" in store.aside, seconds=10, pause=0.001)
    assert kept(store) == ["$1", "$2", "$5"]
    assert store.aside == {"$4": "ValueError"}
