"""How many rooms change at once: the arithmetic, and that it holds for rooms."""

import asyncio

import pytest

from bridge.adapters.matrix.answers import Fate
from bridge.services.applying import pace as module
from bridge.services.applying.pace import WINDOW, Pace
from bridge.services.applying.slots import Slots


def hear(pace: Pace, seconds: float, *, times: int = WINDOW, verb: str = "invite", outcome: str = "ok") -> int:
    """The width after so many answers."""
    for _ in range(times):
        pace.heard(verb, outcome, seconds)
    return pace.width


def test_it_begins_with_two_and_grows_by_one_with_each_window_of_quiet_answers_up_to_its_limit() -> None:
    pace = Pace()
    assert pace.width == 2
    assert [hear(pace, 0.1) for _ in range(4)] == [3, 4, 4, 4]


def test_where_only_one_is_allowed_it_stays_at_one() -> None:
    assert hear(Pace(1), 0.1, times=100) == 1
    assert hear(Pace(0), 0.1, times=100) == 1


def test_when_answers_take_much_longer_than_at_best_it_shrinks_to_one_and_comes_back_with_them() -> None:
    pace = Pace()
    hear(pace, 0.1, times=3 * WINDOW)
    assert [hear(pace, 0.5) for _ in range(4)] == [3, 2, 1, 1]
    assert [hear(pace, 0.12) for _ in range(2)] == [2, 3]


def test_what_grows_as_concurrency_lets_it_grow_is_no_reason_to_shrink() -> None:
    pace = Pace()
    hear(pace, 0.049)
    assert hear(pace, 0.150, times=10 * WINDOW) == 4


def test_when_some_answers_are_slow_and_most_are_not_it_stays_where_it_is() -> None:
    pace = Pace(4, start=3)
    pace.heard("invite", "ok", 0.1)
    for number in range(4 * WINDOW):
        pace.heard("invite", "ok", 0.1 if number % 3 else 0.9)
    assert pace.width == 3


def test_kinds_of_calls_are_compared_with_their_own_like() -> None:
    pace = Pace()
    for _ in range(WINDOW):
        hear(pace, 0.06, times=1, verb="read state")
        hear(pace, 0.6, times=1, verb="create room")
    assert pace.width == 4


def test_what_takes_hardly_any_time_is_never_slow() -> None:
    pace = Pace()
    hear(pace, 0.001)
    assert hear(pace, 0.04, times=10 * WINDOW) == 4


def test_a_limit_halves_it_and_a_burst_of_them_counts_once() -> None:
    pace = Pace(8, start=8)
    assert hear(pace, 0.01, outcome="limited", times=8) == 4
    assert hear(pace, 0.01, outcome="limited", times=1) == 2
    assert hear(pace, 0.01, outcome="limited", times=20) == 1
    assert hear(pace, 0.1) == 2


def test_a_homeserver_in_trouble_is_asked_less_and_a_refusal_says_nothing() -> None:
    pace = Pace(4, start=4)
    assert hear(pace, 1.0, outcome="refused", times=5 * WINDOW) == 4
    assert hear(pace, 1.0, outcome="failed") == 3


def test_a_homeserver_that_has_become_slower_for_good_is_used_fully_again_in_the_end() -> None:
    pace = Pace()
    hear(pace, 0.1)
    assert hear(pace, 0.5, times=5 * WINDOW) == 1
    assert hear(pace, 0.5, times=2000) == 4


def test_it_knows_the_outcomes_by_the_names_that_calls_give_them() -> None:
    names = {fate.name.lower() for fate in Fate}
    assert module.LIMITED in names
    assert names > module.TROUBLE


async def test_as_many_are_let_in_as_the_pace_says_at_the_moment() -> None:
    pace = Pace(3, start=1)
    slots, most, inside = Slots(pace), 0, 0

    async def visit(number: int) -> None:
        nonlocal most, inside
        async with slots.one():
            inside += 1
            most = max(most, inside)
            if number == 9:
                pace.width = 3
            await asyncio.sleep(0)
            inside -= 1
            assert most <= pace.width

    await asyncio.gather(*(visit(number) for number in range(10)))
    assert (most, inside) == (1, 0)
    await asyncio.gather(*(visit(number) for number in range(20)))
    assert most == 3


async def test_who_gives_up_waiting_takes_no_place_with_them() -> None:
    slots = Slots(Pace(1))
    entered = asyncio.Event()

    async def visit() -> None:
        async with slots.one():
            entered.set()
            await asyncio.Event().wait()

    first = asyncio.create_task(visit())
    await entered.wait()
    entered.clear()
    second, third = asyncio.create_task(visit()), asyncio.create_task(visit())
    await asyncio.sleep(0)
    first.cancel()
    second.cancel()
    async with asyncio.timeout(5):
        await entered.wait()
    third.cancel()
    with pytest.raises(asyncio.CancelledError):
        await third
    async with asyncio.timeout(5), slots.one():
        pass
