"""What a confirmed command asked for is done by the next pass, also after a crash; what the directory says is held."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bridge.domain.directory import Directory, GroupState, JoinRequests, MembershipMode, Visibility
from bridge.domain.messages import Text
from bridge.domain.policy import FilePolicy, GroupPolicy, Template
from bridge.domain.viewers import COMMAND_LINE
from bridge.planning.plan import Brake
from bridge.ports.policies import PolicyReading
from bridge.rules.forgetting import Named
from bridge.services.decided import Proposal
from bridge.services.erasable import undecided
from bridge.services.looking import Here
from bridge.services.person import decided_with
from bridge.services.policies import Policies
from bridge.services.ruling import PolicyKeeper
from tests.fakes.clock import START
from tests.services.household import Household, Killed, household
from tests.world import AGroup, directory, group, partner, user

STRICT = Brake(max_removals=0, max_removal_share=0.0, max_archivings=0, max_loosenings=0, max_room_share=0.0)
"""Nothing at all is done that nobody asked for."""
CREW = ("ann", "bob", "cleo", "dan")
ACME = partner("acme")


class Rules:
    """A policy file with a template that opens."""

    async def read(self) -> PolicyReading:
        forum = Template(name=Text.same("Forum"), values={"visibility": "public"})
        return PolicyReading(policy=FilePolicy(templates={"forum": forum}), stamp="1")


def company(**changed: Any) -> Directory:
    """A group called ``team``, another that lies in it, and those who work here."""
    team = AGroup(replace(group("team").owners("ann").members(*CREW, "group:part").value, **changed))
    return directory(
        team,
        group("part").owners("eve").members("eve", "fay"),
        group("board").hidden().owners("ann").members("ann", "bob", "cleo"),
        partners=[ACME],
        people=["ines", "gus", *CREW],
    )


Decide = Callable[[Policies], Awaitable[Proposal | None]]


def said(name: str, value: Any, group_id: str = "team") -> Decide:
    return lambda policies: policies.propose(COMMAND_LINE, group_id, {name: value})


def unsaid(name: str) -> Decide:
    return lambda policies: policies.propose(COMMAND_LINE, "team", {}, frozenset({name}))


def state(wanted: GroupState) -> Decide:
    return lambda policies: policies.propose_state(COMMAND_LINE, "team", wanted)


def named(field: str, who: str, *, present: bool, group_id: str = "team") -> Decide:
    return lambda policies: policies.propose_naming(COMMAND_LINE, group_id, field, user(who), present=present)


DECISIONS: dict[str, tuple[dict[str, Any], list[Decide]]] = {
    "visibility public": ({}, [said("visibility", "public")]),
    "visibility unset again": (
        {"visibility": Visibility.PUBLIC},
        [said("visibility", "invite-only"), unsaid("visibility")],
    ),
    "visibility of a hidden group": ({}, [said("visibility", "public", "board")]),
    "visibility hidden": ({}, [said("visibility", "hidden")]),
    "listed": ({"visibility": Visibility.PUBLIC}, [said("listed", "yes")]),
    "partners": ({}, [said("partners", ["acme"])]),
    "a template that opens": ({}, [said("template", "forum")]),
    "requests by knocking": ({}, [said("requests", "knock")]),
    "encrypted and not any more": ({}, [said("encrypted", "yes"), said("encrypted", "no")]),
    "archive": ({}, [state(GroupState.ARCHIVED)]),
    "reopen": ({}, [state(GroupState.ARCHIVED), state(GroupState.ACTIVE)]),
    "retire": ({}, [state(GroupState.RETIRED)]),
    "membership by owners alone": ({}, [said("membership", "owners")]),
    "members": ({"membership": MembershipMode.OWNERS}, [said("members", [user("ann")])]),
    "remove": (
        {"membership": MembershipMode.OWNERS},
        [said("members", [*map(user, CREW)]), named("members", "dan", present=False)],
    ),
    "remove from a group that lies in another": (
        {},
        [said("membership", "owners", "part"), said("members", [user("eve"), user("fay")], "part"),
         named("members", "fay", present=False, group_id="part")],
    ),
    "owners": ({}, [named("owners", "gus", present=True), named("owners", "gus", present=False)]),
}  # fmt: skip


async def settled(changed: dict[str, Any]) -> Household:
    """A company in step with its directory, with the brake on."""
    house = household(company(**changed), brake=Brake(max_removals=99, max_removal_share=1.0), joins_directly=True)
    here = house.reconciler.looker
    assert isinstance(here, Here)
    await house.settle()
    await house.settle()
    house.brake = STRICT
    restart(house)
    await house.settle()
    assert house.world is not None
    assert house.world.plan.empty
    return house


def restart(house: Household) -> None:
    """A new process, with the policy file."""
    world = house.world
    house.start()
    house.world = world
    here = house.reconciler.looker
    assert isinstance(here, Here)
    keeper = PolicyKeeper(source=Rules(), store=house.store, clock=house.clock)
    house.reconciler = replace(house.reconciler, looker=replace(here, policies=keeper))
    house.policies = replace(house.policies, reconciler=house.reconciler, rules=keeper)


async def take(house: Household, decide: Decide, number: int) -> None:
    proposal = await decide(house.policies)
    assert proposal is not None
    await house.policies.take(proposal, actor=user("ines"), origin=f"${number}")


async def done(house: Household) -> None:
    """Passes by ourselves until nothing is to be done; nobody quotes a fingerprint."""
    for _ in range(4):
        await house.settle()
    assert house.world is not None
    assert house.world.plan.empty, list(house.world.plan.actions)
    assert all(policy.before is None for policy in house.store.data.policies.values())


@pytest.mark.parametrize("name", DECISIONS)
async def test_what_a_command_asked_for_is_done_without_a_word(name: str) -> None:
    changed, decisions = DECISIONS[name]
    house = await settled(changed)
    for number, decide in enumerate(decisions):
        await take(house, decide, number)
        await done(house)


@pytest.mark.slow
@pytest.mark.parametrize("name", DECISIONS)
async def test_what_a_command_asked_for_is_done_wherever_the_process_dies(name: str) -> None:
    changed, decisions = DECISIONS[name]
    house = await settled(changed)
    for number, decide in enumerate(decisions):
        await take(house, decide, number)
        for at in range(3, 60, 9):  # each time a little further, until a pass lives
            house.fuse.steps, house.fuse.at = 0, at
            with suppress(Killed, BaseExceptionGroup):
                await house.settle()
            if house.fuse.steps < at:
                break
            restart(house)
            house.clock.set(house.clock.now() + timedelta(minutes=1))  # the dead process' leases have run out
        house.fuse.at = 0
        await done(house)


async def test_what_is_taken_back_at_once_is_done_although_the_rooms_have_only_just_followed() -> None:
    house = await settled({"visibility": Visibility.PUBLIC})
    await take(house, state(GroupState.ARCHIVED), 1)
    await house.settle()
    await take(house, said("purpose", "Tea"), 2)
    await take(house, state(GroupState.ACTIVE), 3)
    await done(house)


@pytest.mark.parametrize("name", ["visibility", "partners", "archive", "members", "requests"])
async def test_the_same_by_the_directory_waits(name: str) -> None:
    changes: dict[str, dict[str, Any]] = {
        "visibility": {"visibility": Visibility.PUBLIC},
        "partners": {"partners": ("acme",)},
        "archive": {"state": GroupState.ARCHIVED},
        "members": {"members": ("ann", "bob")},
        "requests": {"requests": JoinRequests.KNOCK},
    }
    house = await settled({})
    house.source.directory = company(**changes[name])
    for _ in range(2):
        await house.settle()
    assert house.world is not None
    assert house.world.plan.held is not None


async def test_what_was_asked_for_once_does_not_excuse_what_the_directory_says_later() -> None:
    house = await settled({})
    await take(house, said("visibility", "public"), 1)
    await done(house)
    house.source.directory = company(partners=("acme",))
    await house.settle()
    assert house.world is not None
    assert house.world.plan.held is not None


async def test_a_command_is_followed_while_the_directory_is_held() -> None:
    house = await settled({})
    house.source.directory = company(members=("ann", "bob"))
    await house.settle()
    await take(house, said("posting", "owners", "part"), 1)
    await take(house, named("owners", "fay", present=True, group_id="part"), 2)
    await take(house, said("visibility", "public", "part"), 3)
    for _ in range(3):
        await house.settle()
    assert house.world is not None
    assert house.world.plan.held is not None
    assert {ref.id for ref in house.world.plan.rooms()} == {"team"}
    assert user("dan") in house.members("team")


def test_whoever_is_erased_is_in_nothing_that_was_decided_before_either() -> None:
    policy = GroupPolicy(group="team", values={"members": [user("ann")]}, at=START)
    policy = policy.deciding({"members": []}, by="", at=START)
    ann = Named(user=user("ann"))
    assert decided_with(ann, policy)
    assert not decided_with(ann, undecided(ann, policy))
