"""Rooms whose alias changes keep the earlier one for a while, whoever dies over it; then it goes."""

from contextlib import suppress
from datetime import timedelta

import pytest

from bridge.domain.directory import Directory
from bridge.domain.viewers import COMMAND_LINE
from bridge.services.earlier import EARLIER, KEPT_FOR
from tests.services.household import Household, Killed, household
from tests.world import SERVER, directory, group, user

OLD, NEW, THIRD = (f"#{prefix}news:{SERVER}" for prefix in ("grp_", "g_", "team_"))


def company() -> Directory:
    return directory(group("news").listed().owners("claire").members("claire"))


async def listed(*, joins_directly: bool = False) -> Household:
    """A company whose listed group has its room."""
    house = household(company(), joins_directly=joins_directly)
    await settled(house)
    assert aliases(house) == {OLD}
    return house


def begins(house: Household, prefix: str) -> None:
    """The bridge is started anew and told how aliases begin; its registration keeps what it reserved before."""
    house.aliases = prefix
    house.homeserver.synapse.reserved.add(f"#{prefix}")
    house.start()


async def settled(house: Household) -> None:
    """Twice, so that what the first pass brings about is seen by another."""
    for _ in range(2):
        await house.settle()
    assert (await house.reconciler.look(verify=True)).plan.empty


async def later(house: Household, by: timedelta) -> None:
    house.clock.set(house.clock.now() + by)
    await settled(house)


def aliases(house: Household) -> set[str]:
    """What leads to the room."""
    room = house.room("news")
    return {alias for alias, (target, _) in house.homeserver.synapse.aliases.items() if target == room}


def called(house: Household) -> tuple[str | None, list[str]]:
    """What the room calls itself."""
    content = house.homeserver.synapse.rooms[house.room("news")].content("m.room.canonical_alias")
    return content.get("alias"), content.get("alt_aliases", [])


async def test_the_earlier_alias_stays_beside_the_new_one_until_its_time_is_over() -> None:
    house = await listed()
    begins(house, "g_")
    await settled(house)
    assert (aliases(house), called(house)) == ({OLD, NEW}, (NEW, [OLD]))
    await later(house, KEPT_FOR - timedelta(hours=1))
    assert (aliases(house), called(house)) == ({OLD, NEW}, (NEW, [OLD]))
    await later(house, timedelta(hours=2))
    assert (aliases(house), called(house)) == ({NEW}, (NEW, []))
    async with house.store.view() as view:
        assert not await view.pending.open(EARLIER)


async def test_each_earlier_alias_has_its_own_time_and_one_that_is_the_main_one_again_has_none() -> None:
    house = await listed()
    begins(house, "g_")
    await settled(house)
    await later(house, timedelta(days=60))
    begins(house, "team_")
    await settled(house)
    assert (aliases(house), called(house)) == ({OLD, NEW, THIRD}, (THIRD, [NEW, OLD]))
    begins(house, "grp_")
    await later(house, timedelta(days=60))
    assert (aliases(house), called(house)) == ({OLD, NEW, THIRD}, (OLD, [NEW, THIRD]))
    await later(house, timedelta(days=40))
    assert aliases(house) == {OLD, THIRD}
    begins(house, "g_")
    await later(house, timedelta(days=60))
    assert aliases(house) == {OLD, NEW}


async def test_a_group_that_is_listed_no_more_loses_all_its_aliases_at_once() -> None:
    house = await listed()
    begins(house, "g_")
    await settled(house)
    house.source.directory = directory(group("news").owners("claire").members("claire"))
    await settled(house)
    assert aliases(house) == set()


async def test_an_alias_that_somebody_else_gave_the_room_is_none_of_its_earlier_ones() -> None:
    house = await listed(joins_directly=True)
    house.homeserver.synapse.aliases[f"#mine:{SERVER}"] = (house.room("news"), user("claire"))
    await house.reconciler.settle(verify=True)
    assert aliases(house) == {OLD}


async def test_a_command_that_applies_the_change_keeps_the_earlier_alias_too() -> None:
    house = await listed()
    begins(house, "g_")
    shown = await house.plans.show(COMMAND_LINE, keep=True)
    assert shown
    await house.plans.apply(shown, actor=user("ines"), origin="$command")
    await settled(house)
    assert aliases(house) == {OLD, NEW}
    await later(house, KEPT_FOR + timedelta(hours=1))
    assert aliases(house) == {NEW}


@pytest.mark.slow
async def test_a_process_killed_at_any_step_of_the_change_keeps_the_earlier_alias() -> None:
    step, killed = 0, True
    while killed:
        step += 1
        house = await listed()
        begins(house, "g_")
        house.fuse.steps, house.fuse.at = 0, step
        with suppress(Killed, BaseExceptionGroup):
            await house.settle()
        killed = house.fuse.steps >= step
        house.start()
        await later(house, timedelta(minutes=1))
        assert aliases(house) == {OLD, NEW}, step
        await later(house, KEPT_FOR + timedelta(minutes=1))
        assert aliases(house) == {NEW}, step
    assert step > 10
