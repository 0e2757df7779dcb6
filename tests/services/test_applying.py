"""Applying a plan: what comes out, what happens when rooms fail, and when the process dies at any step."""

from dataclasses import replace
from typing import Any

import pytest

from bridge.adapters.matrix.answers import Failure, Fate, judge
from bridge.adapters.matrix.calls import Request
from bridge.domain.directory import Directory
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.rooms import MARKER, Membership
from bridge.planning.plan import Brake
from bridge.ports.store import Outcome
from tests.fakes.homeserver import texts
from tests.fakes.synapse import Go
from tests.services.household import household
from tests.world import BOT, directory, group, partner, user

JOIN, INVITE = Membership.JOIN, Membership.INVITE


def company() -> Directory:
    return directory(
        group("sales").public().owners("claire").members("claire", "luc"),
        group("news").listed().owners("ines").members("ann"),
        group("deal").owners("claire").members("claire", "bob:acme.example").admits("acme"),
        group("comex").hidden().called("Executive committee").owners("claire").members("claire", "ines"),
        partners=[partner("acme", named=["bob:acme.example"], servers=["acme.example"], sponsor="claire")],
    )


async def test_everybody_is_invited_and_nothing_is_left_to_do() -> None:
    house = household(company())
    await house.settle()
    assert house.members("sales") == {user("claire"): INVITE, user("luc"): INVITE}
    assert house.members("deal") == {user("claire"): INVITE, "@bob:acme.example": INVITE}
    assert house.members("comex") == {user("claire"): INVITE, user("ines"): INVITE}
    assert (await house.reconciler.look()).plan.empty


async def test_with_a_service_account_employees_are_joined_at_once_except_to_hidden_groups() -> None:
    house = household(company(), joins_directly=True)
    await house.settle()
    assert house.members("sales") == {user("claire"): JOIN, user("luc"): JOIN}
    assert house.members("deal") == {user("claire"): JOIN, "@bob:acme.example": INVITE}
    assert house.members("comex") == {user("claire"): INVITE, user("ines"): INVITE}
    assert house.homeserver.service_user not in house.homeserver.synapse.inside(house.room("comex"))
    assert (await house.reconciler.look()).plan.empty


async def test_a_pass_with_nothing_to_change_asks_the_homeserver_nothing() -> None:
    house = household(company())
    await house.settle()
    asked = len(house.homeserver.synapse.asked)
    await house.settle()
    assert len(house.homeserver.synapse.asked) == asked


async def test_the_real_name_of_a_hidden_group_is_told_inside_alone() -> None:
    house = household(company())
    await house.settle()
    room = house.homeserver.synapse.rooms[house.room("comex")]
    outside = {key: event["content"] for key, event in room.state.items() if key[0] != "m.room.pinned_events"}
    assert "Executive committee" not in str(outside)
    assert [body for body in texts(house.homeserver.synapse, house.room("comex")) if "Executive committee" in body]
    assert outside["m.room.history_visibility", ""] == {"history_visibility": "joined"}


async def test_when_the_name_cannot_be_told_the_past_of_the_hidden_room_is_closed_again_at_once() -> None:
    house = household(company())
    house.homeserver.synapse.fail("send", Failure(fate=Fate.REFUSED, status=403, errcode="M_FORBIDDEN"), times=1)
    _, result, _ = await house.reconciler.settle()
    assert result
    assert not result.complete
    room = house.homeserver.synapse.rooms[house.room("comex")]
    assert room.state["m.room.history_visibility", ""]["content"] == {"history_visibility": "joined"}
    assert not house.members("comex")
    await house.settle()
    assert house.members("comex")
    assert [body for body in texts(house.homeserver.synapse, house.room("comex")) if "Executive committee" in body]


async def test_a_room_that_fails_does_not_stop_the_others() -> None:
    house = household(company())
    house.homeserver.synapse.fail("create room", Failure(fate=Fate.REFUSED, status=403, errcode="M_FORBIDDEN"), times=1)
    _, result, findings = await house.reconciler.settle()
    assert result is not None
    assert not result.complete
    assert any(finding.kind == "room-stopped" for finding in findings)
    await house.settle()
    assert (await house.reconciler.look()).plan.empty


async def test_what_the_homeserver_silently_leaves_unpublished_is_a_finding_with_the_remedy() -> None:
    house = household(company())
    house.homeserver.synapse.may_publish = False
    _, result, findings = await house.reconciler.settle()
    assert result is not None
    assert "room_list_publication_rules" in " ".join(str(finding.text) for finding in findings)


async def test_somebody_who_blocks_invitations_is_a_finding_and_the_rest_goes_on() -> None:
    house = household(company())
    house.homeserver.synapse.blocking.add("@bob:acme.example")
    _, _, findings = await house.reconciler.settle()
    assert {finding.subject for finding in findings if finding.kind == "add-member"} == {"@bob:acme.example"}
    assert house.members("deal") == {user("claire"): INVITE}


async def test_drift_is_undone_whoever_did_it() -> None:
    house = household(company())
    await house.settle()
    synapse = house.homeserver.synapse
    sales = synapse.rooms[house.room("sales")]
    sales.state["m.room.name", ""]["content"] = {}
    synapse.invite("@parvis:corp.example", house.room("sales"), "@stranger:evil.example", None)
    world = await house.reconciler.look(verify=True)
    assert not world.plan.empty
    await house.reconciler.settle(verify=True)
    assert sales.state["m.room.name", ""]["content"] == {"name": "Sales"}
    assert "@stranger:evil.example" not in house.members("sales")


async def test_every_change_is_audited_as_meant_and_as_done() -> None:
    house = household(company())
    await house.settle()
    entries = house.store.data.audit.values()
    assert {entry.outcome for entry in entries} == {Outcome.DONE}
    assert {"create", "add", "link", "publish", "alias", "tell-name"} <= {entry.kind for entry in entries}
    assert {entry.compartment for entry in entries} == {"", "comex"}


async def test_two_applications_never_run_at_once() -> None:
    house = household(company())
    world = await house.reconciler.look(keep=True)
    async with house.store.work() as work:
        assert await work.leases.take("apply", "somebody else", now=house.clock.now(), seconds=60)
    with pytest.raises(ParvisError) as error:
        await house.reconciler.apply(world, world.plan)
    assert error.value.kind is ErrorKind.CONFLICT
    assert not house.homeserver.synapse.rooms


async def test_a_mass_removal_is_held_and_done_when_somebody_says_so() -> None:
    people = [f"p{number}" for number in range(12)]
    house = household(directory(group("all").members(*people)), brake=Brake(max_removals=3), joins_directly=True)
    await house.settle()
    house.source.directory = directory(group("all").members("p0"), people=people)
    world = await house.settle()
    assert world.plan.held
    assert len(house.members("all")) == 12
    await house.reconciler.apply(world, world.plan)
    assert set(house.members("all")) == {user("p0")}


async def test_half_a_room_that_a_dying_homeserver_left_is_left_in_turn() -> None:
    house = household(company())
    synapse = house.homeserver.synapse
    died = False

    async def half(request: Request, go: Go) -> Any:
        nonlocal died
        if died or request.verb != "create room":
            return await go(request)
        died = True
        state = [one for one in request.content["initial_state"] if one["type"] != MARKER]
        await go(replace(request, content={**request.content, "initial_state": state}))
        return judge(500, "", "gone", None)

    synapse.intercept(half)
    await house.settle()
    assert [room for room in synapse.memberships(BOT) if (MARKER, "") not in synapse.rooms[room].state]
    await house.settle()
    await house.settle()
    assert (await house.reconciler.look(verify=True)).plan.empty
    bound = {binding.room_id for binding in house.store.data.bindings.values()}
    assert set(synapse.memberships(BOT)) == bound
