"""Who says who belongs to a group: the directory, its owners, or both; and what they do in their clients counts."""

from contextlib import suppress
from dataclasses import replace
from itertools import count

import pytest

from bridge.domain.directory import Directory, Inviting, MembershipMode
from bridge.domain.rooms import Membership, group_room
from bridge.services.doorstep import NOTICE, News, notice_in
from tests.fakes.synapse_rooms import FakeRoom
from tests.services.household import Household, Killed, household
from tests.world import AGroup, directory, group, user, users

JOIN, INVITE = Membership.JOIN, Membership.INVITE
CLAIRE, LUC, EVE = user("claire"), user("luc"), user("eve")
DIRECTORY, OWNERS, BOTH = MembershipMode.DIRECTORY, MembershipMode.OWNERS, MembershipMode.BOTH


def company(mode: MembershipMode, *members: str) -> Directory:
    deal = AGroup(replace(group("deal").owners("claire").members(*members).value, membership=mode))
    return directory(deal, people=["luc", "eve"])


async def inhabited(mode: MembershipMode, *members: str) -> Household:
    """A company whose people accept every invitation."""
    house = household(company(mode, *members))
    await settled(house)
    return house


async def settled(house: Household) -> None:
    await house.settle()
    await house.hear()
    for who, state in house.members("deal").items():
        if state is INVITE:
            room(house).join(who)
    await house.hear()
    await house.settle()


def room(house: Household) -> FakeRoom:
    return house.homeserver.synapse.rooms[house.room("deal")]


async def notices(house: Household) -> list[tuple[str, News]]:
    async with house.store.view() as view:
        found = [notice_in(item) for item in await view.pending.open(NOTICE)]
    return [(one.to, one.news) for one in found]


async def decided(house: Household) -> object:
    async with house.store.view() as view:
        policy = await view.policies.get("deal")
    return policy.values.get("members") if policy else None


@pytest.mark.parametrize("mode", [OWNERS, BOTH])
async def test_whom_an_owner_invites_in_their_client_belongs_to_the_group(mode: MembershipMode) -> None:
    house = await inhabited(mode)
    room(house).invite(CLAIRE, LUC, None)
    await house.hear()
    await settled(house)
    assert house.members("deal") == {CLAIRE: JOIN, LUC: JOIN}
    assert await decided(house) == [LUC]
    entry = next(one for one in house.store.data.audit.values() if one.kind == "decide")
    assert (entry.actor, entry.detail["added"], entry.compartment) == (CLAIRE, LUC, "")


async def test_where_the_directory_decides_an_invited_person_goes_and_the_owner_is_told_why_once() -> None:
    house = await inhabited(DIRECTORY)
    for who in (LUC, EVE):
        room(house).invite(CLAIRE, who, None)
    await house.hear()
    await settled(house)
    assert house.members("deal") == {CLAIRE: JOIN}
    assert await notices(house) == [(CLAIRE, News.INVITED_IN_VAIN)]
    assert await decided(house) is None


async def test_who_is_no_owner_adds_nobody_by_inviting_and_nobody_adds_strangers() -> None:
    house = await inhabited(OWNERS, "luc")
    synapse = room(house)
    synapse.append(EVE, "m.room.member", {"membership": "invite"}, user("max"))
    synapse.append(CLAIRE, "m.room.member", {"membership": "invite"}, "@mallory:evil.example")
    await house.hear()
    await settled(house)
    assert await decided(house) is None
    assert house.members("deal") == {CLAIRE: JOIN}


async def test_where_all_may_invite_whom_a_member_invites_belongs_to_the_group_and_who_came_may_go_on() -> None:
    house = household(company(OWNERS))
    deal = replace(house.source.directory.groups["deal"], inviting=Inviting.ALL)
    house.source.directory = replace(house.source.directory, groups={"deal": deal})
    await settled(house)
    for inviter, invited in ((CLAIRE, LUC), (LUC, EVE)):
        room(house).invite(inviter, invited, None)
        await house.hear()
        await settled(house)
    assert await decided(house) == [LUC, EVE]
    assert house.members("deal") == {CLAIRE: JOIN, LUC: JOIN, EVE: JOIN}


async def test_somebody_elses_retention_is_put_back() -> None:
    house = household(company(OWNERS))
    house.homeserver.synapse.retains = True
    await house.homeserver.learn_retention()
    deal = replace(house.source.directory.groups["deal"], retention=30)
    house.source.directory = replace(house.source.directory, groups={"deal": deal})
    await settled(house)
    kept = room(house).state["m.room.retention", ""]
    await house.homeserver.set_state(house.room("deal"), "m.room.retention", "", {"max_lifetime": 1})
    await house.hear()
    await settled(house)
    assert room(house).state["m.room.retention", ""]["content"] == kept["content"]


async def test_in_a_group_of_its_owners_the_directory_adds_nobody() -> None:
    house = await inhabited(OWNERS, "luc")
    assert house.members("deal") == {CLAIRE: JOIN}


async def test_whom_an_owner_removes_in_their_client_belongs_to_the_group_no_longer() -> None:
    house = await inhabited(OWNERS)
    room(house).invite(CLAIRE, LUC, None)
    await house.hear()
    await settled(house)
    room(house).kick(CLAIRE, LUC, None)
    await house.hear()
    await settled(house)
    assert house.members("deal") == {CLAIRE: JOIN}
    assert await decided(house) == []


async def test_whom_the_directory_lists_comes_back_when_an_owner_removes_them() -> None:
    house = await inhabited(BOTH, "luc")
    room(house).kick(CLAIRE, LUC, None)
    await house.hear()
    await settled(house)
    assert house.members("deal") == {CLAIRE: JOIN, LUC: JOIN}


async def test_who_leaves_a_group_of_its_owners_stays_out_and_may_be_invited_again() -> None:
    house = await inhabited(OWNERS)
    room(house).invite(CLAIRE, LUC, None)
    await house.hear()
    await settled(house)
    room(house).leave(LUC)
    await house.hear()
    await settled(house)
    assert house.members("deal") == {CLAIRE: JOIN}
    room(house).invite(CLAIRE, LUC, None)
    await house.hear()
    await settled(house)
    assert house.members("deal") == {CLAIRE: JOIN, LUC: JOIN}


async def test_an_invitation_counts_once_however_often_its_event_comes_and_whatever_was_decided_since() -> None:
    house = await inhabited(OWNERS)
    room(house).invite(CLAIRE, LUC, None)
    invitation = room(house).timeline[-1]["event_id"]
    await house.hear()
    await settled(house)
    room(house).kick(CLAIRE, LUC, None)
    await house.hear()
    house.heard.discard(invitation)
    await house.hear()
    assert await decided(house) == []
    assert len([one for one in house.store.data.audit.values() if one.kind == "decide"]) == 2


async def test_a_process_killed_at_any_step_around_an_invitation_takes_the_decision_once() -> None:
    for at in count(1):
        house = await inhabited(OWNERS)
        room(house).invite(CLAIRE, LUC, None)
        invitation = room(house).timeline[-1]["event_id"]
        house.fuse.at, killed = house.fuse.steps + at, True
        with suppress(Killed, BaseExceptionGroup):
            await house.hear()
            await house.settle()
            killed = False
        house.fuse.at = 0
        house.start()
        await house.clock.advance(120)  # until the lease of the dead process has run out
        house._see(await house.reconciler.look())
        house.heard.discard(invitation)
        await house.hear()
        await settled(house)
        assert await decided(house) == [LUC]
        assert house.members("deal") == {CLAIRE: JOIN, LUC: JOIN}
        assert len([one for one in house.store.data.audit.values() if one.kind == "decide"]) == 1
        if not killed:
            break
    assert at > 2
    assert house.world
    assert house.world.facts.members["deal"] == users("luc")


async def test_the_bridge_looks_when_an_invitation_is_accepted_and_not_when_somebody_inside_changes_their_name() -> (
    None
):
    """Lists, answers and digests go by who was inside at the last look, which else comes with the next reading."""
    house = household(company(DIRECTORY, "luc"))
    await house.settle()
    await house.hear()
    looks = house.changes
    room(house).join(LUC)
    await house.hear()
    assert house.changes == looks + 1
    world = await house.settle()
    assert LUC in world.joined[group_room("deal")]
    room(house).join(LUC)  # as with another name or picture
    await house.hear()
    assert house.changes == looks + 1
