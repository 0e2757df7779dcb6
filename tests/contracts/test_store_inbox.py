"""What every store promises about the inbox: each event once, in order, until it is handled."""

import asyncio
from datetime import timedelta

import pytest

from bridge.ports.store import InboxEntry, IncomingEvent, Store
from tests.contracts.stores import OpenStore
from tests.fakes.clock import START

HOUR = timedelta(hours=1)


def events(*names: str, room: str = "!room") -> list[IncomingEvent]:
    return [IncomingEvent(f"${name}", room, f'{{"name":"{name}"}}'.encode()) for name in names]


async def waiting(store: Store, after: int = 0, limit: int = 1000) -> list[InboxEntry]:
    async with store.view() as view:
        return list(await view.inbox.waiting(after=after, limit=limit))


def names(entries: list[InboxEntry]) -> list[str]:
    return [entry.event_id for entry in entries]


async def test_accepted_events_wait_in_their_order_with_their_payload_untouched(store: Store) -> None:
    assert await store.accept("1", events("a", "b", "c"), START) == 3
    found = await waiting(store)
    assert names(found) == ["$a", "$b", "$c"]
    assert found[0].payload == b'{"name":"a"}'
    assert found[0].room_id == "!room"
    assert found[0].received_at == START
    assert found[0].attempts == 0
    assert [entry.seq for entry in found] == sorted({entry.seq for entry in found})


async def test_any_bytes_are_kept(store: Store) -> None:
    odd = IncomingEvent("$öd\n\x01'\";--", "!…", bytes(range(256)))
    await store.accept("1", [odd], START)
    [found] = await waiting(store)
    assert (found.event_id, found.room_id, found.payload) == (odd.event_id, odd.room_id, odd.payload)


async def test_a_repeated_transaction_stores_nothing(store: Store) -> None:
    await store.accept("1", events("a", "b"), START)
    assert await store.accept("1", events("a", "b"), START) == 0
    assert names(await waiting(store)) == ["$a", "$b"]


async def test_a_homeserver_that_counts_from_the_beginning_again_loses_nothing(store: Store) -> None:
    await store.accept("1", events("a"), START)
    assert await store.accept("1", events("b"), START) == 1
    assert await store.accept("1", events("b", "a", "c"), START) == 1
    assert await store.accept("1", events("c"), START) == 0
    assert names(await waiting(store)) == ["$a", "$b", "$c"]


async def test_known_events_in_a_new_transaction_are_passed_over(store: Store) -> None:
    await store.accept("1", events("a", "b"), START)
    assert await store.accept("2", events("b", "c", "a", "d"), START) == 2
    assert names(await waiting(store)) == ["$a", "$b", "$c", "$d"]


async def test_an_event_twice_in_one_transaction_counts_once(store: Store) -> None:
    assert await store.accept("1", events("a", "b", "a", "a"), START) == 2
    assert names(await waiting(store)) == ["$a", "$b"]


async def test_a_transaction_without_events_hinders_no_other(store: Store) -> None:
    assert await store.accept("1", [], START) == 0
    assert await store.accept("1", events("a"), START) == 1


async def test_handled_events_are_not_taken_again(store: Store) -> None:
    await store.accept("1", events("a"), START)
    [entry] = await waiting(store)
    async with store.work() as work:
        await work.inbox.finish([entry.seq], START)
    assert await store.accept("2", events("a"), START) == 0
    assert await waiting(store) == []


async def test_the_same_transaction_twice_at_once_is_stored_once(store: Store) -> None:
    counts = await asyncio.gather(*(store.accept("1", events("a", "b"), START) for _ in range(5)))
    assert sorted(counts) == [0, 0, 0, 0, 2]


async def test_two_stores_on_one_database_take_every_event_once(opening: OpenStore) -> None:
    first, second = await opening(), await opening()
    batches = [(str(number), events(*(str(number * 5 + i) for i in range(10)))) for number in range(20)]
    counts = await asyncio.gather(
        *(store.accept(transaction, batch, START) for transaction, batch in batches for store in (first, second))
    )
    assert sum(counts) == 105
    found = await waiting(second)
    assert len(set(names(found))) == len(found) == 105
    assert await first.accept("other", events("0", "104", "105"), START) == 1


async def test_numbers_are_never_given_twice(opening: OpenStore) -> None:
    store = await opening()
    await store.accept("1", events("a", "b"), START)
    last = (await waiting(store))[-1].seq
    async with store.work() as work:
        await work.inbox.finish([entry.seq for entry in await work.inbox.waiting(after=0, limit=10)], START)
        await work.inbox.purge(now=START + 9 * HOUR, set_aside_for=HOUR, remember_for=HOUR)
    again = await opening()
    await again.accept("2", events("c"), START + 9 * HOUR)
    assert (await waiting(again))[0].seq > last


async def test_waiting_reads_from_a_place_and_no_more_than_asked(store: Store) -> None:
    await store.accept("1", events(*"abcdef"), START)
    everything = await waiting(store)
    assert names(await waiting(store, after=everything[1].seq, limit=3)) == ["$c", "$d", "$e"]


async def test_finishing_counts_and_takes_any_set_of_numbers(store: Store) -> None:
    await store.accept("1", events(*"abcdef"), START)
    a, b, _, d, e, _ = [entry.seq for entry in await waiting(store)]
    async with store.work() as work:
        await work.inbox.finish([e, a, b, a, d, 999_999], START)
        await work.inbox.finish([], START)
    assert names(await waiting(store)) == ["$c", "$f"]
    async with store.view() as view:
        counts = await view.inbox.counts()
    assert (counts.waiting, counts.handled, counts.oldest) == (2, 4, START)


async def test_a_postponed_event_comes_back_when_it_is_due(store: Store) -> None:
    await store.accept("1", events("a", "b"), START)
    first, second = [entry.seq for entry in await waiting(store)]
    async with store.work() as work:
        await work.inbox.postpone(first, until=START + 2 * HOUR, error="boom")
        await work.inbox.postpone(second, until=START + HOUR, error="boom")
    assert await waiting(store) == []
    async with store.view() as view:
        assert await view.inbox.due(START, 10) == []
        assert names(list(await view.inbox.due(START + HOUR, 10))) == ["$b"]
        both = await view.inbox.due(START + 2 * HOUR, 10)
        assert names(list(both)) == ["$b", "$a"]
        assert names(list(await view.inbox.due(START + 2 * HOUR, 1))) == ["$b"]
        assert both[0].attempts == 1
        assert both[0].payload == b'{"name":"b"}'
        counts = await view.inbox.counts()
    assert (counts.waiting, counts.retrying, counts.oldest) == (0, 2, None)


async def test_an_event_set_aside_is_counted_until_purged(store: Store) -> None:
    await store.accept("1", events("a", "b"), START)
    first, second = [entry.seq for entry in await waiting(store)]
    async with store.work() as work:
        await work.inbox.set_aside(first, now=START, error="boom")
        await work.inbox.set_aside(second, now=START + HOUR, error="boom")
        assert await work.inbox.due(START + 9 * HOUR, 10) == []
        assert (await work.inbox.counts()).set_aside == 2
        assert await work.inbox.purge(now=START + 2 * HOUR, set_aside_for=HOUR, remember_for=9 * HOUR) == 1
        counts = await work.inbox.counts()
    assert (counts.set_aside, counts.handled) == (1, 0)


@pytest.mark.parametrize("reopened", [False, True])
async def test_forgotten_ids_are_taken_again_and_others_are_not(opening: OpenStore, reopened: bool) -> None:
    store = await opening()
    await store.accept("1", events("old"), START)
    await store.accept("2", events("young"), START + 2 * HOUR)
    async with store.work() as work:
        await work.inbox.finish([entry.seq for entry in await work.inbox.waiting(after=0, limit=10)], START)
        assert await work.inbox.purge(now=START + 2 * HOUR, set_aside_for=HOUR, remember_for=HOUR) == 1
    store = await opening() if reopened else store
    assert await store.accept("3", events("old", "young"), START + 3 * HOUR) == 1
    assert await store.accept("1", events("older"), START + 3 * HOUR) == 1


async def test_a_unit_of_work_that_fails_leaves_events_where_they_were(store: Store) -> None:
    await store.accept("1", events("a"), START)

    async def finish_and_fail() -> None:
        async with store.work() as work:
            await work.inbox.finish([entry.seq for entry in await work.inbox.waiting(after=0, limit=9)], START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await finish_and_fail()
    [entry] = await waiting(store)
    assert entry.payload == b'{"name":"a"}'
    async with store.view() as view:
        assert (await view.inbox.counts()).handled == 0


async def test_what_is_not_to_be_counted_is_not(store: Store) -> None:
    found = [IncomingEvent(f"${name}", room, b"{}") for name, room in (("a", "!one"), ("b", "!two"), ("c", "!two"))]
    await store.accept("1", found, START)
    async with store.view() as view:
        assert (await view.inbox.counts()).waiting == 3
        assert (await view.inbox.counts(lambda room: room == "!one")).waiting == 1
        assert (await view.inbox.counts(lambda _: False)).oldest is None
