"""Applying on somebody's behalf: it outlives whoever waits for it, and is never begun twice for one command."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.domain.directory import Directory
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Text, say
from bridge.domain.policy import Terms
from bridge.domain.problems import Problem, Spot
from bridge.domain.viewers import COMMAND_LINE, alone
from tests.services.household import Household, household
from tests.world import directory, group, user


def company() -> Household:
    return household(directory(group("sales").public().owners("claire").members("claire", "luc")))


async def test_an_application_goes_on_when_its_event_runs_out_of_time_and_the_repeated_event_finds_it() -> None:
    house = company()
    shown = await house.plans.show(COMMAND_LINE)
    assert shown is not None
    waiting = asyncio.create_task(house.plans.apply(shown, actor="@ines:corp.example", origin="$command"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    result = await house.plans.under_way("$command")
    assert result is not None
    assert result.complete
    assert await house.plans.under_way("$command") is None
    earlier = await house.plans.earlier("$command")
    assert earlier is not None
    assert earlier.finished_at is not None
    assert (await house.reconciler.look()).plan.empty


async def test_stopping_leaves_it_as_a_crash_would_and_the_next_look_finishes() -> None:
    house = company()
    shown = await house.plans.show(COMMAND_LINE)
    assert shown is not None
    waiting = asyncio.create_task(house.plans.apply(shown, actor="@ines:corp.example", origin="$command"))
    await asyncio.sleep(0)
    await house.plans.stop()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    house.start()
    await house.settle()
    assert (await house.reconciler.look()).plan.empty


async def test_what_was_applied_from_a_reading_stays_when_the_next_one_fails() -> None:
    house = company()
    await house.settle()
    house.source.directory = directory(group("sales").public().owners("claire").members("claire"))
    shown = await house.plans.show(COMMAND_LINE, keep=True)
    assert shown is not None
    await house.plans.apply(shown, actor="@ines:corp.example", origin="$command")
    house.source.error = ParvisError(say("The directory has no people."), kind=ErrorKind.USAGE)
    assert (await house.reconciler.look()).plan.empty


async def test_a_plan_says_that_the_directory_answered_with_nobody() -> None:
    house = company()
    await house.settle()
    house.source.directory = Directory({}, {}, {})
    shown = await house.plans.show(COMMAND_LINE)
    assert shown is not None
    assert shown.plan.empty
    assert [one.kind for one in shown.findings] == ["directory-empty"]


async def test_a_plan_says_that_many_people_are_gone_and_not_believed_to_be() -> None:
    staff = [f"p{number}" for number in range(10)]
    house = household(directory(group("sales").public().owners("claire").members(*staff)))
    await house.settle()
    house.source.directory = directory(group("sales").public().owners("claire"))
    shown = await house.plans.show(COMMAND_LINE, keep=True)
    assert shown is not None
    assert shown.plan.empty
    assert [one.kind for one in shown.findings] == ["people-doubted"]


async def test_a_plan_says_that_a_first_load_is_under_way() -> None:
    house = household(Directory({}, {}, {}))
    house.source.early = (Problem(Spot("SCIM"), say("The first load is under way."), warning=True),)
    shown = await house.plans.show(COMMAND_LINE, keep=True)
    assert shown is not None
    assert [str(one.text) for one in shown.findings] == ["The first load is under way."]


async def test_whose_members_are_not_believed_to_be_gone_is_told_to_whoever_may_know_the_group() -> None:
    staff = ("ann", "bob", "cleo", "dora")
    before = directory(group("sales").owners("ines").members(*staff), group("deal").hidden().members(*staff))
    house = household(before)
    await house.settle()
    emptied = {id_: replace(one, members=()) for id_, one in before.groups.items()}
    house.source.directory = replace(before, groups=emptied)
    told = {}
    for viewer in (COMMAND_LINE, alone(user("ines"))):
        shown = await house.plans.show(viewer)
        assert shown is not None
        told[viewer.asker] = {one.group for one in shown.findings}
    assert told == {COMMAND_LINE.asker: {"sales", "deal"}, user("ines"): {"sales"}}


async def test_what_files_say_anew_and_changes_no_room_counts_before_the_plan_is_answered() -> None:
    house = company()
    house.watch.every = timedelta(hours=1)
    await house.watch.look()

    async def counts_after_a_plan() -> bool:
        assert await house.plans.show(COMMAND_LINE)
        return house.world is not None and house.world.facts.directory.people == house.source.directory.people

    people = house.source.directory.people
    for name in ("Claire Blanc", "Claire Noir"):
        married = {**people, "claire": replace(people["claire"], name=name)}
        house.source.directory = replace(house.source.directory, people=married)
        assert await counts_after_a_plan()
        assert (await house.reconciler.glance(read=False)).facts.directory.people == married, "a restart knows it too"
    terms = {"network": Terms(version="1", text=Text.same("Keep it"))}
    house.source.directory = replace(house.source.directory, terms=terms)
    assert await counts_after_a_plan()
    assert house.world is not None
    assert house.world.edition == (await house.reconciler.glance()).edition, "terms, too"
    house.source.directory = directory(group("sales").public().owners("claire").members("claire", "luc", "ann"))
    assert not await counts_after_a_plan(), "what changes rooms is only shown"
