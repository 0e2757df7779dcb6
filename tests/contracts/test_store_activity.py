"""What happened in rooms, in every store: once each, in whatever order it comes, and nothing of what is gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bridge.domain.activity import WEEK, Edit, Form, Happening, Kind, Post, Reacted, WeekSum
from bridge.ports.activity import Backfill, Kept
from bridge.ports.store import Store
from tests.contracts.stores import OpenStore

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
NEXT = MONDAY + timedelta(weeks=1)
ANA, LUC, EVE = "@ana:corp.example", "@luc:corp.example", "@eve:acme.example"
ROOM, OTHER = "!sales:corp.example", "!board"


def event(name: str) -> str:
    """As since room version 4."""
    return "$" + name.ljust(42, "x") + "A"


def said(name: str, *, by: str = ANA, minutes: int = 0, thread: str = "", reply: str = "", form: Form | None = None,
         kind: Kind = Kind.TEXT, room: str = ROOM, group: str = "sales") -> Happening:  # fmt: skip
    return Happening(
        event=event(name),
        room=room,
        group=group,
        sender=by,
        at=MONDAY + timedelta(minutes=minutes),
        kind=kind,
        thread=event(thread or reply or name),
        reply_to=event(reply) if reply else "",
        form=form or Form(),
    )


def reacted(name: str, to: str, *, by: str = LUC, minutes: int = 5, key: str = "👍") -> Reacted:
    at = MONDAY + timedelta(minutes=minutes)
    return Reacted(event=event(name), room=ROOM, group="sales", sender=by, at=at, to=event(to), key=key)


async def add(store: Store, *happenings: Happening, reactions: tuple[Reacted, ...] = ()) -> int:
    async with store.work() as work:
        return await work.activity.add(happenings, reactions)


async def all_of(store: Store, **chosen: list[str]) -> list[Happening]:
    async with store.view() as view:
        return list(await view.activity.between(MONDAY, NEXT, **chosen))


async def test_what_happened_is_found_again_whole_and_in_order_of_time(store: Store) -> None:
    form = Form(length=64, question=True, link=True, code=True, calls=(LUC, EVE), calls_all=True)
    later = said("later", by=LUC, minutes=9, kind=Kind.IMAGE, room=OTHER, group="board")
    first = said("first", form=form)
    old = replace(said("old"), event="$1:corp.example", thread="$1:corp.example", at=MONDAY + timedelta(minutes=3))
    odd = replace(old, event="$" + "é" * 15 + "x", thread="$1:corp.example", at=MONDAY + timedelta(minutes=4))
    assert await add(store, later, old, odd, first) == 4
    assert await all_of(store) == [first, old, odd, later]
    assert await all_of(store, groups=["board"]) == [later]
    assert await all_of(store, groups=[]) == []
    async with store.view() as view:
        assert await view.activity.between(NEXT, NEXT + timedelta(days=1)) == []
        assert await view.activity.get([first.event, event("never")]) == {first.event: first}


async def test_lengths_are_rounded(store: Store) -> None:
    await add(store, *(said(str(length), form=Form(length=length)) for length in (1, 17, 999, 70_000, 10**9)))
    kept = {one.event: one.form.length for one in await all_of(store)}
    for length in (1, 17, 999, 70_000):
        assert kept[event(str(length))] == pytest.approx(length, rel=0.1)
    assert kept[event(str(10**9))] >= 10**6


async def test_the_same_event_counts_once_however_often_it_comes(opening: OpenStore) -> None:
    one, other = await opening(), await opening()
    message, thumb = said("message"), reacted("thumb", "message")
    assert await add(one, message, message, reactions=(thumb, thumb)) == 2
    assert await add(other, message, said("new", minutes=1), reactions=(thumb,)) == 1
    assert len(await all_of(one)) == 2


async def test_a_chain_of_replies_goes_back_to_its_beginning_in_whatever_order_it_comes(store: Store) -> None:
    chain = [said("a"), said("b", by=LUC, minutes=1, reply="a"), said("c", minutes=2, reply="b", by=EVE),
             said("d", minutes=3, reply="c")]  # fmt: skip
    for one in (chain[3], chain[1], chain[2], chain[0]):
        await add(store, one)
    assert {one.thread for one in await all_of(store)} == {event("a")}
    assert [one.answered for one in await all_of(store)] == ["", ANA, LUC, EVE]
    async with store.view() as view:
        threads = await view.activity.threads([event("a"), event("b"), event("z")])
    assert [one.event for one in threads[event("a")]] == [one.event for one in chain]
    assert set(threads) == {event("a")}


async def test_a_chain_that_comes_at_once_and_backwards_is_one_thread(store: Store) -> None:
    same = [replace(said("c", reply="b"), at=MONDAY), said("b", reply="a"), said("a", thread="root")]
    await add(store, *same)
    assert {one.thread for one in await all_of(store)} == {event("root")}
    await add(store, said("root", reply="before"))
    assert {one.thread for one in await all_of(store)} == {event("before")}


async def test_who_was_answered_is_not_known_while_their_message_is_not(store: Store) -> None:
    await add(store, said("b", reply="a", thread="root"))
    (one,) = await all_of(store)
    assert (one.reply_to, one.answered, one.thread, one.begins) == (event("a"), "", event("root"), False)


async def test_what_was_taken_back_is_gone_and_does_not_come_again(store: Store) -> None:
    await add(store, said("a"), said("b", reply="a", minutes=1), reactions=(reacted("r", "a"),))
    async with store.work() as work:
        await work.activity.redact([event("a"), event("r"), event("late"), event("odd")], NEXT)
    assert await add(store, said("a"), said("late"), reactions=(reacted("r", "a"), reacted("odd", "b"))) == 0
    (left,) = await all_of(store)
    assert (left.event, left.thread, left.answered) == (event("b"), event("a"), "")
    async with store.view() as view:
        assert await view.activity.reactions(MONDAY, NEXT) == []


async def test_the_last_edit_of_the_author_counts(store: Store) -> None:
    await add(store, said("a", form=Form(length=16)))
    at = MONDAY + timedelta(hours=1)
    async with store.work() as work:
        await work.activity.revise(
            [
                Edit(event=event("a"), sender=LUC, at=at + timedelta(hours=9), form=Form(link=True)),
                Edit(event=event("a"), sender=ANA, at=at, form=Form(length=64, question=True, calls=(EVE,))),
                Edit(event=event("a"), sender=ANA, at=at - timedelta(minutes=9), form=Form(code=True)),
                Edit(event=event("never"), sender=ANA, at=at, form=Form(code=True)),
            ]
        )
    (one,) = await all_of(store)
    assert (one.edited, one.form) == (True, Form(length=64, question=True, calls=(EVE,)))


async def test_reactions_are_found_by_time_group_and_key(store: Store) -> None:
    one, star = reacted("one", "a"), reacted("two", "a", by=EVE, minutes=9, key="⭐")
    await add(store, reactions=(star, one))
    async with store.view() as view:
        assert await view.activity.reactions(MONDAY, NEXT) == [one, star]
        assert await view.activity.reactions(MONDAY, NEXT, keys=["⭐"], groups=["sales"]) == [star]
        assert await view.activity.reactions(MONDAY, star.at, groups=["sales"]) == [one]
        assert await view.activity.reactions(MONDAY, NEXT, groups=["board"]) == []


async def test_ranking_gets_what_people_wrote(store: Store) -> None:
    form = Form(length=64, question=True, code=True, calls=(EVE,))
    await add(store, said("a"), said("n", kind=Kind.NOTICE), said("b", by=LUC, minutes=1, reply="a", form=form))
    async with store.view() as view:
        first, second = await view.activity.posts(MONDAY, NEXT)
    assert first == Post(minute=said("a").minute, group="sales", thread=event("a"), sender=ANA)
    assert second == Post(minute=first.minute + 1, group="sales", thread=event("a"), sender=LUC, answers=(ANA,),
                          calls=(EVE,), length=64, question=True, code=True)  # fmt: skip


async def test_of_who_is_forgotten_nothing_is_known_and_others_keep_what_is_theirs(store: Store) -> None:
    mention = said("b", by=LUC, minutes=1, reply="a", form=Form(calls=(ANA, EVE)))
    await add(store, said("a"), mention, said("c", minutes=2), reactions=(reacted("r", "b", by=ANA, minutes=9),))
    async with store.work() as work:
        kept = await work.activity.of_user(ANA)
        assert kept == [Kept(group="sales", messages=2, reactions=1, mentions=1, first=MONDAY,
                             last=MONDAY + timedelta(minutes=9))]  # fmt: skip
        assert await work.activity.forget(ANA) == 3
        assert await work.activity.forget(ANA) == 0
    (left,) = await all_of(store)
    assert (left.sender, left.thread, left.answered, left.form.calls) == (LUC, event("a"), "", (EVE,))
    await add(store, said("again", by=ANA, minutes=7))
    assert [one.form.calls for one in await all_of(store)] == [(EVE,), ()]
    async with store.view() as view:
        at = MONDAY + timedelta(minutes=7)
        assert await view.activity.of_user(ANA) == [Kept(group="sales", messages=1, first=at, last=at)]
        assert await view.activity.of_user("@nobody:x") == []


async def test_of_what_is_old_only_sums_stay(store: Store) -> None:
    await add(store, *(said(str(number), minutes=number) for number in range(3)), said("picture", kind=Kind.IMAGE),
              said("board", room=OTHER, group="board"), reactions=(reacted("r", "1"),))  # fmt: skip
    answer = replace(said("answer", reply="0", thread="1"), at=NEXT)
    await add(store, answer)
    async with store.work() as work:
        assert await work.activity.drop_before(NEXT, limit=4) == 4
        while await work.activity.drop_before(NEXT, limit=4) == 4:
            pass
    async with store.view() as view:
        assert await view.activity.between(MONDAY, NEXT) == []
        assert await view.activity.reactions(MONDAY, NEXT) == []
        sums = await view.activity.sums(0, 10**6)
        assert await view.activity.sums(0, 10**6, groups=["sales"]) == sums[1:]
        assert await view.activity.sums(0, sums[0].week - 1) == []
        assert await view.activity.between(NEXT, NEXT + timedelta(1)) == [answer]
    assert [(one.group, one.kind, one.count) for one in sums] == [
        ("board", Kind.TEXT, 1), ("sales", Kind.IMAGE, 1), ("sales", Kind.TEXT, 3),
    ]  # fmt: skip
    assert sums[0] == WeekSum(week=said("a").minute // WEEK, group="board", kind=Kind.TEXT, count=1)


async def test_how_far_a_past_was_read_is_kept_with_what_was_read(store: Store) -> None:
    begun = Backfill(room=ROOM, group="sales", begun=MONDAY)
    other = Backfill(room=OTHER, group="board", begun=MONDAY - timedelta(days=1), over="end")
    further = replace(begun, asker=ANA, token="t-1", count=40, reached=MONDAY - timedelta(days=9))
    async with store.work() as work:
        await work.activity.put_backfill(begun)
        await work.activity.put_backfill(other)
        await work.activity.put_backfill(further)
    async with store.view() as view:
        assert await view.activity.backfills() == [other, further]
        assert await view.activity.backfill(ROOM) == further
        assert await view.activity.backfill("!never") is None
