"""What every store promises about what waits for somebody's answer."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bridge.ports.pending import Pending
from bridge.ports.store import Store
from tests.contracts.stores import OpenStore
from tests.fakes.clock import START

HOUR = timedelta(hours=1)


def item(key: str, kind: str = "join", *, lasts: timedelta = HOUR) -> Pending:
    return Pending(
        key=key,
        kind=kind,
        asker="@ann:corp.test",
        room_id="!room:corp.test",
        document={"group": "sales", "reasons": ["é", None, 3]},
        created_at=START,
        expires_at=START + lasts,
    )


async def test_what_is_put_waits_and_what_is_put_again_is_what_was_stored(store: Store) -> None:
    async with store.work() as work:
        assert await work.pending.put(item("a")) == item("a")
        assert await work.pending.put(replace(item("a"), document={"group": "other"})) == item("a")
    async with store.view() as view:
        assert await view.pending.get("a") == item("a")
        assert await view.pending.get("b") is None


async def test_items_are_listed_answered_or_not_and_removed_by_their_keys(store: Store) -> None:
    async with store.work() as work:
        for key in "cab":
            await work.pending.put(item(key))
        await work.pending.settle("a", "yes", START)
        await work.pending.attach("c", "$c")
        assert [one.key for one in await work.pending.all()] == ["c", "a", "b"]
        assert await work.pending.remove(["c", "a", "x"]) == 2
        assert [one.key for one in await work.pending.all()] == ["b"]
        assert await work.pending.by_event("$c") is None
        assert await work.pending.remove([]) == 0


async def test_the_first_answer_settles_and_no_other(store: Store) -> None:
    async with store.work() as work:
        await work.pending.put(item("a"))
        assert await work.pending.settle("a", "yes $tap", START + HOUR)
        assert not await work.pending.settle("a", "no", START + 2 * HOUR)
        assert not await work.pending.settle("unknown", "yes", START)
    async with store.work() as work:
        answered = replace(item("a"), settled_at=START + HOUR, outcome="yes $tap")
        assert await work.pending.get("a") == await work.pending.put(item("a")) == answered
        assert answered.settled


async def test_two_who_answer_at_once_are_not_both_first(opening: OpenStore) -> None:
    first, second = await opening(), await opening()
    async with first.work() as work:
        await work.pending.put(item("a"))

    async def answer(store: Store, outcome: str) -> bool:
        async with store.work() as work:
            return await work.pending.settle("a", outcome, START)

    assert sorted(await asyncio.gather(answer(first, "yes"), answer(second, "no"))) == [False, True]


async def test_several_events_may_show_an_item_and_each_shows_one(store: Store) -> None:
    async with store.work() as work:
        for key in ("a", "b"):
            await work.pending.put(item(key))
        await work.pending.attach("a", "$2", room_id="!ann:corp.test")
        await work.pending.attach("a", "$1", room_id="!bob:corp.test")
        await work.pending.attach("b", "$3")
        await work.pending.attach("b", "$1", room_id="!other:corp.test")
        await work.pending.attach("unknown", "$4")
    async with store.view() as view:
        assert await view.pending.by_event("$1") == await view.pending.by_event("$2") == item("a")
        assert await view.pending.by_event("$4") is None
        assert list((await view.pending.shown("a")).items()) == [("$2", "!ann:corp.test"), ("$1", "!bob:corp.test")]
        assert await view.pending.shown("b") == {"$3": ""}
        assert await view.pending.shown("unknown") == {}


async def test_open_items_are_listed_by_kind_and_in_order(store: Store) -> None:
    async with store.work() as work:
        for one in (item("c"), item("a", "consent"), item("b"), item("d")):
            await work.pending.put(one)
        await work.pending.settle("b", "no", START)
        assert list(await work.pending.open()) == [item("c"), item("a", "consent"), item("d")]
        assert list(await work.pending.open("join")) == [item("c"), item("d")]
        assert list(await work.pending.open("other")) == []


async def test_what_expired_unanswered_is_found(store: Store) -> None:
    async with store.work() as work:
        for one in (item("late"), item("soon", lasts=HOUR / 2), item("answered", lasts=HOUR / 2)):
            await work.pending.put(one)
        await work.pending.settle("answered", "no", START)
        assert list(await work.pending.expired(START + HOUR / 2 - timedelta(seconds=1))) == []
        assert list(await work.pending.expired(START + HOUR / 2)) == [item("soon", lasts=HOUR / 2)]
        assert [one.key for one in await work.pending.expired(START + HOUR)] == ["late", "soon"]


async def test_old_answers_and_questions_that_nobody_answered_are_forgotten(store: Store) -> None:
    async with store.work() as work:
        for one in (item("answered", lasts=9 * HOUR), item("over"), item("waiting", lasts=9 * HOUR)):
            await work.pending.put(one)
            await work.pending.attach(one.key, f"${one.key}")
        await work.pending.settle("answered", "yes", START)
        assert await work.pending.purge(START) == 0
        assert await work.pending.purge(START + 2 * HOUR) == 2
        assert list(await work.pending.open()) == [item("waiting", lasts=9 * HOUR)]
        assert await work.pending.by_event("$waiting") == item("waiting", lasts=9 * HOUR)
        assert await work.pending.by_event("$answered") is None
        assert await work.pending.put(item("answered")) == item("answered")
        assert await work.pending.by_event("$answered") is None
