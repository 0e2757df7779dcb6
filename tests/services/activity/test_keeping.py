"""What is old becomes sums, some at a time, and comes to rest."""

from datetime import timedelta

import pytest

from bridge.domain.activity import Happening
from bridge.services.activity import keeping as module
from bridge.services.activity.keeping import EVERY, Keeping
from tests.fakes.clock import START, FakeClock
from tests.fakes.store import FakeStore

DAY = timedelta(days=1)


async def filled(count: int) -> FakeStore:
    store = FakeStore()
    async with store.work() as work:
        await work.activity.add(
            [
                Happening(
                    event=f"${day}", room="!r", group="sales", sender="@a:x", at=START - day * DAY, thread=f"${day}"
                )
                for day in range(count)
            ]
        )
    return store


async def test_what_is_old_is_summed_up_over_several_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    monkeypatch.setattr(module, "PAGES", 2)
    store, clock = await filled(20), FakeClock()
    errand = Keeping(store=store, clock=clock, lasts=10 * DAY)
    for left in (16, 12, 11, 11):
        await errand.go()
        assert len(store.data.activity.happenings) == left
    works = store.works
    await errand.go()
    assert store.works == works
    clock.set(clock.now() + EVERY + DAY)
    await errand.go()
    assert len(store.data.activity.happenings) == 9
    async with store.view() as view:
        assert sum(one.count for one in await view.activity.sums(0, 10**6)) == 11
