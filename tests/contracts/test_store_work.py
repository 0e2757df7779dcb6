"""What every store promises about units of work: everything or nothing, one at a time, readers undisturbed."""

import asyncio

import pytest

from bridge.domain.errors import StoreError
from bridge.domain.rooms import group_room
from bridge.ports.store import Store
from tests.contracts.stores import OpenStore

WHO = "@ann:corp.test"


async def value(store: Store, key: str = "n") -> str | None:
    async with store.view() as view:
        return await view.preferences.get(WHO, key)


async def put(store: Store, text: str, key: str = "n") -> None:
    async with store.work() as work:
        await work.preferences.put(WHO, key, text)


async def test_a_unit_of_work_is_saved_when_its_block_ends(opening: OpenStore) -> None:
    await put(await opening(), "1")
    assert await value(await opening()) == "1"


async def test_a_unit_of_work_is_undone_when_its_block_raises(store: Store) -> None:
    await put(store, "1")

    async def put_and_fail() -> None:
        async with store.work() as work:
            await work.preferences.put(WHO, "n", "2")
            assert await work.preferences.get(WHO, "n") == "2"
            raise LookupError

    with pytest.raises(LookupError):
        await put_and_fail()
    assert await value(store) == "1"


async def test_a_cancelled_unit_of_work_is_undone_and_lets_the_next_one_in(store: Store) -> None:
    inside = asyncio.Event()

    async def never_ending() -> None:
        async with store.work() as work:
            await work.preferences.put(WHO, "n", "lost")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ending())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await value(store) is None
    await put(store, "1")
    assert await value(store) == "1"


async def test_units_of_work_that_wait_their_turn_can_be_cancelled(store: Store) -> None:
    async with store.work():
        waiting = [asyncio.create_task(put(store, "no")) for _ in range(3)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
    assert [str(result) for result in await asyncio.gather(*waiting, return_exceptions=True)] == ["", "", ""]
    await put(store, "1")
    assert await value(store) == "1"


async def test_reading_and_writing_back_at_the_same_time_loses_nothing(opening: OpenStore) -> None:
    stores = [await opening(), await opening()]
    await put(stores[0], "0")

    async def count_up(store: Store) -> None:
        for _ in range(10):
            async with store.work() as work:
                await work.preferences.put(WHO, "n", str(int(await work.preferences.get(WHO, "n") or "") + 1))

    await asyncio.gather(*(count_up(store) for store in stores for _ in range(3)))
    assert await value(stores[0]) == "60"


async def test_a_view_stays_as_it_was_while_others_write(opening: OpenStore) -> None:
    store, other = await opening(), await opening()
    await put(store, "1")
    async with store.view() as view:
        assert await view.preferences.get(WHO, "n") == "1"
        await put(store, "2")
        await put(other, "3")
        assert await view.preferences.get(WHO, "n") == "1"
    assert await value(store) == "3"


async def test_what_is_not_saved_yet_is_seen_by_nobody_else(store: Store) -> None:
    async with store.work() as work:
        await work.preferences.put(WHO, "n", "1")
        assert await value(store) is None
    assert await value(store) == "1"


async def test_writing_through_a_view_is_an_error_and_writes_nothing(store: Store) -> None:
    async def write() -> None:
        async with store.view() as view:
            await view.preferences.put(WHO, "n", "1")

    with pytest.raises(StoreError, match="read-only"):
        await write()
    assert await value(store) is None


async def test_many_views_are_open_at_once(store: Store) -> None:
    await put(store, "1")
    assert await asyncio.gather(*(value(store) for _ in range(30))) == ["1"] * 30


async def test_the_store_works_on_after_an_error_inside_a_unit_of_work(store: Store) -> None:
    async def bind_the_unknown() -> None:
        async with store.work() as work:
            await work.preferences.put(WHO, "n", "1")
            await work.rooms.told(group_room("unknown"), "x")

    with pytest.raises(StoreError):
        await bind_the_unknown()
    assert await value(store) is None
    await put(store, "2")
    assert await value(store) == "2"
