"""Addresses that somebody gave a room of ours by hand: taken away where we may, else named to those who may know."""

from bridge.domain.findings import Finding
from bridge.domain.messages import Text
from bridge.domain.rooms import group_room
from bridge.domain.viewers import alone
from bridge.planning.finding import ADDRESS_STAYS
from bridge.services.status import StatusReport
from bridge.services.stuck import LASTS, STUCK, by_room, keep
from bridge.services.watch import LastLook
from tests.services.household import Household, household
from tests.world import SERVER, directory, group, user

CLUB = f"#zclub:{SERVER}"


async def settled(*, joins_directly: bool = False, hidden: bool = True) -> Household:
    """A group whose room somebody gave an address by hand."""
    board = group("board").owners("ann").members("ann")
    people = directory(board.hidden() if hidden else board, group("news").public().members("bob"))
    house = household(people, joins_directly=joins_directly)
    for _ in range(2):
        await house.settle()
        await house.hear()
    house.homeserver.synapse.aliases[CLUB] = (house.room("board"), user("ann"))
    return house


def leads_there(house: Household) -> bool:
    return CLUB in house.homeserver.synapse.aliases


async def findings(house: Household, who: str) -> list[Finding]:
    """What ``!status`` tells somebody to look at."""
    world = await house.reconciler.look(read=False)
    last = LastLook(at=house.clock.now(), world=world, findings=world.findings)
    report = StatusReport(homeserver=house.homeserver, store=house.store, society=house.society, last=lambda: last)
    standing = await report.standing(alone(user(who)))
    told = [one for one in standing.findings if one.kind == ADDRESS_STAYS]
    assert all(standing.called[one.group or ""] == Text.same("Board") for one in told)
    return told


async def test_the_service_account_takes_it_away() -> None:
    for hidden in (True, False):
        house = await settled(joins_directly=True, hidden=hidden)
        _, result, _ = await house.reconciler.settle(verify=True)
        assert not leads_there(house)
        assert (await house.reconciler.look(verify=True)).plan.empty
        assert result is not None
        assert result.complete


async def test_where_nobody_may_it_is_planned_once_and_named_with_its_remedy() -> None:
    house = await settled()
    world, result, _ = await house.reconciler.settle(verify=True)
    assert result is not None
    assert [one.kind for one in result.findings] == [ADDRESS_STAYS]
    for _ in range(2):
        world, result, _ = await house.reconciler.settle(verify=True)
        assert (world.plan.empty, result) == (True, None)
    house.world = world
    [told] = await findings(house, "ann")
    assert told.group == "board"
    assert CLUB in str(told.text)
    assert "homeserver.admin_token" in str(told.text)
    assert f"DELETE /_matrix/client/v3/directory/room/%23zclub%3A{SERVER}" in str(told.text)
    assert await findings(house, "bob") == []


async def test_whoever_belongs_to_the_group_comes_and_goes_meanwhile() -> None:
    house = await settled()
    house.source.directory = directory(
        group("board").hidden().owners("ann").members("ann", "luc"), group("news").public().members("bob")
    )
    await house.reconciler.settle(verify=True)
    assert user("luc") in house.members("board")


async def test_with_a_service_account_it_is_tried_again_at_once_and_without_one_a_week_later() -> None:
    house = await settled()
    await house.reconciler.settle(verify=True)
    assert (await house.reconciler.look()).plan.empty
    await house.clock.advance(LASTS.total_seconds())
    assert not (await house.reconciler.look()).plan.empty
    await house.reconciler.settle()
    assert (await house.reconciler.look()).plan.empty
    async with house.store.view() as view:
        items, now = await view.pending.open(STUCK), house.clock.now()
    assert by_room(items, by=None, now=now) == {group_room("board"): {CLUB}}
    assert by_room(items, by=f"@service:{SERVER}", now=now) == {}


async def test_what_is_taken_away_is_stuck_no_more() -> None:
    house = await settled(joins_directly=True)
    async with house.store.work() as work:
        await keep(work, group_room("board"), CLUB, by=None, now=house.clock.now())
    await house.reconciler.settle(verify=True)
    assert not leads_there(house)
    async with house.store.view() as view:
        assert await view.pending.open(STUCK) == []


async def test_it_is_named_no_more_once_somebody_took_it_away() -> None:
    house = await settled()
    await house.reconciler.settle(verify=True)
    del house.homeserver.synapse.aliases[CLUB]
    house.world = await house.reconciler.look(verify=True)
    assert await findings(house, "ann") == []
