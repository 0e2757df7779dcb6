"""Who left, declined, blocks or does not answer is not asked again, until it becomes a new question."""

from contextlib import suppress
from dataclasses import replace
from itertools import count

import pytest

from bridge.domain.directory import Directory, MembershipMode
from bridge.domain.rooms import Absence, Membership, group_room
from bridge.domain.viewers import alone
from bridge.ports.store import Outcome
from bridge.services.absences import ask_again
from bridge.services.policies import Policies
from bridge.services.reconcile import INVITATIONS
from tests.fakes.synapse_rooms import FakeRoom
from tests.services.household import Household, Killed, household
from tests.world import AGroup, directory, group, partner, user

INVITE = Membership.INVITE
LUC, BOB = user("luc"), user("bob:acme.example")
MONTH = INVITATIONS.total_seconds() + 1


def company(*members: str, mandatory: bool = False) -> Directory:
    deal = group("deal").owners("claire").members(*members).admits("acme")
    acme = partner("acme", servers=["acme.example"], sponsor="claire")
    return directory(deal.mandatory() if mandatory else deal, partners=[acme], people=["luc", "claire"])


def room(house: Household) -> FakeRoom:
    return house.homeserver.synapse.rooms[house.room("deal")]


async def look(house: Household) -> None:
    """One pass that knows what happened on the homeserver."""
    world, _, _ = await house.reconciler.settle(verify=True)
    house.world = world


def out(house: Household) -> dict[str, Absence]:
    return dict(house.store.data.projection[group_room("deal")].out)


async def test_who_leaves_or_declines_stays_out_and_a_pass_with_nothing_to_change_writes_only_that_it_read() -> None:
    house = household(company("luc", "bob:acme.example"))
    await house.settle()
    room(house).join(LUC)
    room(house).leave(LUC)
    room(house).leave(BOB)
    await look(house)
    await look(house)
    assert house.members("deal") == {user("claire"): INVITE}
    assert out(house) == {LUC: Absence.LEFT, BOB: Absence.LEFT}
    await house.settle()
    house.fuse.steps = 0
    await house.settle()
    assert house.fuse.steps == 4  # before and after two commits: that the source is being read, and that it was


async def test_who_leaves_a_mandatory_group_is_invited_again() -> None:
    house = household(company("luc", mandatory=True))
    await house.settle()
    room(house).leave(LUC)
    await look(house)
    assert house.members("deal")[LUC] is INVITE


async def test_who_was_taken_off_the_list_and_added_again_is_invited_again_whatever_is_read_in_between() -> None:
    house = household(company("luc"))
    await house.settle()
    room(house).leave(LUC)
    await look(house)
    house.source.directory = company()
    await look(house)
    assert out(house) == {}
    house.source.directory = company("luc")
    await look(house)
    assert house.members("deal")[LUC] is INVITE


async def test_who_is_added_once_more_is_asked_again() -> None:
    house = household(company("luc"))
    await house.settle()
    room(house).leave(LUC)
    await look(house)
    async with house.store.work() as work:
        await ask_again(work, house.room("deal"), [LUC])
    await look(house)
    assert house.members("deal")[LUC] is INVITE


async def test_a_blocked_invitation_is_a_state_and_not_tried_again() -> None:
    house = household(company("luc", "bob:acme.example"))
    house.homeserver.synapse.blocking |= {BOB, LUC}
    _, _, findings = await house.reconciler.settle()
    assert {one.subject for one in findings if one.kind == "add-member"} == {BOB, LUC}
    assert out(house) == {BOB: Absence.BLOCKED, LUC: Absence.BLOCKED}
    asked = len(house.homeserver.synapse.asked)
    await house.settle()
    assert len(house.homeserver.synapse.asked) == asked
    await look(house)
    assert out(house) == {BOB: Absence.BLOCKED, LUC: Absence.BLOCKED}


async def test_a_server_that_does_not_answer_blocks_nobody() -> None:
    house = household(company("bob:acme.example"))
    house.homeserver.synapse.silent_servers.add("acme.example")
    await house.settle()
    assert out(house) == {}
    house.homeserver.synapse.silent_servers.clear()
    await house.settle()
    assert house.members("deal")[BOB] is INVITE


async def test_an_invitation_that_nobody_answers_is_withdrawn_after_its_time_and_not_sent_again() -> None:
    house = household(company("luc"))
    await house.settle()
    room(house).join(user("claire"))
    await look(house)
    await house.clock.advance(MONTH)
    await house.settle()
    assert house.members("deal") == {user("claire"): Membership.JOIN}
    assert out(house) == {LUC: Absence.LAPSED}
    await look(house)
    assert house.members("deal") == {user("claire"): Membership.JOIN}
    entry = next(one for one in house.store.data.audit.values() if one.kind == "remove")
    assert (entry.outcome, entry.detail["reason"]) == (Outcome.DONE, "They did not answer the invitation in time.")


@pytest.mark.slow
async def test_a_process_killed_at_any_step_of_withdrawing_remembers_why() -> None:
    for at in count(1):
        house = household(company("luc"))
        await house.settle()
        await house.clock.advance(MONTH)
        house.fuse.at = house.fuse.steps + at
        ended = True
        with suppress(Killed, BaseExceptionGroup):
            await house.settle()
            ended = False
        house.fuse.at = 0
        house.start()
        await house.clock.advance(120)  # until the lease of the dead process has run out
        await look(house)
        await look(house)
        assert out(house) == {LUC: Absence.LAPSED, user("claire"): Absence.LAPSED}
        if not ended:
            break
    assert at > 6


async def test_who_lapsed_is_asked_again_once_they_are_added_anew() -> None:
    house = household(company("luc"))
    await house.settle()
    await house.clock.advance(MONTH)
    await house.settle()
    house.source.directory = company()
    await look(house)
    house.source.directory = replace(company("luc"))
    await look(house)
    assert house.members("deal")[LUC] is INVITE


async def test_naming_somebody_by_command_asks_them_again_also_when_they_were_named_before() -> None:
    deal = AGroup(replace(group("deal").owners("claire").value, membership=MembershipMode.OWNERS))
    house = household(directory(deal, people=["luc"]))
    await house.settle()
    await house.settle()
    policies = Policies(
        society=house.society,
        store=house.store,
        reconciler=house.reconciler,
        clock=house.clock,
        chance=house.chance,
        changed=house._change,
    )
    for origin in ("$first", "$second"):
        proposal = await policies.propose_naming(alone(user("claire")), "deal", "members", LUC, present=True)
        assert proposal is not None
        await policies.take(proposal, actor=user("claire"), origin=origin)
        await look(house)
        assert house.members("deal")[LUC] is INVITE
        room(house).leave(LUC)
        await look(house)
        await look(house)
        assert LUC not in house.members("deal")
