"""Digests in every store: what readers chose, what was sent of which week, what they thought of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bridge.domain.sending import (
    Because,
    Choices,
    Delivery,
    Opinion,
    Sending,
    Shown,
    beside,
    group_of,
    room_reader,
)
from bridge.ports.store import Store

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
CLAIRE, BOB = "@claire:corp.example", "@bob:corp.example"
SHOWN = Shown(number=1, kind="thread", group="ventes-é", about="$root", why="people", near=(BOB,), by=BOB, writers=2)
CHOICES = Choices(
    reader=CLAIRE, on=True, weekday=4, hour=16, length=3, mail=True, muted=frozenset({"ventes-é", "it"}), since=NOW
)
CLAIM = Delivery(
    reader=CLAIRE,
    week="2026-W47",
    ends=date(2026, 11, 23),
    state=Sending.CLAIMED,
    at=NOW,
    holder="one",
    until=NOW + timedelta(minutes=5),
    openly=Sending.SKIPPED,
    room="!dm",
    events=("$a", "$b"),
    items=(SHOWN, replace(SHOWN, number=2, about="$other")),
)
OPINION = Opinion(
    reader=CLAIRE, week="2026-W47", number=1, liked=False, kind="thread", group="it", at=NOW, whole=True, event="$tap"
)


async def test_what_readers_chose_is_found_again_whole(store: Store) -> None:
    room = Choices(reader=room_reader("it"), on=True)
    async with store.work() as work:
        await work.digests.put_choices(room)
        await work.digests.put_choices(replace(CHOICES, on=False))
        await work.digests.put_choices(CHOICES)
    async with store.view() as view:
        assert await view.digests.choices(CLAIRE) == CHOICES
        assert await view.digests.choices(BOB) is None
        assert list(await view.digests.all_choices()) == [CLAIRE, room.reader]
    assert (group_of(room.reader), group_of(CLAIRE)) == ("it", None)


async def test_a_reader_and_a_week_are_held_by_one_until_its_time_is_over(store: Store) -> None:
    other = replace(CLAIM, holder="two", until=NOW + timedelta(minutes=9), items=())
    async with store.work() as work:
        assert await work.digests.claim(CLAIM, now=NOW) == CLAIM
        assert await work.digests.claim(other, now=NOW + timedelta(minutes=4)) is None
        assert await work.digests.abandoned(NOW + timedelta(minutes=4), 10) == []
        assert await work.digests.abandoned(NOW + timedelta(minutes=5), 10) == [CLAIM]
        taken = await work.digests.claim(other, now=NOW + timedelta(minutes=5))
    assert taken == replace(CLAIM, holder="two", until=other.until), "what was chosen before stays"


async def test_whoever_holds_a_claim_may_take_it_again(store: Store) -> None:
    longer = replace(CLAIM, until=NOW + timedelta(minutes=9), items=())
    async with store.work() as work:
        await work.digests.claim(CLAIM, now=NOW)
        assert await work.digests.claim(longer, now=NOW) == replace(CLAIM, until=longer.until)


@pytest.mark.parametrize("state", [Sending.SENT, Sending.SKIPPED, Sending.FAILED])
async def test_what_is_concluded_is_never_taken_again(store: Store, state: Sending) -> None:
    concluded = replace(CLAIM, state=state, because=Because.LATE, heard=True)
    async with store.work() as work:
        await work.digests.put(concluded)
        assert await work.digests.claim(CLAIM, now=NOW + timedelta(days=9)) is None
        assert await work.digests.abandoned(NOW + timedelta(days=9), 10) == []
        assert await work.digests.delivery(CLAIRE, "2026-W47") == concluded
        assert await work.digests.claim(replace(CLAIM, week="2026-W48"), now=NOW) is not None


async def test_deliveries_are_found_by_reader_and_by_week(store: Store) -> None:
    sent = replace(CLAIM, state=Sending.SENT)
    later, bobs = replace(sent, week="2026-W48", items=(SHOWN,)), replace(CLAIM, reader=BOB)
    async with store.work() as work:
        for one in (sent, later, bobs):
            await work.digests.put(one)
    async with store.view() as view:
        assert await view.digests.of_reader(CLAIRE) == [later]
        assert await view.digests.of_reader(CLAIRE, 9) == [later, sent]
        assert await view.digests.of_week("2026-W47") == [bobs, sent]
        assert await view.digests.begun("2026-W47", [CLAIRE, BOB, "@eve:x"]) == {CLAIRE, BOB}
        assert await view.digests.begun("2026-W48", [CLAIRE, BOB]) == {CLAIRE}
        assert await view.digests.begun("2026-W49", [CLAIRE, BOB]) == frozenset()


async def test_what_somebody_asked_for_is_found_beside_the_weekly_ones(store: Store) -> None:
    sent = replace(CLAIM, state=Sending.SENT)
    first = replace(sent, week=beside(sent.week, "$one"))
    second = replace(sent, week=beside(sent.week, "$two"), at=sent.at + timedelta(minutes=1))
    async with store.work() as work:
        for one in (first, sent, second, replace(second, reader=BOB)):
            await work.digests.put(one)
        assert await work.digests.of_reader(CLAIRE, 9) == [sent]
        assert await work.digests.asked_for(CLAIRE) == [second, first]
        assert await work.digests.of_week(sent.week) == [sent]
        assert await work.digests.drop_before("2026-W48", opinions="2026-W48") == 4


async def test_the_latest_opinion_of_an_item_counts_until_it_is_taken_back(store: Store) -> None:
    other = replace(OPINION, number=2, liked=True, at=NOW + timedelta(hours=1))
    again = replace(OPINION, liked=True, at=NOW + timedelta(hours=2))
    async with store.work() as work:
        for one in (OPINION, other, again, replace(OPINION, reader=BOB)):
            await work.digests.put_opinion(one)
    async with store.work() as work:
        assert await work.digests.opinions([CLAIRE, "@eve:x"]) == {CLAIRE: [other, again]}
        await work.digests.take_back(CLAIRE, "2026-W47", 1)
        await work.digests.take_back(CLAIRE, "2026-W47", 7)
        assert await work.digests.opinions([CLAIRE]) == {CLAIRE: [other]}


async def test_a_reader_is_forgotten_altogether(store: Store) -> None:
    async with store.work() as work:
        await work.digests.put_choices(CHOICES)
        await work.digests.put_opinion(OPINION)
        for one in (CLAIM, replace(CLAIM, week="2026-W48"), replace(CLAIM, reader=BOB)):
            await work.digests.put(one)
    async with store.work() as work:
        assert await work.digests.forget(CLAIRE) == 2
        assert await work.digests.forget(CLAIRE) == 0
        assert await work.digests.choices(CLAIRE) is None
        assert await work.digests.opinions([CLAIRE]) == {}
        assert [one.reader for one in await work.digests.of_week("2026-W47")] == [BOB]


async def test_whoever_is_forgotten_is_named_in_no_item_of_others(store: Store) -> None:
    named = replace(SHOWN, near=(CLAIRE, BOB), by=CLAIRE, people=(CLAIRE,), marked_by=(BOB, CLAIRE))
    async with store.work() as work:
        await work.digests.put(replace(CLAIM, reader=BOB, items=(named, SHOWN)))
    async with store.work() as work:
        assert await work.digests.forget(CLAIRE) == 0
        found = await work.digests.delivery(BOB, CLAIM.week)
    assert found is not None
    assert found.items == (replace(SHOWN, by="", near=(BOB,), marked_by=(BOB,)), SHOWN)


async def test_old_weeks_are_dropped_with_what_was_thought_of_them(store: Store) -> None:
    async with store.work() as work:
        await work.digests.put_choices(CHOICES)
        for week in ("2025-W52", "2026-W47"):
            await work.digests.put(replace(CLAIM, week=week))
            await work.digests.put_opinion(replace(OPINION, week=week))
    async with store.work() as work:
        assert await work.digests.drop_before("2026-W48", opinions="2026-W01") == 2
        assert await work.digests.of_reader(CLAIRE, 9) == []
        assert [one.week for one in (await work.digests.opinions([CLAIRE]))[CLAIRE]] == ["2026-W47"]
        assert await work.digests.choices(CLAIRE) == CHOICES
