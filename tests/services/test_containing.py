"""A partner is shut out at once: everybody, everywhere, in the right order, whatever else is going on or dies."""

import asyncio
from typing import Any

import pytest

from bridge.adapters.matrix.answers import Failure, Fate
from bridge.adapters.matrix.calls import Request
from bridge.domain.errors import ParvisError
from bridge.domain.partners import PartnerState
from bridge.domain.rooms import group_room
from bridge.domain.viewers import COMMAND_LINE, OPEN, Viewer, alone
from bridge.planning.plan import Brake
from bridge.services.applying.lease import SECONDS
from bridge.services.containing import CONTAINMENT
from bridge.services.decided import NotAllowed
from bridge.services.parting import Parting, Toll
from bridge.services.receipts import RECEIPT, Receipt, Receipts
from tests.fakes.synapse import Go
from tests.services.household import Household, Killed, household
from tests.world import directory, group, partner, user

BOB, BEA, GUS = user("bob:acme.example"), user("bea:acme.example"), user("gus:globex.example")
LUC, INES, ANN = alone(user("luc")), alone(user("ines")), alone(user("ann"))


async def company(**options: Any) -> Household:
    """Bob and Bea of Acme: in a group that also admits Globex, in an open one, and Bea in a hidden one."""
    house = household(
        directory(
            group("deal").owners("luc").members("luc", "bob:acme.example", "bea:acme.example", "gus:globex.example")
            .admits("acme", "globex"),
            group("corner").public().owners("luc").members("luc").admits("acme"),
            group("comex").hidden().owners("ann").members("ann", "bea:acme.example").admits("acme"),
            partners=[partner("acme", sponsor="luc"), partner("globex", sponsor="ines")],
            people=["ines", "ann", "luc"],
        ),
        **options,
    )  # fmt: skip
    await house.settle()
    people = house.homeserver.people
    for who, rooms in {BOB: ("deal", "acme"), GUS: ("deal",), BEA: ("comex", "acme")}.items():
        people.join(who, *map(house.room, rooms))
    people.join(BOB, house.room("corner"))
    await house.reconciler.verifier.verify()
    await house.settle()
    return house


def parting(house: Household) -> Parting:
    return Parting(partnerships=house.partnerships, receipts=Receipts(store=house.store))


async def decided(house: Household, state: PartnerState = PartnerState.SUSPENDED, viewer: Viewer = LUC) -> None:
    """Somebody decides; what follows is not begun."""
    proposal = await parting(house).propose(viewer, "acme", state)
    assert proposal is not None
    await parting(house).take(proposal, actor=viewer.asker, origin=f"$to {state}", room_id="!luc", reason="A breach")
    await house.containing.stop()


async def contained(house: Household) -> None:
    """What was decided is done to its end."""
    async with house.store.view() as view:
        for item in await view.pending.open(CONTAINMENT):
            await house.containing.contain(item)


async def receipt(house: Household, viewer: Viewer = COMMAND_LINE) -> Receipt:
    found = await parting(house).receipt(viewer, "acme")
    assert found is not None
    assert found.receipt is not None
    return found.receipt


def theirs(house: Household) -> set[tuple[str, str]]:
    """Where anybody of Acme is or may come in."""
    return {(name, who) for name in ("deal", "corner", "comex", "acme") for who in house.members(name) if "acme" in who}


async def test_everybody_of_a_suspended_partner_is_out_of_every_room_and_the_doors_are_closed_last() -> None:
    house = await company(brake=Brake(max_removals=0))
    said: list[str] = []

    async def heard(request: Request, go: Go) -> Any:
        if request.method != "GET":
            said.append(request.verb)
        return await go(request)

    house.homeserver.synapse.intercept(heard)
    await decided(house)
    await contained(house)

    assert theirs(house) == set()
    assert GUS in house.members("deal")
    assert said[0] == "set state"  # nobody comes in through the partner's space any more
    last_out = len(said) - 1 - said[::-1].index("remove")
    for name in ("deal", "corner", "comex", "acme"):
        state = house.homeserver.synapse.rooms[house.room(name)].state
        assert "acme.example" not in state["m.room.server_acl", ""]["content"]["allow"]
    assert set(said[last_out + 1 :]) == {"set state"}


async def test_the_preview_counts_what_the_viewer_may_know() -> None:
    house = await company()
    world = house.world
    assert world is not None
    acme = world.facts.directory.partners["acme"]

    assert await parting(house).toll(LUC, acme) == Toll(people=2, rooms=3, invited=1)
    assert await parting(house).toll(COMMAND_LINE, acme) == Toll(people=2, rooms=4, invited=1)


async def test_the_receipt_tells_everybody_the_part_that_they_may_know() -> None:
    house = await company()
    await decided(house)
    await contained(house)
    await house.settle()

    everything = await receipt(house)
    hidden = group_room("comex")
    assert everything.complete
    assert everything.people == {BOB, BEA}
    assert everything.invited == {BEA}
    assert set(everything.rooms[hidden].removed) == {BEA}
    assert all(room.closed for room in everything.rooms.values())
    assert everything.reason == "A breach"
    assert hidden not in (await receipt(house, LUC)).rooms
    assert (await receipt(house, LUC)).rooms == {ref: room for ref, room in everything.rooms.items() if ref != hidden}
    with pytest.raises(NotAllowed):
        await parting(house).receipt(ANN, "acme")
    async with house.store.view() as view:
        untold = await view.pending.open(RECEIPT)
    assert {item.document["compartment"] for item in untold} == {OPEN, "comex"}


async def test_who_does_not_answer_for_a_partner_shuts_nobody_out() -> None:
    house = await company()
    with pytest.raises(NotAllowed):
        await parting(house).propose(ANN, "acme", PartnerState.SUSPENDED)
    assert await parting(house).propose(alone(GUS), "acme", PartnerState.SUSPENDED) is None


async def test_resuming_restores_what_was_and_invites_everybody_again() -> None:
    house = await company()
    before = {name: house.homeserver.synapse.rooms[house.room(name)].state["m.room.server_acl", ""]["content"]
              for name in ("deal", "corner", "comex", "acme")}  # fmt: skip
    people = {name: {one for one in house.members(name) if "acme" in one} for name in ("deal", "comex", "acme")}
    await decided(house)
    await contained(house)
    await house.settle()
    await decided(house, PartnerState.ACTIVE)
    for _ in range(2):
        await house.settle()

    for name, acl in before.items():
        assert house.homeserver.synapse.rooms[house.room(name)].state["m.room.server_acl", ""]["content"] == acl
    for name, there in people.items():
        assert there <= set(house.members(name)), name
    found = await parting(house).receipt(LUC, "acme")
    assert found is not None
    assert found.waiting == (BEA, BOB)


async def test_what_has_ended_is_not_resumed_by_its_sponsor() -> None:
    house = await company()
    await decided(house, PartnerState.ENDED)
    await contained(house)
    await house.settle()
    with pytest.raises(NotAllowed):
        await parting(house).propose(LUC, "acme", PartnerState.ACTIVE)


@pytest.mark.slow
async def test_whenever_the_process_dies_the_next_one_finishes_and_the_receipt_is_the_same() -> None:
    house = await company()
    await decided(house)
    begun = house.fuse.steps
    await contained(house)
    steps = house.fuse.steps - begun
    whole = await receipt(house)

    for at in range(1, steps + 1, max(1, steps // 12)):
        house = await company()
        await decided(house)
        house.fuse.at = house.fuse.steps + at
        with pytest.raises((Killed, BaseExceptionGroup)):
            await contained(house)
        house.start()
        await house.clock.advance(SECONDS + 1)
        await house.settle()
        await contained(house)
        assert theirs(house) == set(), at
        found = await receipt(house)
        assert {ref: set(room.removed) for ref, room in found.rooms.items()} == {
            ref: set(room.removed) for ref, room in whole.rooms.items()
        }, at
        assert found.complete


async def test_work_that_is_going_on_steps_aside_and_does_not_bring_them_back() -> None:
    house = await company()
    source = house.source.directory
    more = [f"new{number}" for number in range(60)]
    big = group("big").owners("luc").members("luc", "bob:acme.example", *more).admits("acme")
    house.source.directory = directory(
        *(_as_it_is(one) for one in source.groups.values()), big,
        partners=source.partners.values(), people=["ines", "ann", "luc"],
    )  # fmt: skip
    passing = asyncio.Event()
    invited: list[str] = []

    async def slowly(request: Request, go: Go) -> Any:
        if request.verb == "invite":
            invited.append(str(request.content["user_id"]))
            if len(invited) == 5:
                passing.set()
            await asyncio.sleep(0)
        return await go(request)

    house.homeserver.synapse.intercept(slowly)
    bulk = asyncio.create_task(house.reconciler.settle())
    await passing.wait()
    await decided(house)
    await contained(house)
    before = len(invited)
    _, result, _ = await bulk

    assert result is not None
    assert result.stepped_aside
    assert before < len(more)
    assert theirs(house) == set()
    assert len(invited) == before
    for _ in range(3):
        await house.settle()
    assert len(invited) > len(more)
    assert BOB not in house.members("big")


def _as_it_is(one: Any) -> Any:
    return type(group("x"))(one)


async def test_what_was_planned_before_is_not_done_after() -> None:
    house = await company()
    house.homeserver.people.leave(BOB, house.room("acme"))
    stale = await house.reconciler.look()
    await decided(house)
    await contained(house)
    result = await house.reconciler.apply(stale, stale.plan)

    assert result.stepped_aside
    assert result.done == 0


async def test_a_homeserver_in_trouble_is_waited_for() -> None:
    house = await company()
    await decided(house)
    failures = iter(range(6))

    async def failing(request: Request, go: Go) -> Any:
        if request.verb == "remove" and next(failures, None) is not None:
            return Failure(fate=Fate.FAILED, status=502, said="bad gateway")
        return await go(request)

    house.homeserver.synapse.intercept(failing)
    for _ in range(5):
        try:
            await contained(house)
        except ParvisError:
            continue
        break
    assert theirs(house) == set()
    assert (await receipt(house)).complete


async def test_whichever_command_decides_it_everybody_is_out_at_once() -> None:
    house = await company()
    proposal = await house.partnerships.propose(LUC, "acme", {"state": "suspended"})
    assert proposal is not None
    await house.partnerships.take(proposal, actor=LUC.asker, origin="$set")
    await contained(house)
    assert theirs(house) == set()
    assert (await receipt(house)).origin == "$set"
