"""Invitations to hidden groups come one by one, each at a moment that outlives every restart."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import pytest

from bridge.domain.directory import Directory
from bridge.domain.viewers import COMMAND_LINE, alone
from bridge.planning.showing import as_json
from bridge.services.showing import plan_document
from bridge.services.spreading import SPREAD, drawn
from bridge.services.why import explain, explanation_document
from tests.fakes.clock import START
from tests.services.household import Household, Killed, household
from tests.world import directory, group, user

HALF: Final = timedelta(minutes=30)
PEOPLE: Final = ("bob", "eve", "luc", "zoe")


def company(*members: str, people: tuple[str, ...] = PEOPLE) -> Directory:
    return directory(
        group("comex").hidden().owners("ann").members("ann", *members),
        group("deal").owners("ann").members("ann", "bob"),
        people=people,
    )


def house_of(*members: str, spread: timedelta = HALF) -> Household:
    return household(company(*members), admins=frozenset({user("ann"), user("ines")}), spread=spread)


def invited(house: Household) -> set[str]:
    return set(house.members("comex"))


async def moments(house: Household) -> dict[str, datetime]:
    async with house.store.view() as view:
        return {who: at for (_, who), at in drawn(await view.pending.open(SPREAD)).items()}


async def test_the_owner_is_invited_at_once_and_the_others_at_their_moments_within_the_time() -> None:
    house = house_of(*PEOPLE)
    await house.settle()
    assert invited(house) == {user("ann")}
    assert set(house.members("deal")) == {user("ann"), user("bob")}
    kept = await moments(house)
    assert kept.keys() == {user(who) for who in PEOPLE}
    assert len(set(kept.values())) == len(PEOPLE)
    assert all(START <= at <= house.clock.now() + HALF for at in kept.values())
    for at in sorted(kept.values()):
        house.clock.set(at - timedelta(seconds=1))
        await house.settle()
        assert invited(house) == {user("ann"), *(who for who, its in kept.items() if its < at)}
        house.clock.set(at)
        await house.settle()
        assert invited(house) == {user("ann"), *(who for who, its in kept.items() if its <= at)}
    await house.settle()
    assert await moments(house) == {}


@pytest.mark.slow
async def test_moments_survive_a_death_at_any_step_and_everybody_is_invited_in_time() -> None:
    undisturbed = house_of(*PEOPLE)
    await undisturbed.settle()
    steps = undisturbed.fuse.steps
    for step in range(1, steps + 1):
        house = house_of(*PEOPLE)
        house.fuse.at = step
        with suppress(Killed, BaseExceptionGroup):
            await house.settle()
        house.start()
        before = await moments(house)
        house.clock.set(house.clock.now() + timedelta(minutes=1))
        await house.settle()
        now = await moments(house)
        assert {who: at for who, at in now.items() if who in before}.items() <= before.items(), step
        house.clock.set(START + timedelta(hours=2))
        await house.settle()
        assert invited(house) == {user(who) for who in ("ann", *PEOPLE)}, step


async def test_the_watch_looks_again_when_the_next_turn_comes() -> None:
    house = house_of(*PEOPLE)
    house.watch.every = timedelta(days=1)
    house.watch.__post_init__()
    assert await house.watch.look(verify=True)
    first = min((await moments(house)).values())
    assert house.watch.patience == pytest.approx((first - house.clock.now()).total_seconds())


async def test_whoever_is_taken_out_before_their_turn_is_never_invited_and_removals_do_not_wait() -> None:
    house = house_of("bob", "eve")
    await house.settle()
    kept = await moments(house)
    first, second = sorted(kept, key=lambda who: kept[who])
    house.clock.set(kept[first])
    await house.settle()
    assert invited(house) == {user("ann"), first}
    house.source.directory = company()
    await house.settle()
    assert invited(house) == {user("ann")}
    house.clock.set(START + timedelta(hours=2))
    await house.settle()
    assert invited(house) == {user("ann")}
    assert second not in await moments(house)


async def test_those_who_may_know_are_told_when_and_nobody_else_anything() -> None:
    house = house_of("bob")
    await house.settle()
    [at] = (await moments(house)).values()
    for viewer, told in ((COMMAND_LINE, True), (alone(user("ann")), True), (alone(user("ines")), False)):
        shown = await house.plans.show(viewer)
        assert shown is not None
        assert [one.by for one in shown.plan.later] == ([at] if told else [])
        text = str(plan_document(shown.plan, shown.world.facts, apply="!apply", at_once="!apply --now"))
        assert ("Invited later" in text, "!apply --now" in text) == (told, told)
        script = as_json(shown.plan, shown.world.room_ids(), str)
        assert ("later" in script) == told
        assert not script["actions"]


async def test_asked_to_the_plan_invites_at_once_and_forgets_the_moments() -> None:
    house = house_of(*PEOPLE)
    await house.settle()
    shown = await house.plans.show(COMMAND_LINE, keep=True, at_once=True)
    assert shown is not None
    assert not list(shown.plan.later)
    await house.plans.apply(shown, actor=user("ann"), origin="$now")
    assert invited(house) == {user(who) for who in ("ann", *PEOPLE)}
    await house.settle()
    assert await moments(house) == {}


async def test_who_asks_for_their_own_invitation_does_not_wait() -> None:
    house = house_of("bob", "eve")
    await house.settle()
    asked = await house.requests.join(alone(user("bob")), "comex", reason="", origin="$join")
    assert asked is not None
    await house.settle()
    assert invited(house) == {user("ann"), user("bob")}


async def test_why_says_when_somebody_is_invited() -> None:
    house = house_of("bob")
    world = await house.settle()
    access = house.society.gate(world)
    told = await explain(house.store, world, access, alone(user("bob")), user=user("bob"), group="comex")
    assert told is not None
    [at] = (await moments(house)).values()
    assert told.later == at
    assert told.remedies == ()
    assert "spread in time" in str(explanation_document(told))


async def test_switched_off_everybody_comes_at_once_and_nothing_is_kept() -> None:
    house = house_of(*PEOPLE, spread=timedelta())
    await house.settle()
    assert invited(house) == {user(who) for who in ("ann", *PEOPLE)}
    assert await moments(house) == {}


async def test_where_nothing_is_hidden_nothing_is_kept() -> None:
    house = household(directory(group("deal").owners("ann").members("ann", "bob")), spread=HALF)
    await house.settle()
    assert set(house.members("deal")) == {user("ann"), user("bob")}
    async with house.store.view() as view:
        assert not await view.pending.open(SPREAD)
